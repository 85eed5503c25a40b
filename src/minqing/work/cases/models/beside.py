"""What may hang on a case: asked time, withdrawal, urging, appraisal, mediation; and reception days."""

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from minqing.kernel.db import both_or_neither, known
from minqing.kernel.ids import uuid7
from minqing.work.cases.models.matter import Case, Link
from minqing.work.cases.rules import (
    REPRESENTATIVES,
    BookingState,
    MediationState,
    ReceptionMode,
)

ACCOUNT, OFFICE = "offices.Account", "offices.Office"


class ExtensionAsk(models.Model):
    """A handler asks for time; only the head of the office gives it, once, with a reason the person reads (art. 34)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="extension_asks")
    days = models.IntegerField()
    reason = models.TextField()
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            both_or_neither("answered_at", "granted", name="cases_extension_answered_pair"),
            UniqueConstraint(
                fields=["case"], condition=Q(answered_at__isnull=True), name="cases_one_extension_ask"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.days}"


class Withdrawal(models.Model):
    """The person takes the word back: in force after seven days and an outsider's call; one word undoes it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="withdrawals")
    asked_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    called_by = models.UUIDField(null=True)
    called_at = models.DateTimeField(null=True)
    free = models.BooleanField(null=True)
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            both_or_neither("called_at", "free", name="cases_withdrawal_called_pair"),
            UniqueConstraint(
                fields=["link"],
                condition=Q(done_at__isnull=True, undone_at__isnull=True),
                name="cases_one_withdrawal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.link_id}"


class Supervision(models.Model):
    """督办: a letter to the holder with a clock of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="supervisions")
    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    ground = models.TextField()
    words = models.TextField()
    by_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(default="")
    document_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            Index(fields=["case"], condition=Q(answered_at__isnull=True), name="cases_supervision_open")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.at:%Y-%m-%d}"


class Appraisal(models.Model):
    """鉴定: by which body, chosen and paid by whom, and that the result was told to the person. It stops no clock."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="appraisals")
    body = models.TextField()
    subject = models.TextField()
    chosen_by = models.TextField()
    paid_by = models.TextField()
    ordered_on = models.DateField()
    result = models.TextField(default="")
    result_on = models.DateField(null=True)
    told_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.body


class Mediation(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="mediations")
    mediator = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, related_name="+")
    other_side = models.TextField()
    other_office = models.ForeignKey(OFFICE, null=True, on_delete=models.PROTECT, related_name="+")
    no_violence = models.BooleanField()
    person_consents = models.BooleanField(null=True)
    other_consents = models.BooleanField(null=True)
    state = models.TextField(choices=MediationState.choices(), default=MediationState.OPENED.value)
    agreement = models.TextField(default="")
    document_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            known("state", MediationState, name="cases_mediation_state_known"),
            CheckConstraint(
                condition=Q(no_violence=True) | Q(state="stopped"), name="cases_mediation_no_violence"
            ),
            CheckConstraint(
                condition=~Q(state__in=["consented", "agreed"])
                | Q(person_consents=True, other_consents=True),
                name="cases_mediation_both_consent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class ReceptionDay(models.Model):
    """A published day on which a leader listens. The id is also its subject in facts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    on = models.DateField()
    leader = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, related_name="+")
    place_words = models.TextField()
    place_words_en = models.TextField(default="", db_default="")
    mode = models.TextField(choices=ReceptionMode.choices(), default=ReceptionMode.OFFICE.value)
    from_hour = models.TextField(default="9:00")
    seats = models.IntegerField(default=10)
    published_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [known("mode", ReceptionMode, name="cases_reception_mode_known")]
        indexes = [Index(fields=["on"], name="cases_reception_on")]

    def __str__(self) -> str:
        return f"{self.on}"


class Booking(models.Model):
    """A seat or a queue number of a reception day; no reason is asked; walk-ins are equal."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.ForeignKey(ReceptionDay, on_delete=models.PROTECT, related_name="bookings")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    demand = models.ForeignKey("intake.Demand", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.TextField(choices=BookingState.choices(), default=BookingState.BOOKED.value)
    queue_no = models.IntegerField()
    code_key = models.BinaryField(null=True, unique=True)
    notes = models.TextField(default="")
    n_people = models.SmallIntegerField(default=1, db_default=1)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(n_people__gte=1, n_people__lte=REPRESENTATIVES), name="cases_booking_up_to_5"
            ),
            known("state", BookingState, name="cases_booking_state_known"),
            UniqueConstraint(fields=["day", "queue_no"], name="cases_booking_queue_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day_id} {self.queue_no}"
