"""Wrong query codes and words are slowed, whichever door they come through. What waits is the sender, never the case."""

from dataclasses import replace

from django.core.cache import cache
from django.http import HttpRequest

from minqing.doors.parts.web import client_of
from minqing.ground.law.queries import now
from minqing.kernel.errors import Refusal
from minqing.work.intake.queries import Opened, demand_by_receipt
from minqing.work.intake.rules import UnknownReceipt

FREE_TRIES, LONGEST_WAIT_S, FORGOTTEN_AFTER_S = 5, 300, 3600
# Five tries are free; then each wrong one doubles the wait, up to five minutes. A wrong word only shuts the texts of
# that case for the wait; its dates stay open to whoever has the code.


class TooManyTries(Refusal):
    code, status, text = (
        "receipt.too-many-tries",
        429,
        "连着输错几次了。请等{seconds}秒再试，或打电话、到接待窗口查。",
    )


def sender_key(request: HttpRequest) -> str:
    return f"wrong-codes:{client_of(request)}"


def word_key(opened: Opened) -> str:
    return f"wrong-words:{opened.demand_id or opened.verify_no}"


def wait_for(key: str) -> int:
    """Seconds until the next try; 0 when it may be now."""
    wrong, last = cache.get(key, (0, 0.0))
    wait = min(2 ** (wrong - FREE_TRIES), LONGEST_WAIT_S) if wrong >= FREE_TRIES else 0
    return max(0, round(last + wait - now().timestamp()))


def count_wrong(key: str) -> None:
    cache.set(key, (cache.get(key, (0, 0.0))[0] + 1, now().timestamp()), FORGOTTEN_AFTER_S)


def opened_by(request: HttpRequest, receipt: str, word: str = "") -> tuple[Opened, int]:
    """What the code opens, and the seconds for which its texts stay shut after wrong words; wrong tries are counted."""
    mine = sender_key(request)
    if wait := wait_for(mine):
        raise TooManyTries(seconds=wait)
    try:
        opened = demand_by_receipt(receipt, word or None)
    except UnknownReceipt:
        count_wrong(mine)
        raise
    if not word or not opened.has_word:
        return opened, 0
    if shut := wait_for(word_key(opened)):
        return replace(opened, word_ok=False), shut
    if not opened.word_ok:
        count_wrong(word_key(opened))
        count_wrong(mine)
    return opened, 0
