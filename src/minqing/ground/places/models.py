from django.db import models
from django.db.models import F, Q

from minqing.ground.places.rules import Level
from minqing.kernel.db import known


class Place(models.Model):
    code = models.TextField(primary_key=True)
    name = models.TextField()
    name_en = models.TextField(default="")
    full_name = models.TextField()
    initials = models.TextField(default="")
    level = models.TextField(choices=Level.choices())
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.TextField()
    households = models.IntegerField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            known("level", Level, name="places_place_level_known"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="places_place_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(valid_to__isnull=False),
                name="places_place_successor_ended",
            ),
        ]
        indexes = [models.Index(fields=["path"], opclasses=["text_pattern_ops"], name="places_place_path")]

    def __str__(self) -> str:
        return self.full_name
