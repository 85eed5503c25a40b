from django.db import models
from django.db.models import CheckConstraint, F, Func, IntegerField, Q, UniqueConstraint
from django.db.models.lookups import LessThanOrEqual


class Subject(models.Model):
    """What facts are about; its wrapped key salts them all. Without the key they can no longer be opened."""

    id = models.UUIDField(primary_key=True)
    key = models.BinaryField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(key__isnull=True, erased_at__isnull=False)
                | Q(key__isnull=False, erased_at__isnull=True),
                name="facts_subject_key_or_erased",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Fact(models.Model):
    """What happened: never changed, never deleted (the app role cannot). `body` is exact RFC 8785 text, no identity."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    about = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", db_index=False)
    n = models.IntegerField()
    by_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    put_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    body = models.TextField()
    leaf_hash = models.BinaryField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["about", "n"], name="facts_fact_about_n"),
            CheckConstraint(condition=Q(n__gte=0), name="facts_fact_n_from_0"),
            CheckConstraint(
                condition=LessThanOrEqual(
                    Func(F("body"), function="octet_length", output_field=IntegerField()), 4096
                ),
                name="facts_fact_body_small",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.n}"


class Reaction(models.Model):
    """A reaction still owed to a fact: the row exists = still to do."""

    pk = models.CompositePrimaryKey("fact", "name")
    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.TextField()
    tries = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField()
    error = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="facts_reaction_next")]

    def __str__(self) -> str:
        return f"{self.name} {self.fact_id}"
