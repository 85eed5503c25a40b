from django.db import models
from django.db.models import CheckConstraint, Index, Q

from minqing.kernel.db import known
from minqing.kernel.ids import uuid7
from minqing.work.promises.rules import PromiseState


class Promise(models.Model):
    """The exact words never change; what becomes of them does. The id is also its subject in facts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    about = models.TextField()
    words = models.TextField()
    condition = models.TextField(default="")
    by_account = models.ForeignKey("offices.Account", null=True, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("offices.Office", on_delete=models.PROTECT, related_name="+")
    to_person_id = models.UUIDField(null=True)
    made_on = models.DateField()
    due_on = models.DateField(null=True)
    state = models.TextField(choices=PromiseState.choices(), default=PromiseState.DOING.value)
    outcome = models.TextField(default="")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            known("state", PromiseState, name="promises_promise_state_known"),
            CheckConstraint(condition=~Q(words=""), name="promises_promise_has_words"),
            CheckConstraint(
                condition=Q(due_on__isnull=False) | ~Q(condition=""), name="promises_date_or_condition"
            ),
        ]
        indexes = [
            Index(fields=["about"], name="promises_promise_about"),
            Index(
                fields=["due_on", "id"],
                condition=Q(state__in=["doing", "waiting", "claimed"]),
                name="promises_promise_due",
            ),
            Index(
                fields=["to_person_id"], condition=Q(to_person_id__isnull=False), name="promises_promise_to"
            ),
        ]

    def __str__(self) -> str:
        return self.words[:40]
