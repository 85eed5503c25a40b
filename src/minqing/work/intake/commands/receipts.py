"""The person's slip: a new one for a lost one, and the word that opens the texts."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from minqing.charter import Actor, Verb
from minqing.ground.people.commands import look, read_phone
from minqing.ground.people.queries import people_at
from minqing.ground.people.rules import Purpose
from minqing.kernel.keys import secret
from minqing.methods import codes
from minqing.record.facts.commands import record
from minqing.record.inbox.commands import use
from minqing.work.intake.models import Accusation, Demand
from minqing.work.intake.queries import beside, demand_by_receipt, demand_for
from minqing.work.intake.rules import (
    FINDS_AN_HOUR,
    Anonymity,
    BadWord,
    BothNeeded,
    CannotTellWho,
    TooManyFinds,
    UnknownReceipt,
    WordNeeded,
)


def _read_word(word: str) -> str:
    try:
        return codes.read_word(word)
    except codes.BadNumber:
        raise BadWord() from None


@transaction.atomic
def renew_receipt(*, by: Actor, demand_id: UUID, at: datetime, word: str = "") -> str:
    """A new code for a lost slip, given in person or by calling back the number that was left. The old one is void.

    Who stayed anonymous was told at the start that a lost code cannot be given again: nobody can tell who asks.
    """
    demand = demand_for(by, Verb.DEMAND_FIND, demand_id, lock=True)
    if demand.anonymity == Anonymity.ANONYMOUS:
        raise CannotTellWho()
    code, pepper = codes.new_code(), secret("pepper")
    demand.code_key, demand.code_tag = codes.lookup_key(pepper, code), None
    demand.word_key = codes.word_key(pepper, code, _read_word(word)) if word else None
    demand.word_tag, demand.code_at = None, Now()
    demand.save(update_fields=["code_key", "code_tag", "word_key", "word_tag", "code_at"])
    record(kind="demand.slip-renewed", about=demand.pk, by=by.account_id, at=at)
    return code


@transaction.atomic
def find_demands(*, by: Actor, phone: str, name: str, at: datetime) -> list[UUID]:
    """帮人找回: the words of whoever left exactly this number and name, newest first. Each find is a look they can see.

    Every search counts, also one that finds nobody: an account may not try out who lives here.
    """
    by.must(Verb.DEMAND_FIND)
    if not phone.strip() or not name.strip():
        raise BothNeeded()
    number = read_phone(phone)
    if wait := use(f"find:{by.account_id}", at=at, most=FINDS_AN_HOUR, per=timedelta(hours=1)):
        raise TooManyFinds(limit=FINDS_AN_HOUR, minutes=-(-wait // 60))
    found = Demand.objects.filter(person_id__in=people_at(number, name)).exclude(
        anonymity=Anonymity.ANONYMOUS
    )
    rows = list(found.order_by("-registered_at", "-id").values_list("pk", "person_id")[:20])
    for demand_id, person_id in rows:
        look(by=by, person_id=person_id, purpose=Purpose.LOST_SLIP, about=f"demand:{demand_id}", at=at)
        record(kind="demand.found", about=demand_id, by=by.account_id, at=at)
    return [demand_id for demand_id, _ in rows]


@transaction.atomic
def change_word(*, receipt: str, word: str, new_word: str, at: datetime) -> None:
    """The holder of the slip sets another word; a slip that has one must show it first, one without may choose one."""
    opened = demand_by_receipt(receipt, word)
    if opened.has_word and not opened.word_ok:
        raise WordNeeded()
    pepper, code = secret("pepper"), codes.read_code(receipt)
    fast = codes.lookup_key(pepper, code)
    fast_word = codes.word_key(pepper, code, _read_word(new_word))
    for room in (Demand, Accusation):
        if room.objects.filter(code_key=fast).update(word_key=fast_word, word_tag=None):
            break
    else:
        slow = codes.slow_keys(pepper, fast)
        tag = codes.slow_word(slow.inner, fast_word)
        for room in (Demand, Accusation):
            if room.objects.filter(code_tag=slow.tag).update(word_tag=tag, word_key=None):
                break
        else:
            found = beside(
                "SELECT 1 FROM clues_word(%s, %s, %s, %s) AS n WHERE n > 0", fast, slow.tag, fast_word, tag
            )
            if not found:
                raise UnknownReceipt()
    if opened.demand_id is not None:
        record(kind="demand.word-changed", about=opened.demand_id, by=None, at=at)
