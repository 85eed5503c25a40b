from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.db.models.functions import Now

from minqing.ground.people.rules import ReplyBy
from minqing.kernel.db import known
from minqing.kernel.ids import uuid7
from minqing.work.intake.rules import Alarm, Anonymity, Channel, DemandState, Kind


class Demand(models.Model):
    """One person's word. The id is also its subject in facts. No name, no telephone: those are in people.

    `code_at`: when the code was given, by the database's clock: a word may be older than the county or than a new slip.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    title = models.TextField(default="")
    place = models.ForeignKey(
        "places.Place", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    place_path = models.TextField(default="")
    place_words = models.TextField(default="")
    channel = models.TextField(choices=Channel.choices())
    kind = models.TextField(choices=Kind.choices(), default=Kind.HELP.value)
    anonymity = models.TextField(choices=Anonymity.choices(), default=Anonymity.NAMED.value)
    state = models.TextField(choices=DemandState.choices(), default=DemandState.WAITING.value)
    alarm = models.TextField(choices=Alarm.choices(), default=Alarm.NONE.value)
    registered_at = models.DateTimeField()
    arrived_on = models.DateField()
    code_key = models.BinaryField(null=True, unique=True)
    code_tag = models.BinaryField(null=True, unique=True)
    code_at = models.DateTimeField(db_default=Now())
    word_key = models.BinaryField(null=True)
    word_tag = models.BinaryField(null=True)
    reply_by = models.TextField(choices=ReplyBy.choices(), default=ReplyBy.ONLINE.value)
    lang = models.TextField(default="zh-hans")
    sender = models.TextField()
    sender_key = models.TextField()
    verify_no = models.TextField()
    written_by = models.ForeignKey(
        "offices.Account", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    n_people = models.IntegerField(default=1)
    text_hash = models.BinaryField()
    scan_id = models.UUIDField(null=True)
    original_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["sender", "sender_key"], name="intake_demand_sender_once"),
            UniqueConstraint(fields=["verify_no"], name="intake_demand_verify_once"),
            known("channel", Channel, name="intake_demand_channel_known"),
            known("kind", Kind, name="intake_demand_kind_known"),
            known("anonymity", Anonymity, name="intake_demand_anonymity_known"),
            known("state", DemandState, name="intake_demand_state_known"),
            known("alarm", Alarm, name="intake_demand_alarm_known"),
            CheckConstraint(condition=Q(n_people__gte=1), name="intake_demand_somebody"),
            CheckConstraint(
                condition=Q(code_key__isnull=True) | Q(code_tag__isnull=True),
                name="intake_demand_one_code_form",
            ),
        ]
        indexes = [
            Index(
                fields=["state", "registered_at", "id"],
                condition=Q(state__in=["waiting", "unread"]),
                name="intake_demand_todo",
            ),
            Index(
                fields=["code_at", "id"],
                condition=Q(code_key__isnull=False),
                name="intake_demand_code_waits",
            ),
            Index(fields=["place_path", "registered_at"], name="intake_demand_place"),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:20]


class Accusation(models.Model):
    """An accusation as ciphertext to the discipline office's public key. Nobody here can open or list it.

    The code columns let its writer's slip be answered like any other; the app role reads no other column.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    sealed = models.BinaryField()
    once = models.BinaryField(unique=True)
    code_key = models.BinaryField(null=True, unique=True)
    code_tag = models.BinaryField(null=True, unique=True)
    word_key = models.BinaryField(null=True)
    word_tag = models.BinaryField(null=True)
    verify_no = models.TextField(unique=True)
    arrived_on = models.DateField()
    slip = models.BinaryField()
    lang = models.TextField(default="zh-hans")

    def __str__(self) -> str:
        return "sealed"


class Enclosure(models.Model):
    """A file of an accusation, sealed to the same key. Which words it belongs to is written in the sealed words alone.

    The app role puts rows in and reads none, not even how many there are.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    box = models.BinaryField()

    def __str__(self) -> str:
        return "sealed"
