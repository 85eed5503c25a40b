"""Where a form starts from: what a new case is likely to be, whose matter it is, and the frame of an answer. All can be changed."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minqing.doors.parts.words import day, in_english
from minqing.ground.law.queries import catalogue, today
from minqing.ground.law.rules.catalogue import TOWNSHIP, VILLAGE, Entry, UnknownMatter, office_name
from minqing.ground.law.rules.matters import likely
from minqing.ground.offices.queries import OfficeLine, office_of_place, offices
from minqing.ground.offices.rules import OfficeKind
from minqing.means.search.rules import normal
from minqing.work.cases.queries import CasePage
from minqing.work.cases.rules import Category, Grade, Path, ReplyKind, Track
from minqing.work.intake.queries import DemandLine
from minqing.work.intake.rules import Channel, Kind

TITLE = 24
CLAUSE = re.compile(r"[。！？；;!?\n]")
HINTS = 3
BY_KIND: dict[Kind, tuple[Category, Grade]] = {
    Kind.ASK: (Category.CLAIM, Grade.ASK),
    Kind.HELP: (Category.CLAIM, Grade.HELP),
    Kind.COMPLAINT: (Category.CLAIM, Grade.COMPLAINT),
    Kind.SUGGESTION: (Category.SUGGESTION, Grade.HELP),
    Kind.PRAISE: (Category.SUGGESTION, Grade.ASK),
    Kind.REPORT: (Category.CLAIM, Grade.COMPLAINT),
}
CALLED = (Channel.PHONE, Channel.OWN_PHONE)


@dataclass(frozen=True)
class Hint:
    """One entry of the dispatch catalogue that the words may belong to: who leads it, and by which law."""

    code: str
    name: str
    lead: str
    basis: str
    office_id: UUID | None = None


def title_of(line: DemandLine) -> str:
    """The first clause of what was said, short enough for a list."""
    if line.title:
        return line.title
    first = next((part.strip() for part in CLAUSE.split(line.text) if part.strip()), line.text.strip())
    if len(first) > TITLE:
        head = first[:TITLE]
        first = (
            head[: max(head.rfind("，"), head.rfind(","))]
            if max(head.rfind("，"), head.rfind(",")) >= 6
            else head
        )
    return first


def opening(line: DemandLine) -> dict[str, Any]:
    """Track, category and grade as the channel and the kind suggest them."""
    category, grade = BY_KIND.get(line.kind, (Category.CLAIM, Grade.HELP))
    track = Track.ORDER if line.channel in CALLED or line.kind is Kind.ASK else Track.PETITION
    if line.alarm != "none":
        grade = Grade.URGENT
    found = hints(line)
    return {
        "title": title_of(line), "track": track.value, "category": category.value, "way": Path.PETITION.value,
        "grade": grade.value, "kind": line.kind.value, "matter": found[0].code if found else "",
    }  # fmt: skip


def hints(line: DemandLine) -> list[Hint]:
    """The entries one of whose own words was said, the longest first; nothing when none was: better than a wrong one."""
    found = likely(catalogue(today()), normal(f"{line.title} {line.text}"), most=HINTS)
    return [hint_of(entry, line.place_path) for entry in found]


def hint_of(entry: Entry, place_path: str = "") -> Hint:
    lang = "en" if in_english() else "zh-hans"
    office = lead_of(entry, place_path)
    if office is not None:
        lead = (office.name_en or office.name) if in_english() else office.name
    elif entry.lead in {TOWNSHIP, VILLAGE}:
        lead = _(OfficeKind(entry.lead).label)
    else:
        lead = office_name(entry.lead, lang)
    return Hint(entry.code, entry.name(lang), lead, entry.cited(lang), office.id if office else None)


def lead_of(entry: Entry, place_path: str) -> OfficeLine | None:
    """The office of this county that leads the matter, if it is there."""
    if entry.lead in {TOWNSHIP, VILLAGE}:
        return office_of_place(place_path, OfficeKind(entry.lead)) if place_path else None
    return next((one for one in offices(on=today()) if one.code == entry.lead), None)


def sending(page: CasePage, place_path: str) -> dict[str, Any]:
    """To whom the catalogue would send the case, with the basis to be written into the letter."""
    if not page.matter:
        return {}
    try:
        entry = catalogue(today()).get(page.matter)
    except UnknownMatter:
        return {}
    hint = hint_of(entry, place_path)
    return {
        "office_id": str(hint.office_id) if hint.office_id else None,
        "basis": entry.cited(),
        "hint": hint,
    }


# Answers

FRAMES: dict[str, tuple[Any, dict[str, Any]]] = {
    "done": (gettext_lazy("已经办好"), {
        "outcome": "support", "text": gettext_lazy("您反映的事已经办好：（做了什么、什么时候做完）。"),
        "facts": gettext_lazy("（日期）到现场查看，情况属实：（看到了什么）。"), "reasons": gettext_lazy("您的请求合理，应当解决。"),
    }),
    "will": (gettext_lazy("答应办，有日子"), {
        "outcome": "support", "text": gettext_lazy("您的请求我们支持，（日期）前办到：（要做的事）。"),
        "facts": gettext_lazy("（日期）到现场查看，情况属实：（看到了什么）。"),
        "reasons": gettext_lazy("您的请求合理，需要（时间、材料），所以定在这一天。"),
        "promise_words": gettext_lazy("（日期）前，（做什么）。"),
    }),
    "part": (gettext_lazy("能办一部分"), {
        "outcome": "partly", "text": gettext_lazy("能办的：（内容、日期）。办不了的：（内容、原因）。"),
        "facts": gettext_lazy("查明：（事实）。"), "reasons": gettext_lazy("（能办的依据；不能办的依据）。"),
    }),
    "no": (gettext_lazy("依法不能支持"), {
        "outcome": "reject", "text": gettext_lazy("您的请求不能支持。原因是：（用平常的话说清楚）。您还可以：（别的路）。"),
        "facts": gettext_lazy("查明：（事实）。"), "reasons": gettext_lazy("按照（依据），（为什么不符合）。"),
    }),
    "wait": (gettext_lazy("先告诉办到哪一步"), {
        "kind": "interim", "outcome": None, "text": gettext_lazy("您的事办到这一步：（做了什么）。下一步：（要做什么）。最迟（日期）再告诉您。"),
    }),
}  # fmt: skip


def frames() -> list[tuple[str, str]]:
    return [(key, str(label)) for key, (label, _fields) in FRAMES.items()]


def answering(page: CasePage, frame: str = "") -> dict[str, Any]:
    """What is known of an answer before it is written: the request in the person's title, the organ of a review."""
    petition = page.line.track is Track.PETITION
    first: dict[str, Any] = {"kind": (ReplyKind.OPINION if petition else ReplyKind.ANSWER).value}
    if petition and page.voices:
        first["request"] = page.voices[0].part or page.voices[0].title or page.line.title
        first["remedy"] = _("不同意的，收到之日起30日内，可以向{organ}请求复查。").format(
            organ=page.review_organ or _("上一级机关")
        )
    if any(line.act == "reply" and line.label == _("提交协办意见") for line in page.acts):
        first["kind"] = ReplyKind.ASSIST.value
    if frame in FRAMES:
        first |= {name: str(value) if value is not None else None for name, value in FRAMES[frame][1].items()}
    return first


