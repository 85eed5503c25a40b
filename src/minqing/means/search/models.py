from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class SearchDoc(models.Model):
    """One text that can be found. `id` is the owner's; `place_path`, `status` and `kind` are what callers filter by."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    place_path = models.TextField(default="")
    status = models.TextField(default="")
    created_at = models.DateTimeField()
    text = models.TextField()
    grams = ArrayField(models.IntegerField())

    class Meta:
        db_table = "search_doc"
        indexes = [
            GinIndex(fields=["grams"], name="search_doc_grams"),
            models.Index(fields=["kind", "-created_at", "-id"], name="search_doc_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
