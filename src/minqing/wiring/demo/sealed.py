"""The sealed side of the demo county: officers with key pairs, and clues in many states, played by the commands of every day.

Done once by the sealed side's worker, when nobody there has a key yet. Nothing of it is in the county's database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from minqing.charter import Role
from minqing.ground.law import queries as law
from minqing.ground.offices.queries import account_by_username, offices
from minqing.ground.offices.rules import OfficeKind
from minqing.watch.clues.commands import handling, keys, opening, routing
from minqing.watch.clues.models import Clue, Officer
from minqing.watch.clues.queries import levels, org
from minqing.watch.clues.rules import Finding, Purpose, TalkKind
from minqing.wiring.demo import known

SIGNED = (Role.DISCIPLINE, Role.ORGANISATION)
"""Roles with a demo sign-in of their own; the others of those offices hold keys too, and nobody plays them."""
QUESTION = "补偿清单是哪一年贴出来的？有没有拍下来？不方便就说个大概。"
RESULT = "查过了：发放清单和银行流水对不上，少发的已经责令退还，经手的人已经立案。"
NOT_PROVED = (
    "查了发放清单、银行流水，问了同组的人，没有查到您说的这笔钱。清单附在后面，您觉得哪一笔不对，请接着说。"
)
RESTATED = "反映某村经手人在发放补偿、补助时少发、代领。请核对发放清单、银行流水和领款签字，同批抽查其他村。"


@dataclass(frozen=True)
class Hand:
    """Somebody who acts, with the private half of their key."""

    officer: UUID
    private: bytes

    def at(self, when: datetime) -> dict[str, object]:
        return {"officer": self.officer, "private": self.private, "at": when}


def play() -> int:
    """Give keys and carry clues on; how many. Nothing once somebody has a key."""
    if (
        Officer.objects.exists()
        or not Clue.objects.exists()
        or Clue.objects.filter(box__isnull=False).exists()
    ):
        return 0  # done before, nothing there, or some of it still to be opened
    hands = _keys()
    if "discipline" not in hands or "organisation" not in hands:
        return 0
    routing.reroute_all()
    todo = list(Clue.objects.filter(state="arrived", desk__isnull=False).order_by("arrived_on", "id"))
    for n, clue in enumerate(todo):
        COURSES[n % len(COURSES)](clue.pk, _noon(clue), hands)
    routing.reroute_all()
    return len(todo)


def _noon(clue: Clue) -> datetime:
    day = clue.arrived_on
    return datetime(day.year, day.month, day.day, 12, tzinfo=law.now().tzinfo)


def _keys() -> dict[str, Hand]:
    on = law.today()
    (body,) = levels(org(on), on)[:1]
    named = {pk: str(role) for role in SIGNED if (pk := account_by_username(str(role))) is not None}
    hands: dict[str, Hand] = {}
    for n, person in enumerate(sorted(body.handlers | body.approvers)):
        role = named.get(person, f"hand{n}")
        private = keys.make_pair(officer=person, passphrase=known.passphrase_of(role), at=law.now())
        hands[role] = Hand(person, private)
        if person in body.handlers and role.startswith("hand"):
            hands.setdefault("handler", hands[role])
    return hands


def _village(clue_id: UUID, hands: dict[str, Hand], at: datetime) -> list[UUID]:
    """The people of the village that is spoken of, who must not come near it."""
    words = handling.read_words(clue_id=clue_id, **hands["discipline"].at(at))  # type: ignore[arg-type]
    place = str(words.get("place") or "")
    return [one.id for one in offices(kinds=[OfficeKind.VILLAGE]) if place and one.place_path.endswith(place)]


# Courses


def _stays(clue_id: UUID, at: datetime, hands: dict[str, Hand]) -> None:
    """Nobody has read it yet."""


def _read(clue_id: UUID, at: datetime, hands: dict[str, Hand]) -> None:
    handling.read_words(clue_id=clue_id, **hands["discipline"].at(_later(at, 1)))  # type: ignore[arg-type]


def _registered(clue_id: UUID, at: datetime, hands: dict[str, Hand]) -> None:
    units = _village(clue_id, hands, _later(at, 1))
    handling.register_clue(
        clue_id=clue_id, restated=RESTATED, units=units, unknown=True, **hands["discipline"].at(_later(at, 2))  # type: ignore[arg-type]
    )  # fmt: skip
    routing.reroute_all()


def _asks(clue_id: UUID, at: datetime, hands: dict[str, Hand]) -> None:
    """With the clerk's own hand, who asks the person something, and would like to see who it is."""
    _registered(clue_id, at, hands)
    who = hands["discipline"].at(_later(at, 4))
    handling.say(clue_id=clue_id, text=QUESTION, kind=TalkKind.QUESTION, **who)  # type: ignore[arg-type]
    opening.ask_opening(
        clue_id=clue_id, factor_at=_later(at, 4), purpose=Purpose.VERIFY, why="清单要当面核对", **who  # type: ignore[arg-type]
    )  # fmt: skip


def _handed(clue_id: UUID, at: datetime, hands: dict[str, Hand]) -> Hand:
    _registered(clue_id, at, hands)
    handler = hands.get("handler", hands["discipline"])
    handling.hand_over(clue_id=clue_id, handler=handler.officer, **hands["discipline"].at(_later(at, 3)))  # type: ignore[arg-type]
    routing.reroute_all()
    return handler


def _works(clue_id: UUID, at: datetime, hands: dict[str, Hand]) -> None:
    _handed(clue_id, at, hands)


def _pays_back(clue_id: UUID, at: datetime, hands: dict[str, Hand]) -> None:
    who = _handed(clue_id, at, hands).at(_later(at, 9))
    for house, fen in (("三组第二户", 320_000), ("三组第五户", 180_000)):
        handling.owe_refund(
            clue_id=clue_id, household=house, fen=fen, due_on=_later(at, 40).date(), **who  # type: ignore[arg-type]
        )  # fmt: skip
    handling.decide(clue_id=clue_id, finding=Finding.TRUE, result=RESULT, **who)  # type: ignore[arg-type]
    handling.answer(clue_id=clue_id, text=RESULT, **who)  # type: ignore[arg-type]


def _not_proved(clue_id: UUID, at: datetime, hands: dict[str, Hand]) -> None:
    who = _handed(clue_id, at, hands).at(_later(at, 12))
    handling.decide(clue_id=clue_id, finding=Finding.UNPROVED, result=NOT_PROVED, **who)  # type: ignore[arg-type]
    handling.answer(clue_id=clue_id, text=NOT_PROVED, **who)  # type: ignore[arg-type]
    handling.settle(clue_id=clue_id, **who)  # type: ignore[arg-type]


def _later(at: datetime, days: int) -> datetime:
    return min(at + timedelta(days=days), law.now())


COURSES: tuple[Callable[[UUID, datetime, dict[str, Hand]], object], ...] = (
    _stays, _pays_back, _registered, _asks, _works, _not_proved, _read, _pays_back, _works,
)  # fmt: skip
