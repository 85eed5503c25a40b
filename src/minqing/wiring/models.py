from django.db import models


class TimetableRun(models.Model):
    """A timed work was done for this slot of time; written in the same transaction as its effect."""

    pk = models.CompositePrimaryKey("name", "slot")
    name = models.TextField()
    slot = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.name} {self.slot}"
