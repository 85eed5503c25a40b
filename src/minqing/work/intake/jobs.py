"""Timed work: the fast key of a query code becomes its slow tag, oldest first."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from minqing.kernel.keys import secret
from minqing.methods import codes
from minqing.work.intake.models import Accusation, Demand
from minqing.work.intake.queries import AT_ONCE


def strengthen_codes(limit: int = 20) -> int:
    """Replace stored HMACs by Argon2id tags; each row is its own short transaction. Returns how many were done."""
    done = 0
    for room, order in ((Demand, "code_at"), (Accusation, "arrived_on")):
        todo = (
            room.objects.filter(code_key__isnull=False)
            .order_by(F(order), "id")
            .values_list("pk", flat=True)[: limit - done]
        )
        for pk in list(todo):
            done += _strengthen(room, pk)
    return done


@transaction.atomic
def _strengthen(room: type[Demand] | type[Accusation], pk: UUID) -> int:
    rows = room.objects.filter(pk=pk, code_key__isnull=False)
    row = rows.select_for_update(skip_locked=True, no_key=True).only("code_key", "word_key").first()
    if row is None or row.code_key is None:
        return 0
    with AT_ONCE:
        slow = codes.slow_keys(secret("pepper"), bytes(row.code_key))
    word = codes.slow_word(slow.inner, bytes(row.word_key)) if row.word_key is not None else None
    rows.update(code_tag=slow.tag, code_key=None, word_tag=word, word_key=None)
    return 1
