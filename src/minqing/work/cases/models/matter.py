"""The case itself: its words, turns, replies and talk."""

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from minqing.kernel.db import both_or_neither, known
from minqing.kernel.ids import uuid7
from minqing.work.cases.rules import (
    CaseState,
    Category,
    DueBy,
    Grade,
    HoldRole,
    HoldState,
    Outcome,
    Path,
    ReplyKind,
    Side,
    Track,
)

ACCOUNT, OFFICE = "offices.Account", "offices.Office"
OPEN = Q(due_at__isnull=False, merged_into__isnull=True)
ENDED = Q(due_at__isnull=True, merged_into__isnull=True)
AWAY = Q(state__in=["offered", "objected"]) | Q(role="assist", state="held")
"""Open turns that do not make their office the holder of the case."""


class Counter(models.Model):
    """The last number given in a series of a year, locked while the next one is taken."""

    name = models.TextField(primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"


class Case(models.Model):
    """One matter in one office's hands. The id is also its subject in facts.

    `due_at` and `due_from` repeat the nearest open duty, `due_by` says whose it is. `merged_into`: every voice of it now speaks in another case;
    its own clocks run on there until a voice comes back. `continues`: the joint case whose answer some of its voices
    did not leave at that; they go on here, the others keep what they have.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.TextField(unique=True)
    external_no = models.TextField(default="")
    title = models.TextField()
    track = models.TextField(choices=Track.choices())
    category = models.TextField(choices=Category.choices(), default=Category.CLAIM.value)
    way = models.TextField(choices=Path.choices(), default=Path.PETITION.value)
    grade = models.TextField(choices=Grade.choices(), default=Grade.HELP.value)
    kind = models.TextField(default="help")
    matter = models.TextField(default="")
    state = models.TextField(choices=CaseState.choices(), default=CaseState.REGISTERED.value)
    place = models.ForeignKey(
        "places.Place", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    place_path = models.TextField(default="")
    holder = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+", db_index=False)
    holder_path = models.TextField()
    held_since = models.DateTimeField()
    first_holder = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+", db_index=False)
    handler = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    registered_at = models.DateTimeField()
    accepted_on = models.DateField(null=True)
    contacted_at = models.DateTimeField(null=True)
    extended_days = models.IntegerField(default=0)
    replied_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_from = models.DateField(null=True)
    due_by = models.TextField(
        choices=DueBy.choices(), default=DueBy.OTHER.value, db_default=DueBy.OTHER.value
    )
    returns = models.SmallIntegerField(default=0)
    reopened = models.SmallIntegerField(default=0)
    urgent = models.BooleanField(default=False)
    confidential = models.BooleanField(default=False)
    supervised_at = models.DateTimeField(null=True)
    carried_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    earlier = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="later", db_index=False
    )
    split_from = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="parts", db_index=False
    )
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="shells", db_index=False
    )
    continues = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="continued", db_index=False
    )
    n_voices = models.IntegerField(default=0)
    n_confirmed = models.IntegerField(default=0)

    class Meta:
        constraints = [
            known("state", CaseState, name="cases_case_state_known"),
            known("track", Track, name="cases_case_track_known"),
            known("category", Category, name="cases_case_category_known"),
            known("grade", Grade, name="cases_case_grade_known"),
            known("way", Path, name="cases_case_way_known"),
            known("due_by", DueBy, name="cases_case_due_by_known"),
            CheckConstraint(
                condition=Q(extended_days__gte=0, extended_days__lte=30),
                name="cases_case_extension_within_30",
            ),
            CheckConstraint(
                condition=Q(n_confirmed__lte=models.F("n_voices")), name="cases_case_confirmed_within"
            ),
        ]
        # Lists of open cases walk in the order of their day; nine of ten rows have ended and stay out of these.
        indexes = [
            Index(fields=["due_at", "id"], condition=OPEN, name="cases_open_due"),
            Index(
                fields=["state", "due_at", "id"],
                include=["track"],
                condition=OPEN,
                name="cases_open_by_state",
            ),
            Index(fields=["holder", "due_at", "id"], condition=OPEN, name="cases_open_holder"),
            Index(fields=["kind", "due_at", "id"], condition=OPEN, name="cases_open_kind"),
            Index(fields=["track", "due_at", "id"], condition=OPEN, name="cases_open_track"),
            Index(
                fields=["place_path"], opclasses=["text_pattern_ops"], condition=OPEN, name="cases_open_place"
            ),
            Index(  # what an office's lists ask of each case stands in it: they fetch the rows of one page only
                fields=["holder_path", "due_at", "id"],
                opclasses=["text_pattern_ops", "timestamptz_ops", "uuid_ops"],
                include=["due_by", "due_from"],
                condition=OPEN,
                name="cases_open_reach",
            ),
            Index(
                fields=["holder_path"],
                opclasses=["text_pattern_ops"],
                condition=OPEN & Q(due_by="other"),
                name="cases_open_due_by_other",
            ),
            Index(fields=["state", "-id"], condition=ENDED, name="cases_ended_state"),
            Index(fields=["holder", "-id"], condition=ENDED, name="cases_ended_holder"),
            Index(
                fields=["handler", "due_at", "id"], condition=Q(handler__isnull=False), name="cases_mine_due"
            ),
            Index(
                fields=["due_at", "id"], condition=Q(supervised_at__isnull=False), name="cases_supervised_due"
            ),
            Index(
                fields=["due_at", "id"],
                include=["state"],
                condition=OPEN & Q(reopened__gt=0),
                name="cases_open_reopened",
            ),
            Index(fields=["place_path"], opclasses=["text_pattern_ops"], name="cases_place_path"),
            Index(fields=["holder_path"], opclasses=["text_pattern_ops"], name="cases_holder_path"),
            Index(fields=["external_no"], condition=~Q(external_no=""), name="cases_external_no"),
            Index(fields=["earlier"], condition=Q(earlier__isnull=False), name="cases_earlier"),
            Index(fields=["split_from"], condition=Q(split_from__isnull=False), name="cases_split_from"),
            Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="cases_merged_into"),
            Index(fields=["continues"], condition=Q(continues__isnull=False), name="cases_continues"),
            Index(fields=["registered_at", "id"], name="cases_registered"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Link(models.Model):
    """A person's word in a case, from joining until leaving; each voice has its own end and verdict."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links")
    demand = models.ForeignKey("intake.Demand", on_delete=models.PROTECT, related_name="+")
    part = models.TextField(default="")
    joined_at = models.DateTimeField()
    joined_by = models.UUIDField(null=True)
    reason = models.TextField(default="")
    left_at = models.DateTimeField(null=True)
    left_reason = models.TextField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    before_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            both_or_neither("left_at", "left_reason", name="cases_link_left_pair"),
            UniqueConstraint(
                fields=["case", "demand"], condition=Q(left_at__isnull=True), name="cases_link_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} in {self.case_id}"


class Hold(models.Model):
    """One office's turn: offered, accepted, objected, passed on. The first holder keeps the case until another accepts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.TextField(choices=HoldRole.choices(), default=HoldRole.LEAD.value)
    state = models.TextField(choices=HoldState.choices(), default=HoldState.OFFERED.value)
    how = models.TextField(default="")
    basis = models.TextField(default="")
    words = models.TextField(default="")
    reason = models.TextField(default="")
    given_by = models.UUIDField(null=True)
    given_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            known("role", HoldRole, name="cases_hold_role_known"),
            known("state", HoldState, name="cases_hold_state_known"),
            UniqueConstraint(
                fields=["case"],
                condition=Q(role="lead", state__in=["offered", "objected"]),
                name="cases_one_open_offer",
            ),
            UniqueConstraint(fields=["case"], condition=Q(role="lead", state="held"), name="cases_one_lead"),
            UniqueConstraint(
                fields=["case", "office"],
                condition=Q(role="assist", state__in=["offered", "held"]),
                name="cases_assist_once",
            ),
        ]
        indexes = [
            Index(fields=["office", "state"], name="cases_hold_office"),
            Index(fields=["office"], include=["case"], condition=AWAY, name="cases_hold_away"),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.state}"


class Reply(models.Model):
    """What an office answers. An opinion carries request, facts and reasons, opinion, basis and remedy (art. 32–36)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="replies", db_index=False)
    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField(choices=ReplyKind.choices())
    outcome = models.TextField(choices=Outcome.choices(), null=True)
    text = models.TextField()
    request = models.TextField(default="")
    facts = models.TextField(default="", db_default="")
    reasons = models.TextField(default="")
    basis = models.TextField(default="")
    remedy = models.TextField(default="")
    document_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            known("kind", ReplyKind, name="cases_reply_kind_known"),
            CheckConstraint(
                condition=~Q(kind="opinion")
                | (~Q(basis="") & ~Q(remedy="") & ~Q(reasons="") & ~Q(request="")),
                name="cases_opinion_complete",
            ),
        ]
        indexes = [Index(fields=["case", "at"], name="cases_reply_case")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class Talk(models.Model):
    """A message between the person and the office about one link; both see it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="talks", db_index=False)
    demand_id = models.UUIDField()
    side = models.TextField(choices=Side.choices())
    text = models.TextField()
    by_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [known("side", Side, name="cases_talk_side_known")]
        indexes = [Index(fields=["case", "at"], name="cases_talk_case")]

    def __str__(self) -> str:
        return f"{self.side} {self.at:%Y-%m-%d}"
