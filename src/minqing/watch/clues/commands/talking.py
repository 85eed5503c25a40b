"""The person's side: with the slip and the word they chose they read, write on, dispute, and say that somebody harms them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4, uuid5

from minqing.kernel.keys import secret
from minqing.methods.clock import day_of
from minqing.watch.clues import queries
from minqing.watch.clues.commands.keys import field, read_field, wrapped
from minqing.watch.clues.commands.steps import move, step
from minqing.watch.clues.models import Clue, Duty, Refund, Talk
from minqing.watch.clues.queries import Shown, by_slip, seen_as
from minqing.watch.clues.rules import (
    CLUE,
    REPAY,
    SAID,
    ClueSaid,
    ClueState,
    NotEligible,
    NothingWritten,
    NotReady,
    RepayState,
    TalkKind,
    WordNeeded,
)


@dataclass(frozen=True)
class Spoken:
    mine: bool
    kind: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Back:
    """One repayment as its household reads it."""

    id: str
    household: str
    fen: int
    state: RepayState
    due_on: str


@dataclass(frozen=True)
class Seen:
    """That somebody read it: which day, of which office, what for. Never who."""

    on: date
    office: UUID
    what: str
    purpose: str


@dataclass(frozen=True)
class Told:
    """What the holder of a slip sees. Texts only with the word."""

    shown: Shown
    said: ClueSaid
    state: ClueState
    due_at: datetime | None
    rule: str
    from_on: date | None
    talk: list[Spoken]
    refunds: list[Back]
    looks: list["Seen"]
    ready: bool


def read_slip(*, code: str, word: str | None, at: datetime) -> Told:
    """What a slip shows; texts once its word is right. A slip whose key is not made yet asks the worker for it."""
    shown = by_slip(code, word)
    with seen_as(clue=shown.clue_id):
        row = queries.clue(shown.clue_id)
        state = ClueState(row.state)
        duty = Duty.objects.filter(clue=row, done_at__isnull=True).order_by("due_at").first()
        if shown.word_ok and shown.told_key is None and row.slip_key is None and row.code_key is None:
            Clue.objects.filter(pk=row.pk).update(asked=wrapped(secret("discipline.pub"), shown.inner))
        talk, refunds = [], []
        if shown.told_key is not None:
            talk = [_spoken(shown, one) for one in queries.talk(row.pk)]
            refunds = [_back(shown, one) for one in queries.refunds(row.pk)]
            Talk.objects.filter(clue=row, mine=False, read_at__isnull=True).update(read_at=at)
        # The same reading twice on a day is one line: how often somebody opened a page is nobody's business.
        looks = list(
            dict.fromkeys(
                Seen(day_of(one.at), one.office, one.what, one.purpose) for one in queries.looks(row.pk)
            )
        )
    return Told(
        shown, SAID[state], state, duty.due_at if duty else None, duty.rule if duty else "",
        duty.from_on if duty else None, talk, refunds,
        looks if shown.word_ok else [], shown.told_key is not None,
    )  # fmt: skip


def _spoken(shown: Shown, one: Talk) -> Spoken:
    told = read_field(shown.told_key or b"", shown.clue_id, f"talk|{one.pk}", one.text)
    return Spoken(one.mine, str(told.get("kind", "")), str(told["text"]), one.at)


def _back(shown: Shown, one: Refund) -> Back:
    told = read_field(shown.told_key or b"", shown.clue_id, f"refund|{one.pk}", one.household)
    return Back(str(one.pk), str(told["household"]), one.fen, RepayState(one.state), one.due_on.isoformat())


def add_word(
    *, code: str, word: str, text: str, at: datetime, kind: TalkKind = TalkKind.MORE, once: UUID | None = None
) -> None:
    """One more word from the person. On an answer they do not accept, it goes back to whoever handles it.

    `once`: the page from which it was sent; sent again from there it is the same word.
    """
    if not text.strip():
        raise NothingWritten()
    shown = _with_key(code, word)
    with seen_as(clue=shown.clue_id):
        row = queries.clue(shown.clue_id, lock=True)
        pk, key = uuid5(shown.clue_id, str(once)) if once else uuid4(), shown.told_key or b""
        if Talk.objects.filter(pk=pk).exists():
            return
        told = field(key, row.pk, f"talk|{pk}", {"text": text, "kind": str(kind)})
        Talk.objects.create(id=pk, clue=row, mine=True, text=told, at=at)
        state = ClueState(row.state)
        if kind is TalkKind.VIEW and CLUE.may(state, "dispute"):
            move(row, ClueState(CLUE.after(state, "dispute").value), act="dispute", by=None, at=at, key=key)
        elif kind is TalkKind.HARMED and CLUE.may(state, "reopen"):
            move(row, ClueState(CLUE.after(state, "reopen").value), act="reopen", by=None, at=at, key=key)
        else:
            step(row, act="talk", by=None, at=at, key=key, kind=str(kind))


def answer_refund(*, code: str, word: str, refund_id: str, came: bool, at: datetime) -> None:
    """The household's own word: it came, or it did not. Nobody else can say either."""
    shown = _with_key(code, word)
    with seen_as(clue=shown.clue_id):
        one = Refund.objects.select_for_update().filter(pk=refund_id, clue_id=shown.clue_id).first()
        if one is None:
            raise NotEligible()
        now = RepayState(one.state)
        act = "confirm" if came else "reopen" if now is RepayState.RECEIVED else "dispute"
        after = REPAY.after(now, act)
        Refund.objects.filter(pk=one.pk).update(state=after.value, said_at=at)


def _with_key(code: str, word: str) -> Shown:
    shown = by_slip(code, word)
    if not shown.word_ok:
        raise WordNeeded()
    if shown.told_key is None:
        raise NotReady()
    return shown
