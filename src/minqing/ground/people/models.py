from django.db import models
from django.db.models import CheckConstraint, Q

from minqing.ground.people.rules import BlindKind, Purpose, ReplyBy
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
    about = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [known("purpose", Purpose, name="people_look_purpose_known")]
        indexes = [models.Index(fields=["person", "-at"], name="people_look_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.purpose}"
