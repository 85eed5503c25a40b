from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from minqing.kernel.ids import uuid7


class Duty(models.Model):
    """One thing owed: met_at stays empty until it is done. Closing a case never hides an unmet one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    about = models.ForeignKey("facts.Subject", on_delete=models.PROTECT, related_name="+")
    rule = models.TextField()
    rule_from = models.DateField(null=True)
    office = models.ForeignKey("offices.Office", on_delete=models.PROTECT, related_name="+")
    place = models.TextField(default="")
    from_on = models.DateField()
    statutory_on = models.DateField()
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    met_at = models.DateTimeField(null=True)
    dropped = models.TextField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["about", "rule"], condition=Q(met_at__isnull=True), name="duties_one_open_a_rule"),
            CheckConstraint(condition=Q(dropped__isnull=True) | Q(met_at__isnull=False), name="duties_dropped_is_met"),
        ]
        indexes = [
            Index(F("office"), F("due_at"), F("id"), condition=Q(met_at__isnull=True), name="duties_duty_open"),
            Index(fields=["about"], name="duties_duty_about"),
            Index(fields=["due_at"], name="duties_duty_due"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.due_at:%Y-%m-%d}"


class Rung(models.Model):
    """An overdue duty was told to this superior office: once a rung, never taken back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="rungs")
    height = models.SmallIntegerField()
    office = models.ForeignKey("offices.Office", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["duty", "height"], name="duties_rung_once")]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.height}"
