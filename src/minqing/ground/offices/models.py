from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from minqing.charter import Role
from minqing.ground.offices.rules import OfficeKind
from minqing.kernel.db import known
from minqing.kernel.ids import uuid7


class Accounts(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=username)


class Account(AbstractBaseUser):
    """One staff member's sign-in. What they may do follows from appointments alone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.TextField(unique=True)
    name = models.TextField()
    name_en = models.TextField(default="")
    email = models.EmailField(default="", blank=True)
    is_active = models.BooleanField(default=True)
    signed_on = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    objects = Accounts()

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.TextField(unique=True)
    name = models.TextField()
    name_en = models.TextField(default="")
    kind = models.TextField(choices=OfficeKind.choices())
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    place_path = models.TextField()
    superior = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="below")
    path = models.TextField()
    telephone = models.TextField(default="")
    open_from = models.DateField()
    open_to = models.DateField(null=True)

    class Meta:
        constraints = [known("kind", OfficeKind, name="offices_office_kind_known")]
        indexes = [models.Index(fields=["path"], opclasses=["text_pattern_ops"], name="offices_office_path")]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="posts")
    title = models.TextField()
    title_en = models.TextField(default="")
    role = models.TextField(choices=Role.choices())
    public_line = models.TextField(default="")

    class Meta:
        constraints = [known("role", Role, name="offices_post_role_known")]

    def __str__(self) -> str:
        return self.title


class Appointment(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="appointments")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    deputising = models.BooleanField(default=False)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="offices_appointment_in_order",
            ),
            UniqueConstraint(
                fields=["post"],
                condition=Q(to_on__isnull=True, deputising=False),
                name="offices_one_holder_a_post",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.post_id}"


class Kin(models.Model):
    """A declared tie between two accounts, or of one to an office, for recusal (公务员法 art. 74, 76)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="kin")
    relation = models.TextField()
    other = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT, related_name="+")
    declared_on = models.DateField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(other__isnull=False) | Q(office__isnull=False),
                name="offices_kin_points_somewhere",
            )
        ]

    def __str__(self) -> str:
        return self.relation


class Token(models.Model):
    """A bearer token for the API; only its SHA-256 is kept."""

    hash = models.BinaryField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.account_id)
