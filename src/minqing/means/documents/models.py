from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from minqing.kernel.db import known
from minqing.kernel.ids import uuid7
from minqing.means.documents.rules import DocKind, Way


class Counter(models.Model):
    """The last number given in a year to a kind of paper; its row lock keeps numbers dense."""

    pk = models.CompositePrimaryKey("kind", "year")
    kind = models.TextField()
    year = models.SmallIntegerField()
    last = models.IntegerField()

    class Meta:
        constraints = [known("kind", DocKind, name="documents_counter_kind_known")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class Document(models.Model):
    """One issued paper, without identity: names are filled at rendering. Never changed after issue."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.TextField()
    kind = models.TextField(choices=DocKind.choices())
    about = models.TextField()
    body = models.JSONField()
    office_id = models.UUIDField()
    by_id = models.UUIDField(null=True)
    issued_at = models.DateTimeField()
    verify_no = models.TextField()
    lang = models.TextField(default="zh-hans")
    sha256 = models.BinaryField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="documents_document_number_once"),
            UniqueConstraint(fields=["verify_no"], name="documents_document_verify_once"),
            known("kind", DocKind, name="documents_document_kind_known"),
            CheckConstraint(condition=~Q(kind="slip"), name="documents_document_no_slip"),
            CheckConstraint(condition=Q(lang__in=["zh-hans", "en"]), name="documents_document_lang_known"),
        ]
        indexes = [models.Index(fields=["about", "issued_at", "id"], name="documents_document_about")]

    def __str__(self) -> str:
        return self.number


class Service(models.Model):
    """送达: when and how a paper came into a person's hands. The clocks of review start from it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="services", db_index=False)
    to_id = models.UUIDField(null=True)
    way = models.TextField(choices=Way.choices())
    on = models.DateField()
    by_id = models.UUIDField(null=True)
    consent = models.BooleanField(default=False)
    receipt = models.TextField(default="")
    put_at = models.DateTimeField()

    class Meta:
        constraints = [
            known("way", Way, name="documents_service_way_known"),
            CheckConstraint(
                condition=~Q(way="electronic") | Q(consent=True),
                name="documents_service_electronic_by_consent",
            ),
            UniqueConstraint(
                fields=["document", "to_id"], nulls_distinct=False, name="documents_service_once_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.way} {self.on}"
