from django.db import models

from minqing.kernel.db import known
from minqing.record.inbox.rules import ItemState


class Item(models.Model):
    """One thing that came from outside. Kept seven days (mail and import rows: for ever)."""

    pk = models.CompositePrimaryKey("sender", "key", "hash")
    sender = models.TextField()
    key = models.TextField()
    hash = models.BinaryField()
    act = models.TextField()
    body = models.BinaryField(default=b"")
    state = models.TextField(default=ItemState.RUNNING.value)
    answer = models.JSONField(null=True)
    got_at = models.DateTimeField()

    class Meta:
        constraints = [known("state", ItemState, name="inbox_item_state_known")]
        indexes = [models.Index(fields=["got_at"], name="inbox_item_got")]

    def __str__(self) -> str:
        return f"{self.sender} {self.key}"


class Tally(models.Model):
    """How often one sender guessed wrong, or one account asked. `key` is a keyed hash: no address, no name, no code.

    The table is unlogged: a crash of the server forgets the tallies, and every try is spared the write-ahead log.
    """

    key = models.BinaryField(primary_key=True)
    n = models.IntegerField()
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    shut_until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="inbox_tally_last")]

    def __str__(self) -> str:
        return f"{self.n} until {self.shut_until:%H:%M:%S}"
