"""The log for everybody: what it is, its signed head, the tiles (C2SP tlog-tiles), proofs, and the program that checks them.

What stands here is what was released on the hour: a leaf must not tell the minute in which somebody came.
"""

from datetime import timedelta
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minqing.doors.parts.vouchers import proof_of
from minqing.doors.parts.web import answer
from minqing.ground.law.queries import now
from minqing.means.documents.queries import qr_svg
from minqing.methods import tree
from minqing.methods.tree.spoken import spoken
from minqing.record.log import queries as log
from minqing.record.log.rules import NotInLog
from minqing.work.erasing.queries import months, waiting_count
from minqing.work.monitor.queries import COLUMNS, latest

TEXT, OCTETS = "text/plain; charset=utf-8", "application/octet-stream"
FOREVER, AN_HOUR, NEVER = "public, max-age=31536000, immutable", "public, max-age=300", "no-store"
VERIFIER = Path(__file__).with_name("verify.py")


@require_safe
def log_page(request: HttpRequest) -> HttpResponse:
    head = log.released_head(at=now())
    return answer(
        request,
        "public/log.html",
        page_title=_("存证册"),
        head=head,
        signs=head and spoken(head.root),
        key=str(log.key()),
        kept=latest(),
        columns=COLUMNS,
        erased=months(since=now() - timedelta(days=365)),
        erasing=waiting_count(),
    )


@require_safe
def log_check(request: HttpRequest) -> HttpResponse:
    """A slip's file checked by the browser alone: nothing of it comes here."""
    return answer(
        request, "public/log_check.html", page_title=_("自己核对回执"), back_url="/log", key=str(log.key())
    )


@require_safe
def log_sheet(request: HttpRequest) -> HttpResponse:
    """One page for the notice board of a village: who keeps it can hold the county to it, without any network."""
    head = released()
    return answer(
        request, "public/log_sheet.html", page_title=_("存证册公示页"), head=head, signs=spoken(head.root),
        qr=SafeString(qr_svg(head.note)),
    )  # fmt: skip


@require_safe
def log_checkpoint(request: HttpRequest) -> HttpResponse:
    """The signed head, with the lines of its witnesses."""
    return served(released().note.encode(), TEXT, AN_HOUR)


@require_safe
def log_tile(request: HttpRequest, path: str) -> HttpResponse:
    """`tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`; 404 for what is not released, or not a tile at all."""
    name, leaves = f"tile/{path}", path.startswith("entries/")
    try:
        wanted = tree.read_entries_path(name) if leaves else tree.read_path(name)
    except ValueError:
        raise NotInLog() from None
    if wanted.first + wanted.width > released().size >> 8 * wanted.level:
        raise NotInLog()
    data = tree.bundle(log.entries(wanted)) if leaves else log.tile(wanted)
    return served(data, OCTETS, FOREVER)


@require_safe
def log_proof(request: HttpRequest, digest: str) -> HttpResponse:
    """That the leaf of this hash (64 hex) is in the log, as a .tlog-proof under the published head."""
    proof = proof_of(bytes.fromhex(digest))
    if proof is None:
        raise NotInLog()
    response = served(proof.encode(), TEXT, NEVER)
    response["Content-Disposition"] = f'attachment; filename="{digest[:16]}.tlog-proof"'
    return response


@require_safe
def log_verifier(request: HttpRequest) -> HttpResponse:
    """verify.py: the program that checks slips, proofs and the whole log without us."""
    response = served(VERIFIER.read_bytes(), "text/x-python; charset=utf-8", AN_HOUR)
    response["Content-Disposition"] = 'attachment; filename="verify.py"'
    return response


@require_safe
def log_policy(request: HttpRequest) -> HttpResponse:
    """Whose signatures count (C2SP tlog-policy): to be laid beside verify.py."""
    response = served(str(log.policy()).encode(), TEXT, AN_HOUR)
    response["Content-Disposition"] = 'attachment; filename="log.policy"'
    return response


def released() -> log.Head:
    head = log.released_head(at=now())
    if head is None:
        raise NotInLog()
    return head


def served(data: bytes, kind: str, keep: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Cache-Control"] = keep
    return response
