from django.db import models
from django.db.models import CheckConstraint, Q

from minqing.ground.people.rules import Purpose, ReplyBy
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
    blind = models.BinaryField(null=True)
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
            models.Index(fields=["blind"], condition=Q(blind__isnull=False), name="people_person_blind"),
            models.Index(
                fields=["created_at", "id"],
                condition=Q(blind__isnull=True, sealed__isnull=False),
                name="people_person_unindexed",
            ),
        ]

    def __str__(self) -> str:
        return self.mask_name or "匿名"


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
