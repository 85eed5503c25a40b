from django.db import models
from django.db.models import BinaryField, CheckConstraint, F, Func, Index, IntegerField


class Octets(Func):
    function = "octet_length"
    output_field = IntegerField()


def at_most(field: str, octets: int, *, name: str) -> CheckConstraint:
    return CheckConstraint(condition=models.lookups.LessThanOrEqual(Octets(F(field)), octets), name=name)


class HashHead(Func):
    """The first eight octets of a leaf's hash (RFC 9162 §2.1.1), by which it is found again."""

    template = "substr(sha256('\\x00'::bytea || %(expressions)s), 1, 8)"
    output_field = BinaryField()


class Pending(models.Model):
    """A leaf written with its fact; the row exists = still to be put in order."""

    id = models.UUIDField(primary_key=True)
    leaf = models.BinaryField()

    class Meta:
        constraints = [at_most("leaf", 1024, name="log_pending_leaf_small")]

    def __str__(self) -> str:
        return str(self.id)


class Leaf(models.Model):
    """A leaf in its place for ever: dense index from 0, no sequence."""

    idx = models.BigIntegerField(primary_key=True)
    id = models.UUIDField(unique=True)
    leaf = models.BinaryField()
    put_at = models.DateTimeField()

    class Meta:
        constraints = [at_most("leaf", 1024, name="log_leaf_leaf_small")]
        indexes = [Index(HashHead(F("leaf")), name="log_leaf_hash")]

    def __str__(self) -> str:
        return str(self.idx)


class Handed(models.Model):
    """A leaf that came from the clues' side: one at each moment of its grid, real or of nobody. It has no fact here."""

    at = models.DateTimeField(primary_key=True)
    leaf_id = models.UUIDField(unique=True)

    def __str__(self) -> str:
        return str(self.at)


class State(models.Model):
    """The fencing row: one a tree, locked by whoever puts leaves in order."""

    origin = models.TextField(primary_key=True)
    size = models.BigIntegerField(default=0)
    stack = models.BinaryField(default=b"")

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"


class Tile(models.Model):
    """Hashes of the tree over SHA-256, by C2SP tlog-tiles: 256 when whole, then they stay; fewer while it grows."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [at_most("hashes", 8192, name="log_tile_256_at_most")]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Cosignature(models.Model):
    """A witness has seen this checkpoint; `line` is what stands under the note."""

    pk = models.CompositePrimaryKey("origin", "size", "name")
    origin = models.TextField()
    size = models.BigIntegerField()
    name = models.TextField()
    line = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.size}"


class Witness(models.Model):
    """What became of asking a witness, by its name in the policy; its signatures stand in Cosignature.

    `known` is the size it said it knows, `failures` how often in a row it gave none, `error` why the last time."""

    name = models.TextField(primary_key=True)
    known = models.BigIntegerField(default=0)
    tried_at = models.DateTimeField()
    failures = models.IntegerField(default=0)
    error = models.TextField(default="")

    def __str__(self) -> str:
        return self.name


class Beat(models.Model):
    """When a process of the county last said that it lives."""

    name = models.TextField(primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Checkpoint(models.Model):
    """A signed head: what has once been said about the log, kept before anybody sees it."""

    pk = models.CompositePrimaryKey("origin", "size")
    origin = models.TextField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"
