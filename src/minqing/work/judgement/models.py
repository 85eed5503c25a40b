from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from minqing.kernel.db import known
from minqing.kernel.ids import uuid7
from minqing.work.judgement.rules import Asked, CallbackState, Explained, Solved


class Verdict(models.Model):
    """One version of what the person says of the result; older versions are kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    about = models.TextField()
    voice_id = models.UUIDField()
    version = models.IntegerField()
    office = models.ForeignKey(
        "offices.Office", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    place_path = models.TextField(default="")
    solved = models.TextField(choices=Solved.choices())
    explained = models.TextField(choices=Explained.choices())
    words = models.TextField(default="")
    asked = models.TextField(choices=Asked.choices())
    by_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    after_contact = models.BooleanField(default=False)
    latest = models.BooleanField(default=True)

    class Meta:
        constraints = [
            known("solved", Solved, name="judgement_verdict_solved_known"),
            known("explained", Explained, name="judgement_verdict_explained_known"),
            known("asked", Asked, name="judgement_verdict_asked_known"),
            UniqueConstraint(fields=["about", "voice_id", "version"], name="judgement_verdict_version"),
            UniqueConstraint(
                fields=["about", "voice_id"], condition=Q(latest=True), name="judgement_one_latest"
            ),
        ]
        indexes = [
            Index(fields=["office", "at"], condition=Q(latest=True), name="judgement_verdict_office"),
            Index(
                fields=["place_path", "at"],
                opclasses=["text_pattern_ops", "timestamptz_ops"],
                condition=Q(latest=True),
                name="judgement_verdict_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.solved}"


class Callback(models.Model):
    """A call to ask for the verdict, worked by an office other than the one judged."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    about = models.TextField()
    voice_id = models.UUIDField()
    person_id = models.UUIDField()
    judged = models.ForeignKey("offices.Office", on_delete=models.PROTECT, related_name="+", db_index=False)
    place_path = models.TextField(default="")
    state = models.TextField(choices=CallbackState.choices(), default=CallbackState.WAITING.value)
    tries = models.SmallIntegerField(default=0)
    tried_on = models.DateField(null=True)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            known("state", CallbackState, name="judgement_callback_state_known"),
            UniqueConstraint(
                fields=["about", "voice_id"],
                condition=Q(state="waiting"),
                name="judgement_one_waiting_callback",
            ),
            CheckConstraint(
                condition=Q(state="waiting", done_at__isnull=True)
                | (~Q(state="waiting") & Q(done_at__isnull=False)),
                name="judgement_callback_done_pair",
            ),
        ]
        indexes = [
            Index(
                fields=["opened_at", "id"], condition=Q(state="waiting"), name="judgement_callback_waiting"
            ),
            Index(
                fields=["judged", "done_at"],
                condition=Q(done_at__isnull=False),
                name="judgement_callback_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.state}"


class Ask(models.Model):
    """One use of a household's contact budget by any room: once a day however many matters, numbered in its quarter.

    A person who lives in no known household stands for one: then `household_id` is the person's own id.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household_id = models.UUIDField()
    on = models.DateField()
    quarter = models.TextField()
    nth = models.SmallIntegerField()
    room = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["household_id", "on"], name="judgement_ask_once_a_day"),
            UniqueConstraint(fields=["household_id", "quarter", "nth"], name="judgement_ask_numbered"),
            CheckConstraint(condition=Q(nth__gte=1), name="judgement_ask_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.quarter} {self.nth}"
