from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from minqing.ground.people.rules import (
    AccessKind,
    AccessState,
    AlarmKind,
    BlindKind,
    LookKind,
    OutsideBody,
    Purpose,
    ReplyBy,
)
from minqing.kernel.db import known
from minqing.kernel.ids import uuid7


class Household(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    external_key = models.TextField(null=True, unique=True)

    def __str__(self) -> str:
        return str(self.id)


class Person(models.Model):
    """A resident: identity as ciphertext under the person's own key, wrapped; masks in clear."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True)
    mask_name = models.TextField(default="")
    mask_phone = models.TextField(default="")
    indexed = models.BooleanField(default=False, db_default=False)
    place = models.ForeignKey(
        "places.Place", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    household = models.ForeignKey(Household, null=True, on_delete=models.SET_NULL, related_name="+")
    reply_by = models.TextField(choices=ReplyBy.choices(), default=ReplyBy.ONLINE.value)
    lang = models.TextField(default="zh-hans")
    stop_asking_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            known("reply_by", ReplyBy, name="people_person_reply_by_known"),
            CheckConstraint(
                condition=Q(key__isnull=True, sealed__isnull=True)
                | Q(key__isnull=False, sealed__isnull=False),
                name="people_person_sealed_pair",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at", "id"],
                condition=Q(indexed=False, sealed__isnull=False),
                name="people_person_to_index",
            ),
        ]

    def __str__(self) -> str:
        return self.mask_name or "匿名"


class Blind(models.Model):
    """The slow index of a number somebody left. The app role can read no row of it: it asks by the two functions of
    migration 0005 alone (adr 12).
    """

    pk = models.CompositePrimaryKey("person", "kind")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField()
    blind = models.BinaryField()

    class Meta:
        db_table = "people_sealed_blind"
        constraints = [known("kind", BlindKind, name="people_sealed_blind_kind_known")]
        indexes = [models.Index(fields=["kind", "blind"], name="people_sealed_blind_of")]

    def __str__(self) -> str:
        return self.kind


class BlindAsked(models.Model):
    """How often the index was asked in an hour, counted by the function that answers."""

    hour = models.DateTimeField(primary_key=True)
    n = models.IntegerField(default=0)

    class Meta:
        db_table = "people_sealed_asked"

    def __str__(self) -> str:
        return f"{self.hour} {self.n}"


class Access(models.Model):
    """What one person asked to open and another of another unit agreed to, or not. Holds no identity, only whose."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.TextField(choices=AccessKind.choices())
    state = models.TextField(choices=AccessState.choices(), default=AccessState.ASKED.value)
    about = models.TextField()
    words = models.TextField()
    body = models.TextField(default="", blank=True, choices=[("", ""), *OutsideBody.choices()])
    instrument = models.TextField(default="", blank=True)
    article = models.TextField(default="", blank=True)
    barred = models.TextField(default="", blank=True)
    n = models.IntegerField()
    tell_from = models.DateField(null=True)
    renews = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_by = models.ForeignKey(
        "offices.Account", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_office = models.ForeignKey(
        "offices.Office", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_role = models.TextField()
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "offices.Account", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_office = models.ForeignKey(
        "offices.Office", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    decided_words = models.TextField(default="", blank=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            known("kind", AccessKind, name="people_access_kind_known"),
            known("state", AccessState, name="people_access_state_known"),
            CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="people_access_two_persons",
            ),
            CheckConstraint(
                condition=Q(state="asked", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state="asked") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="people_access_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["-asked_at"], name="people_access_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class AccessPerson(models.Model):
    """Whom an access is about."""

    pk = models.CompositePrimaryKey("access", "person")
    access = models.ForeignKey(Access, on_delete=models.PROTECT, related_name="people", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return str(self.access_id)


class Look(models.Model):
    """Somebody opened an identity: written before anything is shown."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="looks", db_index=False)
    account = models.ForeignKey("offices.Account", on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(
        "offices.Office", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    role = models.TextField()
    purpose = models.TextField(choices=Purpose.choices())
    kind = models.TextField(
        choices=LookKind.choices(), default=LookKind.OPENED.value, db_default=LookKind.OPENED.value
    )
    access = models.ForeignKey(Access, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    about = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            known("purpose", Purpose, name="people_look_purpose_known"),
            known("kind", LookKind, name="people_look_kind_known"),
        ]
        indexes = [
            models.Index(fields=["person", "-at"], name="people_look_person"),
            models.Index(fields=["at"], name="people_look_at"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.purpose}"


class Alarm(models.Model):
    """Looks of one account on one day that are worth a question; raised once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.TextField(choices=AlarmKind.choices())
    account = models.ForeignKey("offices.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey(
        "offices.Office", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField()
    n = models.IntegerField()
    raised_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        "offices.Account", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    settled_at = models.DateTimeField(null=True)
    words = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            known("kind", AlarmKind, name="people_alarm_kind_known"),
            UniqueConstraint(fields=["account", "day", "kind"], name="people_alarm_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"
