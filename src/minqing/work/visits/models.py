from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from minqing.kernel.db import known
from minqing.kernel.ids import uuid7
from minqing.work.visits.rules import PairKind


class Pair(models.Model):
    """One cadre and one household, from a day to a day. The id is also its subject in facts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cadre = models.ForeignKey("offices.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    household = models.ForeignKey(
        "people.Household", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.TextField(choices=PairKind.choices())
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    refused_on = models.DateField(null=True)
    asked = models.BooleanField(default=False)
    plan = models.TextField(default="")
    items = ArrayField(models.TextField(), default=list)

    class Meta:
        constraints = [
            known("kind", PairKind, name="visits_pair_kind_known"),
            CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="visits_pair_in_order"
            ),
            UniqueConstraint(fields=["cadre", "household", "kind", "from_on"], name="visits_pair_once"),
            UniqueConstraint(
                fields=["household", "kind"],
                condition=Q(to_on__isnull=True, refused_on__isnull=True),
                name="visits_one_open_pair_a_kind",
            ),
        ]
        indexes = [
            Index(fields=["household"], name="visits_pair_household"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.from_on}"
