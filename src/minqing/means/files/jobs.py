"""Timed work on files: late scans, and parts of uploads that never became a file."""

import time
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from minqing.means.files.commands import erase_file, scan_again
from minqing.means.files.models import Blob
from minqing.means.files.queries import unscanned
from minqing.means.files.rules import FileState

ORPHAN_AFTER = 24 * 3600
DRAFT = "draft:"
"""Owner of files of a report that is still being written."""


def scan_waiting(*, limit: int = 20) -> int:
    """Scan what came while the scanner was off; returns how many are known now."""
    if not settings.MINQING_CLAMD:
        return 0
    return sum(scan_again(blob_id=blob.pk) is not FileState.UNSCANNED for blob in unscanned(limit=limit))


def drop_drafts(at: datetime) -> int:
    """Erase what was handed in with a report that was never sent, a day later."""
    old = Blob.objects.filter(
        owner__startswith=DRAFT, key__isnull=False, original__isnull=True, kept_at__lt=at - timedelta(days=1)
    )
    ids = list(old.order_by("kept_at", "id").values_list("pk", flat=True)[:500])
    for blob_id in ids:
        erase_file(blob_id=blob_id, at=at)
    return len(ids)


def sweep(*, folder: Path | None = None, older_than: float = ORPHAN_AFTER) -> int:
    """Remove what lies in the store without a row: a request died between disk and database."""
    root = settings.MINQING_FILES if folder is None else folder
    limit = time.time() - older_than
    old = [path for path in root.glob("??/??/*") if path.is_file() and path.stat().st_mtime < limit]
    swept = 0
    for at in range(0, len(old), 500):
        batch = {path.relative_to(root).as_posix(): path for path in old[at : at + 500]}
        known = set(Blob.objects.filter(path__in=batch).values_list("path", flat=True))
        for name in batch.keys() - known:
            batch[name].unlink(missing_ok=True)
            swept += 1
    return swept
