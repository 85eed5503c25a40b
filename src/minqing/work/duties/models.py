from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from minqing.kernel.ids import uuid7


class Duty(models.Model):
    """One thing owed: met_at stays empty until it is done. Closing a case never hides an unmet one.

    Columns are indexed by name below and nowhere else: every index is paid for by each intake.
    `term` is empty where the rule of the law (as of `rule_from`) gives it; `extra` is what an extension added.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    about = models.ForeignKey("facts.Subject", on_delete=models.PROTECT, related_name="+", db_index=False)
    rule = models.TextField()
    rule_from = models.DateField(null=True)
    office = models.ForeignKey("offices.Office", on_delete=models.PROTECT, related_name="+", db_index=False)
    place = models.TextField(default="")
    from_on = models.DateField()
    statutory_on = models.DateField()
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    term = models.TextField(default="")
    extra = models.IntegerField(default=0)
    met_at = models.DateTimeField(null=True)
    dropped = models.TextField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["about", "rule", "office"],
                condition=Q(met_at__isnull=True),
                name="duties_one_open_a_rule",
            ),
            CheckConstraint(
                condition=Q(dropped__isnull=True) | Q(met_at__isnull=False), name="duties_dropped_is_met"
            ),
        ]
        indexes = [
            Index(  # what an office's lists ask of each clock stands in it: they need not fetch the rows
                fields=["office", "due_at", "id"],
                include=["about", "from_on", "rule"],
                condition=Q(met_at__isnull=True),
                name="duties_duty_owed",
            ),
            Index(fields=["about"], name="duties_duty_about"),
            Index(fields=["due_at"], name="duties_duty_due"),
            Index(fields=["due_at", "id"], condition=Q(met_at__isnull=True), name="duties_duty_open_due"),
            Index(
                fields=["office", "met_at"],
                condition=Q(met_at__gt=F("due_at")),
                name="duties_duty_ended_late",
            ),
            Index(
                fields=["id"],
                condition=Q(met_at__isnull=True, provisional=True),
                name="duties_duty_provisional",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.due_at:%Y-%m-%d}"


class Rung(models.Model):
    """A duty was told to an office: its own while there is time (height 0, anew after an extension), then, overdue, to its
    superiors, once a rung, never taken back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="rungs", db_index=False)
    height = models.SmallIntegerField()
    office = models.ForeignKey("offices.Office", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["duty", "height"], name="duties_rung_once")]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.height}"
