"""What the part templates take. A view fills one of these and includes the part; a dict with the same names works too."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

Day = date | datetime | None


@dataclass(frozen=True)
class Slip:
    """登记回执, parts/slip.html. `code` is the 16-digit query code; `qr` an SVG; without a code the stub is left out."""

    holder: str
    due: Day
    unhappy: str
    code: str = ""
    verify_no: str = ""
    registered_at: datetime | None = None
    due_note: str = ""
    holder_note: str = ""
    provisional: bool = False
    qr: str = ""


@dataclass(frozen=True)
class Step:
    """One step of 为什么是这一天: a sentence and the article it stands on."""

    text: str
    article: str = ""


@dataclass(frozen=True)
class Event:
    """One entry of parts/timeline.html, newest first. kind: "", kept (the person confirmed), late. gap_days: silence before it."""

    at: datetime
    text: str
    by: str = ""
    more: str = ""
    kind: str = ""
    gap_days: int = 0


@dataclass(frozen=True)
class Door:
    """One large way in on a first page."""

    url: str
    title: str
    line: str = ""
    main: bool = False


@dataclass(frozen=True)
class Chip:
    """One filter, set (`on`, url takes it off) or offered (url puts it on)."""

    label: str
    url: str
    on: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    here: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Act:
    """One thing that may be done now. `main` is the usual one, `hard` cannot be taken back. A POST unless `get`; `key` presses it.

    `swap`: the element a script may put the answer in the place of; without a script the form goes the long way.
    """

    label: str
    url: str
    main: bool = False
    hard: bool = False
    get: bool = False
    key: str = ""
    fields: Sequence[tuple[str, str]] = ()
    swap: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the worklist. `acts`: at most two, the first one on key a."""

    id: str
    url: str
    place: str
    title: str
    holder: str = ""
    kind: str = ""
    state: str = ""
    due: Day = None
    got: Day = None
    paused: bool = False
    theirs: bool = False
    note: str = ""
    here: bool = False
    acts: Sequence[Act] = ()


@dataclass(frozen=True)
class Pager:
    """Keyset paging: addresses of the neighbours, and how many are on this page of how many (capped)."""

    shown: int
    total: int | None = None
    next_url: str = ""
    previous_url: str = ""


@dataclass(frozen=True)
class Version:
    """One side of parts/conflict.html: who wrote what when."""

    title: str
    text: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Paper:
    """公文 on screen, parts/gongwen.html: paragraphs without identity, rendered for the person who may see them."""

    issuer: str
    number: str
    title: str
    to: str
    paragraphs: Sequence[str]
    signed_by: str
    day: Day
    verify_no: str = ""
    copies: str = ""
    lines: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class Plot:
    """One row of a plotted table: name, drawing, and the same numbers in words."""

    name: str
    drawing: str
    cells: Sequence[str]
    own: bool = False
    enough: bool = True
    n: int = 0
