"""登记回执 for every door: the three lines, the code, its QR; on screen and printed."""

from datetime import date
from typing import Any

import segno
from django.conf import settings
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from minqing.doors.parts.shapes import Slip
from minqing.means.documents.queries import slip_pdf


def qr_of(code: str) -> str:
    """An SVG square. With a public host the code stands after `#`, which no browser sends to a server."""
    host = settings.MINQING_PUBLIC_HOST
    content = f"{host}/status#{code}" if host else code
    return mark_safe(segno.make(content, error="m").svg_inline(scale=4, border=2, omitsize=True))  # noqa: S308 ours


def slip_of(told: dict[str, Any]) -> Slip:
    """`told`: code, verify_no, due (ISO day), provisional."""
    return Slip(
        holder=str(_("县信访局")), holder_note=str(_("先由他们分清该谁办，再告诉您")),
        due=date.fromisoformat(told["due"]), due_note=str(_("告诉您由哪个单位办")),
        unhappy=str(_("拿查询码上网点“没解决”，或打 {phone}，或来接待窗口")).format(phone=settings.MINQING_HOTLINE),
        code=told["code"], verify_no=told["verify_no"], provisional=bool(told["provisional"]),
        qr=qr_of(told["code"]) if told["code"] else "",
    )  # fmt: skip


def printed_slip(told: dict[str, Any], *, lang: str) -> bytes:
    """The same slip as a large-print PDF."""
    slip = slip_of(told)
    return slip_pdf(
        holder=slip.holder, due=date.fromisoformat(told["due"]), due_note=slip.due_note, unhappy=slip.unhappy,
        code=slip.code, verify_no=slip.verify_no, lang=lang,
    )  # fmt: skip
