"""A paper as it is read: every sentence in place, names filled in. HTML, PDF and DOCX are made from this one shape."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import segno
from django.conf import settings
from django.utils.translation import gettext, override

from minqing.means.documents.models import Document
from minqing.means.documents.rules import FORMS, PLACEHOLDER, DocKind
from minqing.means.documents.rules.forms import DUTY_COLUMNS, REMEDY_ACT, Form, Part, PartForm, To
from minqing.methods.codes import printed_verify_number

CHINA = ZoneInfo("Asia/Shanghai")
NUMERALS = "一二三四五六七八九十"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FIELD = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")


@dataclass(frozen=True)
class Duty:
    who: str
    what: str
    by: str


@dataclass(frozen=True)
class Section:
    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    duties: tuple[Duty, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """`signers` are those who sign by hand; `foot` is the line under the paper that says how to check it."""

    lang: str
    issuer: str
    number: str
    title: str
    to: str
    opening: str
    sections: tuple[Section, ...]
    closing: str
    signers: tuple[str, ...]
    signed_by: str
    day: str
    duty_heads: tuple[str, ...]
    verify_label: str
    verify_no: str
    digest_label: str
    digest: str
    foot: str
    page_words: str
    qr: str

    def signs(self) -> str:
        """Every character that will be printed."""
        return "".join(_all_text(asdict(self) | {"qr": ""}))


def _all_text(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, Mapping) else value
    return [text for one in inner for text in _all_text(one)]


def day_words(day: date, lang: str) -> str:
    """2026年3月2日 · 2 Mar 2026"""
    if lang == "en":
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def local_day(at: datetime) -> date:
    return at.astimezone(CHINA).date()


def verify_address(verify_no: str) -> str:
    """What the QR holds: the fixed page of this county, or the bare number where no host is set."""
    host = settings.MINQING_PUBLIC_HOST
    return f"https://{host}/verify?no={verify_no}" if host else printed_verify_number(verify_no)


def how_to_check() -> str:
    host = settings.MINQING_PUBLIC_HOST
    if host:
        return gettext("打开 {place} 输入验真号，可以核对文号、单位和日期。").format(place=f"{host}/verify")
    return gettext("拨打{hotline}报验真号，可以核对文号、单位和日期。").format(
        hotline=settings.MINQING_HOTLINE
    )


def qr_svg(text: str, *, error: str = "m") -> str:
    return str(
        segno.make(text, error=error, micro=False).svg_inline(
            border=2, dark="#000", light="#fff", omitsize=True
        )
    )


def _said(value: Any, part: Part, lang: str) -> str:
    if part.form is PartForm.DATE:
        return day_words(date.fromisoformat(value), lang)
    return str(value)


def _named(text: str, names: Mapping[str, str]) -> str:
    """`{{person}}` becomes the name; who is not given stays unnamed."""
    unknown = {"person": gettext("当事人"), "other": gettext("另一方当事人"), "address": "", "phone": ""}
    return PLACEHOLDER.sub(lambda found: names.get(found[1]) or unknown.get(found[1], ""), text)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda found: values.get(found[1], ""), gettext(text))


def _section(
    n: int, part: Part, value: Any, values: Mapping[str, str], names: Mapping[str, str], lang: str
) -> Section:
    mark = f"{n}. " if lang == "en" else f"{NUMERALS[n - 1]}、"
    heading = mark + gettext(part.label)
    if part.form is PartForm.DUTIES:
        duties = tuple(
            Duty(
                _named(d["who"], names),
                _named(d["what"], names),
                day_words(date.fromisoformat(d["by"]), lang),
            )
            for d in value
        )
        return Section(heading, duties=duties)
    if part.form is PartForm.ITEMS:
        return Section(heading, items=tuple(_named(item, names) for item in value))
    text = _filled(part.sentence, values) if part.sentence else _said(value, part, lang)
    lines = (line.strip() for line in _named(text, names).split("\n"))
    return Section(heading, paragraphs=tuple(line for line in lines if line))


def _to(form: Form, body: Mapping[str, Any]) -> str:
    if form.to is To.OFFICE:
        return str(body["to_office"])
    return "{{person}}" if form.to is To.PERSON else ""


def sheet_of(document: Document, names: Mapping[str, str]) -> Sheet:
    """The paper in the language it was issued in. `names`: person, other, address, phone; missing ones stay unnamed."""
    kind, lang, body = DocKind(document.kind), document.lang, document.body
    form = FORMS[kind]
    with override(lang):
        values = {
            key: _said(value, form.by_key[key], lang) for key, value in body.items() if key in form.by_key
        }
        values["remedy_act"] = gettext(REMEDY_ACT[kind]) if kind in REMEDY_ACT else ""
        shown = [part for part in form.parts if part.shown and part.key in body]
        sections = tuple(
            _section(n, part, body[part.key], values, names, lang) for n, part in enumerate(shown, 1)
        )
        signers = (
            tuple(_named(sign, names) for sign in ("{{person}}", "{{other}}")) if form.to is To.FILE else ()
        )
        if kind is DocKind.HEARING:
            signers = ()
        return Sheet(
            lang=lang,
            issuer=body["office_name"],
            number=document.number,
            title=gettext(form.title),
            to=_named(_to(form, body), names),
            opening=_named(_filled(form.opening, values), names),
            sections=sections,
            closing=gettext(form.closing) if form.closing else "",
            signers=signers,
            signed_by=body["office_name"],
            day=day_words(local_day(document.issued_at), lang),
            duty_heads=tuple(gettext(head) for head in DUTY_COLUMNS.values()),
            verify_label=gettext("验真号"),
            verify_no=printed_verify_number(document.verify_no),
            digest_label=gettext("内容校验"),
            digest=bytes(document.sha256).hex()[:16],
            foot=how_to_check(),
            page_words=gettext("签名："),
            qr=qr_svg(verify_address(document.verify_no)),
        )
