from django.db import models


class Report(models.Model):
    """What the monitor found in one night; kept, so that a better number cannot quietly take the place of a worse."""

    on = models.DateField(primary_key=True)
    at = models.DateTimeField()
    size = models.BigIntegerField()
    told = models.JSONField()

    def __str__(self) -> str:
        return self.on.isoformat()
