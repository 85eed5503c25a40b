"""登记回执 on paper: large print, A5 with a stub for the counter, or a strip of 80 mm paper.

A slip says nothing of the matter, so that all slips look alike. The query code stands on the person's part only.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from minqing.kernel.words import Word
from minqing.means.documents.queries.pdf import set_type
from minqing.means.documents.queries.sheet import (
    CHINA,
    day_words,
    how_to_check,
    local_day,
    qr_svg,
    verify_address,
)
from minqing.methods.codes import grouped, printed_verify_number


class SlipPaper(Word):
    A5 = "a5", "A5 纸"
    ROLL = "roll", "80毫米卷纸"


@dataclass(frozen=True)
class Promised:
    """What a slip prints of the log: the signed promise as it stands in the code to photograph, until when the word will
    be in the log, and the head of the log at that moment, as digits and as signs to be read aloud."""

    text: str
    until: datetime
    short: str
    signs: str


@dataclass(frozen=True)
class Slip:
    """What a slip says. `due_what`: what the person is promised by that day, without a full stop. `code` is in the clear
    only here and on the paper; empty when it was told before."""

    code: str
    verify_no: str
    registered_at: datetime
    holder: str
    due: date
    due_what: str = ""
    due_why: str = ""
    provisional: bool = False
    word_chosen: bool = False
    lang: str = "zh-hans"
    promised: Promised | None = None


@dataclass(frozen=True)
class SlipLines:
    """A slip in words, for paper and page alike: label and text of the three big lines, and the small print."""

    lang: str
    county: str
    title: str
    registered: str
    lines: tuple[tuple[str, str, str], ...]
    code_label: str
    code: str
    keep: tuple[str, ...]
    verify_label: str
    verify_no: str
    foot: str
    stub: str
    tear: str
    qr: str
    proof_label: str = ""
    proof: tuple[str, ...] = ()
    proof_qr: str = ""


def _moment_words(at: datetime, lang: str) -> str:
    return f"{day_words(local_day(at), lang)} {at.astimezone(CHINA):%H:%M}"


def slip_lines(slip: Slip) -> SlipLines:
    with override(slip.lang):
        english, hotline = slip.lang == "en", settings.MINQING_HOTLINE
        note = slip.due_why
        if slip.due_what:
            what = slip.due_what[:1].lower() + slip.due_what[1:]
            by_then = gettext("到这一天为止：{what}。").format(what=what)
            note = by_then + (" " if english and note else "") + note
        if slip.provisional:
            note += (" " if english and note else "") + gettext(
                "那时的放假安排还没公布，日子可能会变，变了会告诉您。"
            )
        keep = [gettext("凭查询码可以查进度。请收好，不要给别人看。")]
        keep.append(
            gettext("看答复的内容，还要您自己选的4位数字。") if slip.word_chosen
            else gettext("您没有选4位数字，凭查询码只能看到日期、谁在办、有没有答复。")
        )  # fmt: skip
        keep.append(gettext("县里不会打电话或发短信索要查询码。"))
        return SlipLines(
            lang=slip.lang,
            county=settings.MINQING_COUNTY_NAME_EN if english else settings.MINQING_COUNTY_NAME,
            title=gettext("登记回执"),
            registered=gettext("登记时间：{at}").format(at=_moment_words(slip.registered_at, slip.lang)),
            lines=(
                (gettext("谁在办"), slip.holder, gettext("换了单位会告诉您，接手以前由这里负责。")),
                (gettext("最迟哪天"), day_words(slip.due, slip.lang), note),
                (
                    gettext("不满意怎么办"),
                    gettext("拨打{hotline}，或凭查询码说“没解决”").format(hotline=hotline),
                    gettext("收到书面答复后30日内，可以请求复查。"),
                ),
            ),
            code_label=gettext("查询码"),
            code=grouped(slip.code),
            keep=tuple(keep) if slip.code else (),
            verify_label=gettext("验真号"),
            verify_no=printed_verify_number(slip.verify_no),
            foot=how_to_check(),
            stub=gettext("存根（不写查询码）"),
            tear=gettext("沿此线撕开"),
            qr=qr_svg(verify_address(slip.verify_no)),
            **_promised(slip),
        )


def _promised(slip: Slip) -> dict[str, Any]:
    told = slip.promised
    if told is None:
        return {}
    return {
        "proof_label": gettext("县里签了名的保证"),
        "proof": (
            gettext("最迟{at}记进县里的存证册；以后谁改、谁删，都查得出来。").format(
                at=_moment_words(told.until, slip.lang)
            ),
            gettext("这个码是保证的原文，平时用不着扫。要核对时请会用电脑的人看。"),
            gettext("册首 {signs} {short}").format(signs=told.signs, short=told.short),
        ),
        "proof_qr": qr_svg(told.text, error="l"),
    }


def _signs(data: Any) -> str:
    if isinstance(data, str):
        return data
    return "".join(_signs(one) for one in (data.values() if isinstance(data, dict) else data))


def render_slip_pdf(slip: Slip, *, paper: SlipPaper = SlipPaper.A5) -> bytes:
    data = asdict(slip_lines(slip))
    return set_type(
        "slip.typ",
        data | {"paper": paper.value},
        signs=_signs(data | {"qr": "", "proof_qr": ""}),
        at=slip.registered_at,
    )
