from django.db import models
from django.db.models import F, Q

from minqing.ground.law.rules import Mark, Source
from minqing.kernel.db import both_or_neither, known
from minqing.kernel.ids import uuid7


class Proposed(models.Model):
    """A county's own row: proposed by one person, in force only when another has approved it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    reason = models.TextField(default="")
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            both_or_neither("approved_by", "approved_at", name="law_%(class)s_approved_pair"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="law_%(class)s_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="law_%(class)s_dates_in_order",
            ),
        ]


class LawRule(Proposed):
    key = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    trigger_zh = models.TextField(default="")
    trigger_en = models.TextField(default="")
    term = models.TextField()
    extend = models.IntegerField(default=0)
    pausable = models.BooleanField(default=False)
    law = models.TextField(default="")
    article = models.TextField(default="")
    mark = models.TextField(choices=Mark.choices(), default=Mark.LOCAL.value)
    source = models.TextField(choices=Source.choices(), default=Source.COUNTY.value)

    class Meta(Proposed.Meta):
        constraints = [
            *Proposed.Meta.constraints,
            known("mark", Mark, name="law_lawrule_mark_known"),
            known("source", Source, name="law_lawrule_source_known"),
            models.CheckConstraint(condition=Q(extend__gte=0), name="law_lawrule_extend_not_negative"),
            models.UniqueConstraint(
                fields=["key", "valid_from"],
                condition=Q(approved_by__isnull=False),
                name="law_lawrule_one_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.term} {self.valid_from}"


class SchemeChoice(Proposed):
    """Which set of local terms the county follows for a family of keys, from a day on."""

    family = models.TextField()
    scheme = models.TextField()

    class Meta(Proposed.Meta):
        constraints = [
            *Proposed.Meta.constraints,
            models.UniqueConstraint(
                fields=["family", "valid_from"],
                condition=Q(approved_by__isnull=False),
                name="law_schemechoice_one_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family}: {self.scheme}"


class PolicyArticle(Proposed):
    law = models.TextField()
    number = models.TextField(default="")
    title_zh = models.TextField()
    title_en = models.TextField()
    plain_zh = models.TextField()
    plain_en = models.TextField()

    class Meta(Proposed.Meta):
        constraints = [*Proposed.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.law} {self.number}"


class DispatchEntry(Proposed):
    code = models.TextField()
    topic = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    lead = models.TextField()
    assist = models.JSONField(default=list)
    basis = models.TextField(default="")

    class Meta(Proposed.Meta):
        constraints = [
            *Proposed.Meta.constraints,
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                condition=Q(approved_by__isnull=False),
                name="law_dispatchentry_one_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.lead}"


class CalendarYear(models.Model):
    """One loading of a year's holiday notice; the newest loading of a year counts, the older ones stay."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    year = models.IntegerField()
    notice = models.TextField(default="")
    loaded_by = models.UUIDField(null=True)
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(year__gte=1949, year__lte=2099), name="law_calendaryear_in_span"
            ),
        ]
        indexes = [models.Index(fields=["year", "loaded_at"], name="law_calendaryear_newest")]

    def __str__(self) -> str:
        return f"{self.year} {self.notice}"


class CalendarDay(models.Model):
    """A day off, or a weekend day that is worked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    of = models.ForeignKey(CalendarYear, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    worked = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "day"], name="law_calendarday_once")]

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.worked else '放假'}"


class DemoClock(models.Model):
    """How far the demo's clock has been pushed forward. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    seconds = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="law_democlock_one_row"),
            models.CheckConstraint(condition=Q(seconds__gte=0), name="law_democlock_forward"),
        ]

    def __str__(self) -> str:
        return f"+{self.seconds}s"
