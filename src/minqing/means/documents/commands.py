"""Issuing a paper and putting down that it reached the person. The caller has asked who may, and records facts."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import rfc8785
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from minqing.kernel.errors import NotFound
from minqing.means.documents import rules
from minqing.means.documents.models import Document, Service
from minqing.means.documents.rules import DocKind, Way
from minqing.methods.codes import verify_number

CHINA = ZoneInfo("Asia/Shanghai")


def _next(kind: DocKind, year: int) -> int:
    """The next number of this kind and year; waits for whoever is taking one now, so that none is skipped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO documents_counter (kind, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (kind, year) DO UPDATE SET last = documents_counter.last + 1 RETURNING last",
            [kind.value, year],
        )
        return int(cursor.fetchone()[0])


def new_verify_no() -> str:
    """A public number for a paper, slips included: random, and silent about time and case."""
    return verify_number(uuid.uuid4())


@transaction.atomic
def issue_document(
    *,
    by_id: UUID | None,
    kind: DocKind,
    about: str,
    office_id: UUID,
    body: Mapping[str, Any],
    at: datetime,
    lang: str = "zh-hans",
) -> Document:
    """Check, number and keep a paper. `about` is a label such as `case:<uuid>`; `body` is the form without identity."""
    kept = rules.check_body(kind, body)
    year = at.astimezone(CHINA).year
    number = rules.number_of(prefix=settings.MINQING_DOC_PREFIX, kind=kind, year=year, n=_next(kind, year))
    digest = sha256(
        rfc8785.dumps(
            {"about": about, "at": at.isoformat(), "body": kept, "kind": kind.value, "number": number}
        )
    ).digest()
    return Document.objects.create(
        number=number, kind=kind.value, about=about, body=kept, office_id=office_id, by_id=by_id,
        issued_at=at, verify_no=new_verify_no(), lang=lang, sha256=digest,
    )  # fmt: skip


@transaction.atomic
def serve_document(
    *,
    by_id: UUID | None,
    document_id: UUID,
    way: Way,
    on: date,
    at: datetime,
    consent: bool = False,
    to_id: UUID | None = None,
    receipt: str = "",
) -> Service:
    """Put down that a paper came into the person's hands on a day. Once for each person."""
    document = Document.objects.filter(pk=document_id).first()
    if document is None:
        raise NotFound()
    issued, today = document.issued_at.astimezone(CHINA).date(), at.astimezone(CHINA).date()
    rules.check_service(way=way, on=on, issued=issued, today=today, consent=consent)
    try:
        with transaction.atomic():
            return Service.objects.create(
                document=document, to_id=to_id, way=way.value, on=on, by_id=by_id, consent=consent,
                receipt=receipt, put_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        if "documents_service_once_each" not in str(error):
            raise
        earlier = Service.objects.get(document=document, to_id=to_id)
        raise rules.ServedAlready(on=earlier.on.isoformat()) from None


def erase_papers(*, about: str) -> None:
    """For the room erasing: number, kind, day and verify number stay; what the paper said goes."""
    Document.objects.filter(about=about).update(body={}, sha256=b"")
