"""Numbered papers of the demo county: numbers are dense within kind and year, in the order stories are loaded."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from psycopg.types.json import Jsonb

from minqing.means.documents.rules import DocKind, number_of
from minqing.methods.codes import verify_number
from minqing.wiring.loading import Batch


class Papers:
    """Counts on from what the database has; `keep` writes the counters back in the batch's own transaction."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT kind, year, last FROM documents_counter")
            self.last: Counter[tuple[str, int]] = Counter({(kind, year): last for kind, year, last in cursor.fetchall()})

    def number(self, kind: DocKind, year: int) -> str:
        self.last[kind.value, year] += 1
        return number_of(prefix=settings.MINQING_DOC_PREFIX, kind=kind, year=year, n=self.last[kind.value, year])

    def add(
        self, batch: Batch, document_id: UUID, number: str, kind: DocKind, about: str, body: dict[str, Any],
        office_id: UUID, by: UUID | None, at: datetime, digest: bytes,
    ) -> None:  # fmt: skip
        batch.add(
            "documents_document", id=document_id, number=number, kind=kind.value, about=about, body=Jsonb(body),
            office_id=office_id, by_id=by, issued_at=at, verify_no=verify_number(uuid4()), lang="zh-hans", sha256=digest,
        )  # fmt: skip

    def serve(
        self, batch: Batch, document_id: UUID, person_id: UUID, way: str, on: date, by: UUID | None, at: datetime
    ) -> None:
        batch.add(
            "documents_service", id=uuid4(), document_id=document_id, to_id=person_id, way=way, on=on, by_id=by,
            consent=way == "electronic", receipt="", put_at=at,
        )  # fmt: skip

    def keep(self) -> None:
        with connection.cursor() as cursor:
            for (kind, year), last in self.last.items():
                cursor.execute(
                    "INSERT INTO documents_counter (kind, year, last) VALUES (%s, %s, %s)"
                    " ON CONFLICT (kind, year) DO UPDATE SET last = EXCLUDED.last",
                    [kind, year, last],
                )
