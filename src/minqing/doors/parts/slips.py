"""登记回执 for every door: what a registration told, on screen and on paper."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from minqing.doors.parts import shapes
from minqing.means.documents.queries import Slip, SlipPaper, render_slip_pdf
from minqing.means.documents.queries.sheet import qr_svg, verify_address
from minqing.work.intake.rules import Registered


@dataclass(frozen=True)
class Told:
    """What the person is shown once, ready for JSON: the code is in the clear only here."""

    demand: str
    code: str
    verify_no: str
    at: str
    due: str
    why: str
    basis: str
    provisional: bool
    alarm: str
    word: bool

    @classmethod
    def of(cls, registered: Registered, *, word: bool) -> "Told":
        first = registered.clocks[0]
        return cls(
            demand=str(registered.demand_id), code=registered.receipt, verify_no=registered.verify_no,
            at=registered.at.isoformat(), due=first.due.isoformat(), why=first.explanation, basis=first.basis,
            provisional=first.provisional, alarm=str(registered.alarm), word=word,
        )  # fmt: skip


def desk_words() -> str:
    return _("县信访局")


def on_screen(told: Told) -> shapes.Slip:
    return shapes.Slip(
        holder=desk_words(), holder_note=_("先分清该谁办，再告诉您"),
        due=date.fromisoformat(told.due), due_note=_("这一天前告诉您由哪个单位办"),
        unhappy=_("拿查询码点“没解决”，或打 {phone}，或来接待窗口").format(phone=settings.MINQING_HOTLINE),
        code=told.code, verify_no=told.verify_no, registered_at=datetime.fromisoformat(told.at),
        provisional=told.provisional, qr=mark_safe(qr_svg(verify_address(told.verify_no))),  # noqa: S308 drawn by us
    )  # fmt: skip


def on_paper(told: Told, *, lang: str, roll: bool = False) -> bytes:
    """Large print, A5 or an 80 mm strip."""
    slip = Slip(
        code=told.code, verify_no=told.verify_no, registered_at=datetime.fromisoformat(told.at), holder=desk_words(),
        due=date.fromisoformat(told.due), due_why=told.why, provisional=told.provisional, word_chosen=told.word, lang=lang,
    )  # fmt: skip
    return render_slip_pdf(slip, paper=SlipPaper.ROLL if roll else SlipPaper.A5)
