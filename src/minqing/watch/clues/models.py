"""Every table here is in the clues' own database, under row-level security (wiring/grants). People are plain ids there."""

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint


class Clue(models.Model):
    """One accusation. Whoever reads the row learns a day and a state: words, names and places are ciphertext.

    `box`: as it came, closed to the discipline office's key; gone once the worker has opened it into the three that
    follow, each under a key of its own: `words` (who receives it), `who` (two persons of two units), `told` (the
    restatement; whoever handles it, and the person). `desk`: the three keys, closed to the office's key. `slip_key`: the
    key of what is told, under what only the query code gives; `asked`: that half itself, closed, where the worker lacks it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    state = models.TextField(default="arrived")
    level = models.TextField(default="county")
    box = models.BinaryField(null=True)
    words = models.BinaryField(null=True)
    who = models.BinaryField(null=True)
    told = models.BinaryField(null=True)
    matter = models.BinaryField(null=True)
    desk = models.BinaryField(null=True)
    slip_key = models.BinaryField(null=True)
    asked = models.BinaryField(null=True)
    once = models.BinaryField(unique=True)
    code_key = models.BinaryField(null=True, unique=True)
    code_tag = models.BinaryField(null=True, unique=True)
    word_key = models.BinaryField(null=True)
    word_tag = models.BinaryField(null=True)
    verify_no = models.TextField(unique=True)
    arrived_on = models.DateField()
    slip = models.BinaryField()
    lang = models.TextField(default="zh-hans")
    chain = models.BinaryField(null=True)
    routed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(box__isnull=False) | Q(desk__isnull=False), name="clues_clue_words_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return "sealed"


class Enclosure(models.Model):
    """A file, as it came until the worker opens its clue, then under the key of the clue's words."""

    id = models.UUIDField(primary_key=True, editable=False)
    clue = models.ForeignKey(Clue, null=True, on_delete=models.PROTECT, related_name="enclosures")
    box = models.BinaryField()

    def __str__(self) -> str:
        return "sealed"


class Officer(models.Model):
    """The key pair of somebody who may be asked to work here; the private half is closed under their passphrase."""

    id = models.UUIDField(primary_key=True, editable=False)
    public = models.BinaryField()
    private = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class Access(models.Model):
    """Who holds which part of a clue: row-level security and the wrapped keys in one row. Without a row there is nothing."""

    id = models.UUIDField(primary_key=True, editable=False)
    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="access")
    officer = models.UUIDField()
    office = models.UUIDField()
    part = models.TextField()
    words_key = models.BinaryField(null=True)
    told_key = models.BinaryField(null=True)
    share = models.BinaryField(null=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["clue", "officer"], condition=Q(until__isnull=True), name="clues_access_one_open"
            )
        ]
        indexes = [Index(fields=["officer", "clue"], name="clues_access_officer")]

    def __str__(self) -> str:
        return f"{self.officer} {self.part}"


class Talk(models.Model):
    """A word between the office and the person, under the key of what is told. `mine`: the person's."""

    id = models.UUIDField(primary_key=True, editable=False)
    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="talk")
    mine = models.BooleanField()
    text = models.BinaryField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "sealed"


class Step(models.Model):
    """What was done with a clue, in order; its leaf goes to the county's log in its slot."""

    id = models.UUIDField(primary_key=True, editable=False)
    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="steps")
    n = models.IntegerField()
    act = models.TextField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()
    body = models.BinaryField()
    leaf = models.BinaryField(null=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["clue", "n"], name="clues_step_in_order")]

    def __str__(self) -> str:
        return f"{self.n} {self.act}"


class Duty(models.Model):
    """A discipline clock: owed under a dated rule, by a day."""

    id = models.UUIDField(primary_key=True, editable=False)
    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="duties")
    rule = models.TextField()
    rule_from = models.DateField()
    from_on = models.DateField()
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["clue", "rule"], condition=Q(done_at__isnull=True), name="clues_duty_one_open"
            )
        ]

    def __str__(self) -> str:
        return self.rule


class Opening(models.Model):
    """Somebody asks to see who speaks; somebody of another unit lets them, for half an hour. Written before it is shown."""

    id = models.UUIDField(primary_key=True, editable=False)
    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="openings")
    asker = models.UUIDField()
    asker_office = models.UUIDField()
    purpose = models.TextField()
    why = models.BinaryField()
    asked_at = models.DateTimeField()
    approver = models.UUIDField(null=True)
    approver_office = models.UUIDField(null=True)
    share = models.BinaryField(null=True)
    approved_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(approver__isnull=True)
                | (~Q(approver=F("asker")) & ~Q(approver_office=F("asker_office"))),
                name="clues_opening_two_units",
            ),
            CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(approver__isnull=False, until__isnull=False),
                name="clues_opening_approved_by",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Look(models.Model):
    """Somebody read words, a file or a name: written and committed before anything is shown."""

    id = models.UUIDField(primary_key=True, editable=False)
    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="looks")
    officer = models.UUIDField()
    office = models.UUIDField()
    what = models.TextField()
    purpose = models.TextField(default="")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.officer} {self.what}"


class Refund(models.Model):
    """退赔: what one household should get back; finished by its own yes alone."""

    id = models.UUIDField(primary_key=True, editable=False)
    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="refunds")
    household = models.BinaryField()
    fen = models.BigIntegerField()
    state = models.TextField()
    due_on = models.DateField()
    paid_on = models.DateField(null=True)
    said_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [CheckConstraint(condition=Q(fen__gt=0), name="clues_refund_something")]

    def __str__(self) -> str:
        return self.state


class Chain(models.Model):
    """A course of leaves in the county's log: of a clue, or of nobody. Both look the same there."""

    id = models.UUIDField(primary_key=True, editable=False)
    key = models.BinaryField()
    clue = models.ForeignKey(Clue, null=True, on_delete=models.PROTECT, related_name="chains")
    course = models.JSONField()
    n = models.IntegerField(default=0)
    last = models.BinaryField(null=True)
    next_at = models.DateTimeField(null=True)
    drawn_for = models.DateField(null=True, db_index=True)
    fills = models.DateField(null=True, unique=True)

    class Meta:
        indexes = [Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="clues_chain_due")]

    def __str__(self) -> str:
        return str(self.id)


class Slot(models.Model):
    """A moment at which exactly one leaf is handed to the county's log."""

    at = models.DateTimeField(primary_key=True)
    leaf_id = models.UUIDField(unique=True)
    leaf = models.BinaryField()
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    handed = models.BooleanField(default=False)

    class Meta:
        indexes = [Index(fields=["at"], condition=Q(handed=False), name="clues_slot_todo")]

    def __str__(self) -> str:
        return str(self.at)


class Try(models.Model):
    """How often something was tried lately, under a hash: nobody's address is kept."""

    key = models.BinaryField(primary_key=True)
    n = models.IntegerField()
    since = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.n)
