"""Numbered papers of the demo county: dense within kind and year, counted on from what the county has."""

import hashlib
from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from psycopg.types.json import Jsonb

from minqing.means.documents.rules import DocKind, number_of
from minqing.methods.codes import verify_number
from minqing.record.facts.rules import canonical
from minqing.wiring.loading import Batch


class Papers:
    """The papers of one batch. They wait for their numbers until the end, when the series are locked for a moment."""

    def __init__(self) -> None:
        self.waiting: list[tuple[DocKind, int, dict[str, Any]]] = []
        self.services: list[dict[str, Any]] = []

    def add(
        self, document_id: UUID, kind: DocKind, year: int, about: str, body: dict[str, Any], office_id: UUID,
        by: UUID | None, at: datetime,
    ) -> None:  # fmt: skip
        row = {
            "id": document_id, "kind": kind.value, "about": about, "body": body, "office_id": office_id, "by_id": by, "issued_at": at,
            "verify_no": verify_number(uuid4()), "lang": "zh-hans",
        }  # fmt: skip
        self.waiting.append((kind, year, row))

    def serve(
        self, document_id: UUID, person_id: UUID, way: str, on: date, by: UUID | None, at: datetime
    ) -> None:
        self.services.append({
            "id": uuid4(), "document_id": document_id, "to_id": person_id, "way": way, "on": on, "by_id": by,
            "consent": way == "electronic", "receipt": "", "put_at": at,
        })  # fmt: skip

    def number(self, batch: Batch) -> None:
        """Take the numbers, in the batch's transaction, and give the papers to the batch."""
        wanted = Counter((kind.value, year) for kind, year, _ in self.waiting)
        last = {}
        with connection.cursor() as cursor:
            for (kind, year), count in sorted(wanted.items()):
                cursor.execute(
                    "INSERT INTO documents_counter (kind, year, last) VALUES (%s, %s, %s)"
                    " ON CONFLICT (kind, year) DO UPDATE SET last = documents_counter.last + EXCLUDED.last RETURNING last",
                    [kind, year, count],
                )
                last[kind, year] = int(cursor.fetchone()[0]) - count
        for doc, year, row in self.waiting:
            last[doc.value, year] += 1
            number = number_of(
                prefix=settings.MINQING_DOC_PREFIX, kind=doc, year=year, n=last[doc.value, year]
            )
            told = {
                "about": row["about"],
                "at": row["issued_at"].isoformat(),
                "body": row["body"],
                "kind": doc.value,
                "number": number,
            }
            row |= {
                "number": number,
                "body": Jsonb(row["body"]),
                "sha256": hashlib.sha256(canonical(told).encode()).digest(),
            }
            batch.add("documents_document", **row)
        for service in self.services:
            batch.add("documents_service", **service)
