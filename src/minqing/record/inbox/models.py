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
