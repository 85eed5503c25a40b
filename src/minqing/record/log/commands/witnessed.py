"""What witnesses say of our heads: kept when it holds, counted when they say nothing."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from minqing.methods import tree
from minqing.record.log.models import Checkpoint, Cosignature, Witness
from minqing.record.log.queries import policy
from minqing.record.log.rules import CLOCKS_APART, NotInLog, WitnessTrouble


class NoCosignature(Exception):
    """What the witness answered is not its signature of that head, or of another time."""

    def __init__(self, trouble: WitnessTrouble) -> None:
        self.trouble = trouble
        super().__init__(trouble.value)


@transaction.atomic
def keep_cosignature(*, name: str, size: int, lines: str, at: datetime) -> None:
    """Keep the signature that the witness `name` of the policy has given for our head of that size; `at` is now, really.

    `lines` is what it answered; lines of other keys are passed over. Raises NoCosignature and keeps nothing.
    """
    key = policy().witnesses.get(name)
    head = Checkpoint.objects.filter(origin=settings.MINQING_LOG_ORIGIN, size=size).first()
    if key is None or head is None:
        raise NotInLog()
    try:
        found = [tree.read_signature(line) for line in lines.splitlines()]
        ours = [one for one in found if (one.name, one.key_id) == (key.name, key.id)][:1]
        (good,) = tree.verified(tree.Note(tree.read_note(head.note).text, tuple(ours)), [key])
    except tree.BadNote:
        raise NoCosignature(WitnessTrouble.BAD_ANSWER) from None
    if good.at is None or abs(good.at - at.timestamp()) > CLOCKS_APART.total_seconds():
        raise NoCosignature(WitnessTrouble.CLOCK)
    when = datetime.fromtimestamp(good.at, at.tzinfo)
    row = Cosignature(origin=head.origin, size=size, name=name, line=str(ours[0]).rstrip("\n"), at=when)
    Cosignature.objects.bulk_create([row], ignore_conflicts=True)
    Witness.objects.update_or_create(
        name=name, defaults={"known": size, "tried_at": at, "failures": 0, "error": ""}
    )


def note_witness(*, name: str, known: int | None, error: str, at: datetime) -> None:
    """The witness was asked and gave no signature: why (empty when it only knows a newer head), and what it said it knows."""
    told = {"tried_at": at, "error": error} | ({} if known is None else {"known": known})
    failed = {"failures": F("failures") + 1 if error else 0}
    Witness.objects.update_or_create(
        name=name, defaults=told | failed, create_defaults=told | {"failures": int(bool(error))}
    )
