from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from minqing.kernel.db import known
from minqing.kernel.ids import uuid7
from minqing.work.erasing.rules import ErasureState, Ground


class Erasure(models.Model):
    """What is to be erased, since when, and which two agreed. The id is also its subject in facts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demand = models.ForeignKey("intake.Demand", on_delete=models.PROTECT, related_name="+", db_index=False)
    ground = models.TextField(choices=Ground.choices())
    state = models.TextField(choices=ErasureState.choices(), default=ErasureState.WAITING.value)
    asked_at = models.DateTimeField()
    wait_until = models.DateField()
    first = models.ForeignKey(
        "offices.Account", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    first_at = models.DateTimeField(null=True)
    second = models.ForeignKey(
        "offices.Account", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            known("ground", Ground, name="erasing_erasure_ground_known"),
            known("state", ErasureState, name="erasing_erasure_state_known"),
            CheckConstraint(
                condition=Q(second__isnull=True) | ~Q(second=F("first")), name="erasing_erasure_two_persons"
            ),
            CheckConstraint(
                condition=~Q(state="erased") | Q(first__isnull=False, second__isnull=False),
                name="erasing_erasure_agreed",
            ),
            UniqueConstraint(
                fields=["demand"], condition=~Q(state="taken_back"), name="erasing_erasure_once"
            ),
        ]
        indexes = [
            Index(fields=["wait_until", "id"], condition=Q(state="waiting"), name="erasing_erasure_waiting"),
            Index(fields=["asked_at"], name="erasing_erasure_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.ground} {self.state}"
