"""登记回执 for every door: what a registration told, on screen and on paper, and kept ten minutes for who made it."""

import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from minqing.doors.parts import shapes
from minqing.doors.parts.vouchers import Voucher, voucher_of
from minqing.ground.offices.queries import office_at
from minqing.ground.offices.rules import OfficeKind
from minqing.kernel.keys import cipher, secret, shut, unshut
from minqing.means.documents.queries import Promised, Slip, SlipPaper, render_slip_pdf
from minqing.means.documents.queries.sheet import qr_svg, verify_address
from minqing.means.files.rules import MOST_FILES
from minqing.methods import seal
from minqing.work.intake.rules import Registered

AAD = b"slip-cookie/v1"
SHOWN_FOR = timedelta(minutes=10)


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
    leaf: str = ""

    @classmethod
    def of(cls, registered: Registered, *, word: bool) -> "Told":
        first = registered.clocks[0]
        return cls(
            demand=str(registered.demand_id), code=registered.receipt, verify_no=registered.verify_no,
            at=registered.at.isoformat(), due=first.due.isoformat(), why=first.explanation, basis=first.basis,
            provisional=first.provisional, alarm=str(registered.alarm), word=word,
            leaf=registered.leaf.hex(),
        )  # fmt: skip


def with_word(told: Told) -> Told:
    return replace(told, word=True)


def voucher(told: Told) -> Voucher | None:
    """The promise and, when its hour has come, the proof of what was registered."""
    return voucher_of(bytes.fromhex(told.leaf), datetime.fromisoformat(told.at))


def promised(given: Voucher | None) -> Promised | None:
    """What of it stands on paper."""
    return Promised(given.printed, given.until, given.short, given.signs) if given else None


def desk_words() -> str:
    """The office that has every word first, by its own name."""
    desk = office_at(OfficeKind.PETITION_DESK)
    return desk.name_en if (get_language() or "").startswith("en") and desk.name_en else desk.name


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
    with override(lang):
        what = _("告诉您由哪个单位办")
    slip = Slip(
        code=told.code, verify_no=told.verify_no, registered_at=datetime.fromisoformat(told.at), holder=desk_words(),
        due_what=what, due=date.fromisoformat(told.due), due_why=told.why, provisional=told.provisional, word_chosen=told.word, lang=lang,
        promised=promised(voucher(told)),
    )  # fmt: skip
    return render_slip_pdf(slip, paper=SlipPaper.ROLL if roll else SlipPaper.A5)


# Ten minutes in the person's own browser: sealed, so that nobody reads it there, and a refresh does not lose it.


def sealed(told: Told, *, at: datetime, sent: Iterable[str] | None = None) -> str:
    kept: dict[str, Any] = {"told": asdict(told), "until": (at + SHOWN_FOR).timestamp()}
    if sent is not None:  # as many names as there could be: the length tells nobody how many files came
        names = list(sent)
        kept["sent"] = names + [token_hex(8) for _ in range(MOST_FILES - len(names))]
    return shut(AAD, json.dumps(kept).encode()).hex()


def unsealed(kept: str, *, at: datetime) -> Told | None:
    try:
        found = json.loads(unshut(AAD, bytes.fromhex(kept)))
    except ValueError:
        return None
    return Told(**found["told"]) if found["until"] > at.timestamp() else None


# A form sent twice (a double press, a lost answer): the second answer shows the slip of the first. It is kept for ten
# minutes under keys made from the form's own secret, which only the page that was sent knows.


def _place(form_key: str) -> tuple[str, bytes]:
    where, key = (
        hmac.digest(secret("pepper"), f"slip/{use}/{form_key}".encode(), "sha256") for use in ("place", "key")
    )
    return where.hex()[:40], key


def sender_of(form_key: str) -> str:
    """What intake keeps to tell a repeat: not the secret itself."""
    return hmac.digest(secret("pepper"), f"slip/sender/{form_key}".encode(), "sha256").hex()[:40]


def told_of(registered: Registered, *, word: bool, form_key: str, at: datetime) -> Told:
    """What the desk shows after registering: of a form sent twice the slip of the first time, while it is remembered."""
    if registered.repeated:
        return (remembered(form_key, at=at) if form_key else None) or Told.of(registered, word=word)
    told = Told.of(registered, word=word)
    if form_key:
        remember(form_key, told, at=at)
    return told


def draft_of(form_key: str) -> str:
    """Who owns the files of a form that is still being written."""
    return f"draft:{sender_of(form_key)}"


def remember(form_key: str, told: Told, *, at: datetime, sent: Iterable[str] = ()) -> None:
    """`sent`: the names under which the files of an accusation waited, to know on a second press which came later."""
    where, key = _place(form_key)
    kept = seal.seal(key, AAD, sealed(told, at=at, sent=sent).encode(), algorithm=cipher()).hex()
    values = {"session_data": kept, "expire_date": at + SHOWN_FOR}
    Session.objects.update_or_create(session_key=where, defaults=values)


def remembered(form_key: str, *, at: datetime) -> Told | None:
    kept = _remembered(form_key)
    return unsealed(kept, at=at) if kept else None


def sent_with(form_key: str) -> set[str]:
    """The names remembered with a form that was sent; none when it was too long ago."""
    kept = _remembered(form_key)
    found = json.loads(unshut(AAD, bytes.fromhex(kept))) if kept else {}
    return set(found.get("sent", ()))


def _remembered(form_key: str) -> str:
    where, key = _place(form_key)
    row = Session.objects.filter(session_key=where).first()
    return seal.open_(key, AAD, bytes.fromhex(row.session_data)).decode() if row else ""
