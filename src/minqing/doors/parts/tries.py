"""Wrong query codes and words are slowed, whichever door and process they come through. What waits is the sender, never
the case.

A wrong word only shuts the texts of that case for the wait; its dates stay open to whoever has the code. Guesses sent
side by side gain nothing: who is answered while the sender is shut learns neither that it was right nor that it was wrong.

A village sits behind one address, so a short wait is waited out here and then answered: the neighbour who types the right
code a second after somebody's sixth wrong one is served, only later. One at a time in each process, without a connection
to the database, and never longer than `MOST_HELD_S`: further waits of the same address are refused at once and say
when to come again, so an address can hold a thread no more than three times in its hour, and never all of them.
"""

from dataclasses import replace
from threading import BoundedSemaphore
from time import sleep

from django.db import connection
from django.http import HttpRequest, HttpResponse

from minqing.doors.parts.web import client_of
from minqing.ground.law.queries import now
from minqing.kernel.errors import Refusal
from minqing.record.inbox.commands import count_wrong
from minqing.record.inbox.queries import shut_for
from minqing.work.intake.queries import Opened, demand_by_receipt
from minqing.work.intake.rules import UnknownReceipt


class TooManyTries(Refusal):
    code, status, text = (
        "receipt.too-many-tries",
        429,
        "连着输错几次了。请等{seconds}秒再试，或打电话、到接待窗口查。",
    )


MOST_HELD_S = 4
HELD = BoundedSemaphore(1)


def sender_key(request: HttpRequest) -> str:
    return f"wrong-codes:{client_of(request)}"


def word_key(opened: Opened) -> str:
    return f"wrong-words:{opened.demand_id or opened.verify_no}"


def must_be_open(request: HttpRequest) -> None:
    """Refuses while this sender must wait; asked again before a right guess is told, when nobody may be held any more."""
    if wait := shut_for(sender_key(request), at=now()):
        raise TooManyTries(seconds=wait)


def wait_turn(request: HttpRequest) -> None:
    """Before the work: a short wait is waited out, a longer one refused; so is a second one beside it."""
    wait = shut_for(sender_key(request), at=now())
    if not wait:
        return
    if wait > MOST_HELD_S or not HELD.acquire(blocking=False):
        raise TooManyTries(seconds=wait)
    try:
        if not connection.in_atomic_block:
            connection.close()
        sleep(wait)
    finally:
        HELD.release()
    must_be_open(request)


def come_again(response: HttpResponse, refusal: Refusal) -> HttpResponse:
    """A page that says "wait" says so to programs too."""
    if isinstance(refusal, TooManyTries):
        response["Retry-After"] = str(refusal.data["seconds"])
    return response


def guessed_wrong(request: HttpRequest) -> None:
    """Counts it; refuses when the sender was shut meanwhile."""
    if wait := count_wrong(sender_key(request), at=now()):
        raise TooManyTries(seconds=wait)


def opened_by(request: HttpRequest, receipt: str, word: str = "") -> tuple[Opened, int]:
    """What the code opens, and the seconds for which its texts stay shut after wrong words; wrong tries are counted."""
    wait_turn(request)
    try:
        opened = demand_by_receipt(receipt, word or None)
    except UnknownReceipt:
        guessed_wrong(request)
        raise
    must_be_open(request)
    if not word or not opened.has_word:
        return opened, 0
    if opened.word_ok:
        shut = shut_for(word_key(opened), at=now())
    else:
        shut = count_wrong(word_key(opened), at=now())
        if not shut:
            count_wrong(sender_key(request), at=now())
    return (replace(opened, word_ok=False), shut) if shut else (opened, 0)