def looking_again(page: CasePage, act: str) -> dict[str, Any]:
    """What is known of a review or a re-review: what the person asks for, and who may be asked after a review."""
    turns = [hold.words for hold in page.holds if hold.how == act]
    first = {"request": turns[-1] if turns else ""}
    if act == "review":
        first["remedy"] = _("不同意的，收到之日起30日内，可以向{organ}请求复核。").format(
            organ=page.review_organ or _("上一级机关")
        )
    return first


def parts_missing(told: dict[str, Any], page: CasePage, act: str = "reply") -> list[str]:
    """Parts of a 处理意见书, or of the paper of a review, that a preview still lacks, in the words of the form."""
    if act == "reply" and (
        page.line.track is not Track.PETITION or told.get("kind") not in {"opinion", "answer"}
    ):
        return []
    needed = {
        "outcome": _("结果"),
        "request": _("本人的请求"),
        "facts": _("查明的事实"),
        "reasons": _("理由"),
        "basis": _("依据"),
        "remedy": _("不服怎么办"),
    }
    if act != "reply":
        del needed["facts"]
    if act == "rereview":
        del needed["remedy"]
    return [label for name, label in needed.items() if not str(told.get(name) or "").strip()]


def day_or_blank(value: Any) -> str:
    return day(value) if value else _("（日期）")
