"""Kinds of paper, what each must hold, and how a paper may reach a person. Pure.

处理意见书: 信访工作条例 art. 32 to 36. Service starts the clocks of review, reading aloud is a courtesy and no way of
service.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from minqing.kernel.errors import Refusal
from minqing.kernel.words import Word
from minqing.means.documents.rules.forms import FORMS, DocKind, Form, Part
from minqing.methods.codes import holds_citizen_number

__all__ = ["FORMS", "DocKind", "Form", "Part", "Way", "check_body", "check_service", "number_of", "scrubbed"]

LONGEST_PART = 20_000
PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
PLACEHOLDERS = frozenset({"person", "address", "phone", "other"})


class Way(Word):
    BY_HAND = "by_hand", "当面交给本人"
    POST = "post", "邮寄"
    ELECTRONIC = "electronic", "电子送达（本人同意）"
    PUBLIC = "public", "公告送达"


class PartMissing(Refusal):
    code, status, text = "document.part-missing", 422, "《{title}》还缺“{part}”，补上才能出具。"


class RequestMissing(PartMissing):
    code, text = "document.no-request", "《{title}》要写明本人的请求是什么。"


class FactsMissing(PartMissing):
    code, text = "document.no-facts", "《{title}》要写明查清了哪些事实。"


class ReasonsMissing(PartMissing):
    code, text = "document.no-reasons", "《{title}》要写明理由：为什么这样处理。"


class OpinionMissing(PartMissing):
    code, text = "document.no-opinion", "《{title}》要写明处理意见：办什么、不办什么。"


class BasisMissing(PartMissing):
    code, text = "document.no-basis", "《{title}》要写明依据：哪部法规、哪一条，或者哪份政策文件。"


class RemedyMissing(PartMissing):
    code, text = "document.no-remedy", "《{title}》要写明不服怎么办：多少日内、向哪个机关提出。"


class PartUnknown(Refusal):
    code, status, text = "document.part-unknown", 422, "《{title}》里没有“{part}”这一项。"


class PartUnfit(Refusal):
    code, status, text = "document.part-unfit", 422, "《{title}》的“{part}”写法不对：{why}"


class PartTooLong(Refusal):
    code, status, text = (
        "document.part-too-long",
        422,
        "《{title}》的“{part}”超过了{limit}字，请精简，或者另附材料。",
    )


class IdentityInside(Refusal):
    code, status = "document.identity-inside", 422
    text = "“{part}”里写了身份证号。文书正文不写身份证号，姓名用占位，出具后由系统填入。"


class PlaceholderUnknown(Refusal):
    code, status, text = "document.placeholder-unknown", 422, "“{part}”里的占位“{name}”不认识。"


class ConsentMissing(Refusal):
    code, status = "document.no-consent", 422
    text = "没有本人同意，不能用电子方式送达。请当面交给本人，或者邮寄。"


class ServedTooEarly(Refusal):
    code, status, text = "document.served-before-issued", 422, "送达日期不能早于出具日期（{issued}）。"


class ServedInFuture(Refusal):
    code, status, text = "document.served-in-future", 422, "送达日期不能晚于今天（{today}）。"


class ServedAlready(Refusal):
    code, status, text = "document.served-already", 409, "这份文书已经登记过送达（{on}）。"


class SlipHasNoNumber(Refusal):
    code, status, text = "document.slip-has-no-number", 422, "登记回执不编文号，直接打印即可。"


class GlyphMissing(Refusal):
    """A paper with an empty box in it must not leave the house."""

    code, status, text = "document.glyph-missing", 422, "字体里没有这些字，不能打印：{signs}"


_NAMED: Mapping[str, type[PartMissing]] = {
    "request": RequestMissing,
    "facts": FactsMissing,
    "reasons": ReasonsMissing,
    "opinion": OpinionMissing,
    "basis": BasisMissing,
    "remedy_organ": RemedyMissing,
    "remedy_days": RemedyMissing,
}


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], ()) or (isinstance(value, str) and not value.strip())


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _texts(inner)]
    return []


def _printable(value: Any) -> Any:
    """Without what neither the table nor any paper can hold: control signs and halves of characters."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("", value)
    if isinstance(value, Mapping):
        return {key: _printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(inner) for inner in value]
    return value


def _check_part(form: Form, part: Part, value: Any) -> None:
    why = part.fault(value)
    if why:
        raise PartUnfit(title=form.title, part=part.label, why=why)
    texts = _texts(value)
    if sum(map(len, texts)) > LONGEST_PART:
        raise PartTooLong(title=form.title, part=part.label, limit=LONGEST_PART)
    for text in texts:
        if holds_citizen_number(text):
            raise IdentityInside(part=part.label)
        for name in PLACEHOLDER.findall(text):
            if name not in PLACEHOLDERS:
                raise PlaceholderUnknown(part=part.label, name=name)


def check_body(kind: DocKind, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body as it will be kept: only known parts, none empty, every required one there. Refuses otherwise."""
    if kind not in FORMS:
        raise SlipHasNoNumber()
    form = FORMS[kind]
    for key in body:
        if key not in form.by_key:
            raise PartUnknown(title=form.title, part=key)
    for part in form.parts:
        if part.required and _is_empty(body.get(part.key)):
            raise _NAMED.get(part.key, PartMissing)(title=form.title, part=part.label)
    kept = {part.key: _printable(body[part.key]) for part in form.parts if not _is_empty(body.get(part.key))}
    for key, value in kept.items():
        _check_part(form, form.by_key[key], value)
    return kept


def check_service(*, way: Way, on: date, issued: date, today: date, consent: bool) -> None:
    if way is Way.ELECTRONIC and not consent:
        raise ConsentMissing()
    if on < issued:
        raise ServedTooEarly(issued=issued.isoformat())
    if on > today:
        raise ServedInFuture(today=today.isoformat())


def number_of(*, prefix: str, kind: DocKind, year: int, n: int) -> str:
    """棠信处〔2026〕17号: GB/T 9704 wants hexagonal brackets and no leading zero."""
    return f"{prefix}{FORMS[kind].word}〔{year}〕{n}号"


def scrubbed(body: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The body with known names, addresses and telephone numbers replaced by their placeholders."""
    found = sorted(((value.strip(), key) for key, value in names.items()), key=lambda pair: -len(pair[0]))

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            for known, key in found:
                if len(known) > 1:
                    value = value.replace(known, "{{" + key + "}}")
            return value
        if isinstance(value, Mapping):
            return {key: clean(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [clean(inner) for inner in value]
        return value

    return {key: clean(value) for key, value in body.items()}
