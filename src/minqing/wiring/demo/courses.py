"""The ways a matter can go, read from `courses/*.txt`, each step checked against the state tables of the cases room."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from minqing.kernel.states import Machine
from minqing.wiring.demo.dice import wheel
from minqing.work.cases.rules import ORDER, PETITION, CaseState

HERE = Path(__file__).parent / "courses"
MACHINES: Mapping[str, Machine] = {"petition": PETITION, "order": ORDER, "simple": ORDER}
TIME = re.compile(r"(\d+)(?:-(\d+))?([wdms])")
BESIDE = frozenset({
    "contact", "talk", "ask", "ask-extension", "assist", "assist-reply", "supervise", "answer-supervision", "carry",
    "hearing", "appraise", "appraise-result", "link", "join", "leave", "split", "split-sealed", "seal", "verdict",
    "callback", "promise", "care", "open-mediation", "consent-mediation", "agree-mediation", "end-mediation",
    "ask-withdrawal", "confirm-withdrawal",
})  # fmt: skip
"""Acts that leave the state of the case where it is; every other act is a move of the machine."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One step before it has a time: who, where, how long after, and the state it leads to ("" outside a case)."""

    act: str
    role: str
    office: str
    low: int
    width: int
    unit: str
    settings: Mapping[str, str]
    state: str


@dataclass(frozen=True, slots=True)
class Course:
    key: str
    zh: str
    en: str
    track: str
    family: str
    weight: float
    late: bool
    category: str
    way: str
    kinds: tuple[str, ...]
    legs: tuple[Leg, ...]


def _legs(track: str, rows: list[str]) -> Iterator[Leg]:
    machine = MACHINES.get(track)
    state = CaseState.REGISTERED
    for row in rows:
        act, who, *rest = row.split()
        role, _, office = who.partition("@")
        time = TIME.fullmatch(rest[0]) if rest else None
        if time is None:
            raise ValueError(f"no time: {row}")
        low, high, unit = int(time[1]), int(time[2] or time[1]), time[3]
        if machine is not None and act not in BESIDE:
            state = CaseState(machine.after(state, act))
        elif machine is None and act not in BESIDE:  # a joined word that left goes its own petition way
            state = CaseState(PETITION.after(state, act))
        settings = dict(pair.split("=", 1) for pair in rest[1:])
        settled = str(state.value) if machine is not None or act not in BESIDE else ""
        yield Leg(act, role, office, low, high - low + 1, unit, settings, settled)


def _read(path: Path) -> Iterator[Course]:
    blocks = re.split(r"^= ", path.read_text("utf-8"), flags=re.M)[1:]
    for block in blocks:
        head, setting, *rows = [
            line for line in block.splitlines() if line.strip() and not line.startswith("#")
        ]
        key, zh, en = (part.strip() for part in head.split("|"))
        values = dict(pair.split("=", 1) for pair in setting.removeprefix(": ").split())
        legs = tuple(_legs(values["track"], rows))
        yield Course(
            key, zh, en, values["track"], values["family"], float(values["weight"]), "late" in values,
            values.get("category", ""), next((leg.settings["way"] for leg in legs if "way" in leg.settings), ""),
            tuple(filter(None, values.get("kinds", "").split(","))), legs,
        )  # fmt: skip


@cache
def courses() -> Mapping[str, Course]:
    return {course.key: course for path in sorted(HERE.glob("*.txt")) for course in _read(path)}


@cache
def course_wheel(family: str, track: str, what: str) -> tuple[Course, ...]:
    """The courses of a family open to a kind on a track ("light": orders and simple matters); of any where it has none."""
    of_kind = [c for c in courses().values() if c.family == family and (not c.kinds or what in c.kinds)]
    fitting = [c for c in of_kind if c.track in (("order", "simple") if track == "light" else (track,))]
    return wheel([(course, course.weight) for course in fitting or of_kind], 1024)
