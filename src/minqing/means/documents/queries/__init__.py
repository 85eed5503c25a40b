"""Every read of papers: lists, verification, and rendering with the names that the caller may give."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.translation import override

from minqing.kernel.errors import NotFound
from minqing.kernel.later import later
from minqing.means.documents.models import Document, Service
from minqing.means.documents.queries.pdf import pdf_of
from minqing.means.documents.queries.sheet import qr_svg, sheet_of
from minqing.means.documents.queries.slip import Promised, Slip, SlipPaper, render_slip_pdf, slip_lines
from minqing.means.documents.rules import FORMS, DocKind, Way
from minqing.methods.codes import BadNumber, read_verify_number

if TYPE_CHECKING:
    from minqing.means.documents.queries import word
else:
    word = later("minqing.means.documents.queries.word")

__all__ = [
    "DocumentLine",
    "Promised",
    "ServiceLine",
    "Slip",
    "SlipPaper",
    "Verified",
    "document_by_verify_no",
    "document_row",
    "documents_about",
    "first_served_on",
    "qr_svg",
    "render_docx",
    "render_html",
    "render_pdf",
    "render_slip_html",
    "render_slip_pdf",
]

Names = Mapping[str, str]
NOBODY: Names = {}


@dataclass(frozen=True)
class ServiceLine:
    way: Way
    on: date
    to_id: UUID | None
    receipt: str


@dataclass(frozen=True)
class DocumentLine:
    """A paper in a list. `served`: how and when it came into whose hands."""

    id: UUID
    number: str
    kind: DocKind
    title: str
    about: str
    issued_at: datetime
    office_id: UUID
    verify_no: str
    lang: str
    served: tuple[ServiceLine, ...]

    @property
    def served_on(self) -> date | None:
        return min((service.on for service in self.served), default=None)


@dataclass(frozen=True)
class Verified:
    """What anybody with the number may know: that it exists, from whom, since when, and the digest printed on it."""

    number: str
    kind: DocKind
    title: str
    issuer: str
    issued_at: datetime
    digest: str


def _service_line(row: Service) -> ServiceLine:
    return ServiceLine(Way(row.way), row.on, row.to_id, row.receipt)


def _line(row: Document) -> DocumentLine:
    kind = DocKind(row.kind)
    return DocumentLine(
        row.pk, row.number, kind, FORMS[kind].title, row.about, row.issued_at, row.office_id, row.verify_no, row.lang,
        tuple(_service_line(service) for service in sorted(row.services.all(), key=lambda one: (one.on, one.pk))),
    )  # fmt: skip


def documents_about(about: str | Iterable[str]) -> list[DocumentLine]:
    """The papers of one or several subjects (`case:<uuid>`), oldest first, with their services; two queries."""
    subjects = [about] if isinstance(about, str) else list(about)
    rows = (
        Document.objects.filter(about__in=subjects).order_by("issued_at", "id").prefetch_related("services")
    )
    return [_line(row) for row in rows]


def document_row(document_id: UUID, *, about: str | Iterable[str] | None = None) -> Document:
    """One paper for rendering; `about` fences it to the caller's subject or subjects."""
    rows = Document.objects.filter(pk=document_id)
    if about is not None:
        rows = rows.filter(about__in=[about] if isinstance(about, str) else list(about))
    row = rows.first()
    if row is None:
        raise NotFound()
    return row


def document_by_verify_no(typed: str) -> Verified:
    """The public check of a paper. Unknown and mistyped numbers get the same answer."""
    try:
        verify_no = read_verify_number(typed)
    except BadNumber:
        raise NotFound() from None
    row = Document.objects.filter(verify_no=verify_no).first()
    if row is None:
        raise NotFound()
    kind = DocKind(row.kind)
    issuer, digest = str(row.body["office_name"]), bytes(row.sha256).hex()[:16]
    return Verified(row.number, kind, FORMS[kind].title, issuer, row.issued_at, digest)


def first_served_on(document_id: UUID, *, to_id: UUID | None = None) -> date | None:
    """The day from which the clocks of review run, or None while the paper is in nobody's hands."""
    rows = Service.objects.filter(document_id=document_id)
    row = (rows if to_id is None else rows.filter(to_id=to_id)).order_by("on", "id").first()
    return row.on if row else None


def render_html(document: Document, names: Names = NOBODY) -> str:
    """The paper as an <article>, to be put into a page."""
    with override(document.lang):
        return render_to_string("documents/notice.html", {"sheet": sheet_of(document, names)})


def render_pdf(document: Document, names: Names = NOBODY) -> bytes:
    """The paper as PDF/A; the same paper and names give the same bytes. Refuses signs that no font has."""
    return pdf_of(sheet_of(document, names), document.issued_at)


def render_docx(document: Document, names: Names = NOBODY) -> bytes:
    return word.docx_of(sheet_of(document, names), document.issued_at)


def render_slip_html(slip: Slip) -> str:
    """The slip in large print, a whole page that prints well."""
    with override(slip.lang):
        return render_to_string("documents/slip_page.html", {"slip": slip_lines(slip)})
