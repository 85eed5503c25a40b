from django.db import models
from django.db.models import CheckConstraint, F, Func, IntegerField


class Octets(Func):
    function = "octet_length"
    output_field = IntegerField()


def at_most(field: str, octets: int, *, name: str) -> CheckConstraint:
    return CheckConstraint(condition=models.lookups.LessThanOrEqual(Octets(F(field)), octets), name=name)


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

    def __str__(self) -> str:
        return str(self.idx)


class State(models.Model):
    """The fencing row: one a tree, locked by whoever puts leaves in order."""

    origin = models.TextField(primary_key=True)
    size = models.BigIntegerField(default=0)
    stack = models.BinaryField(default=b"")

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"


class Beat(models.Model):
    """When a process of the county last said that it lives."""

    name = models.TextField(primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Checkpoint(models.Model):
    pk = models.CompositePrimaryKey("origin", "size")
    origin = models.TextField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"
