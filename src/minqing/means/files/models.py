from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from minqing.kernel.db import known
from minqing.kernel.ids import uuid7
from minqing.means.files.rules import FileClass, FileState


class Blob(models.Model):
    """One file, encrypted at rest under its own key; the key is wrapped by the county's. No key: erased."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.TextField()
    file_class = models.TextField(choices=FileClass.choices())
    state = models.TextField(choices=FileState.choices(), default=FileState.UNSCANNED.value)
    media = models.TextField()
    size = models.BigIntegerField()
    sha256 = models.BinaryField()
    name_sealed = models.BinaryField(null=True)
    key = models.BinaryField(null=True)
    path = models.TextField()
    original = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies")
    kept_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            known("file_class", FileClass, name="files_blob_class_known"),
            known("state", FileState, name="files_blob_state_known"),
            CheckConstraint(condition=Q(size__gt=0), name="files_blob_not_empty"),
            CheckConstraint(
                condition=Q(key__isnull=True, erased_at__isnull=False, name_sealed__isnull=True)
                | Q(key__isnull=False, erased_at__isnull=True, name_sealed__isnull=False),
                name="files_blob_key_or_erased",
            ),
            CheckConstraint(
                condition=Q(original__isnull=True) | ~Q(original=F("id")), name="files_blob_not_its_own_copy"
            ),
            UniqueConstraint(fields=["owner", "file_class", "sha256"], name="files_blob_once_each"),
        ]
        indexes = [
            models.Index(fields=["owner", "id"], name="files_blob_owner"),
            models.Index(fields=["id"], condition=Q(state="unscanned"), name="files_blob_unscanned"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.media}"
