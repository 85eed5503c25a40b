"""Every read of files. The owner's query has asked who may: the handle is the permission."""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count

from minqing.kernel.errors import NotFound
from minqing.kernel.keys import secret, unwrap
from minqing.means.files import rules
from minqing.means.files.models import Blob
from minqing.means.files.queries import store
from minqing.means.files.rules import FileClass, FileState
from minqing.methods import seal

NOT_THE_ORIGINAL = frozenset({FileClass.STAFF, FileClass.PUBLISHED})


@dataclass(frozen=True)
class FileLine:
    """A file in a list. `shown_id` is the clean copy to show, when there is one."""

    id: UUID
    owner: str
    file_class: FileClass
    state: FileState
    media: str
    size: int
    name: str
    original_id: UUID | None
    kept_at: datetime
    erased: bool

    @property
    def is_image(self) -> bool:
        return self.media.startswith("image/")


@dataclass(frozen=True)
class Opened:
    """A file ready to be sent, always as an attachment and never sniffed unless it is a published picture."""

    name: str
    media: str
    size: int
    chunks: Iterator[bytes]


def key_of(blob: Blob) -> bytes:
    if blob.key is None:
        raise rules.FileErased()
    return unwrap(bytes(blob.key), owner=blob.pk.bytes)


def name_of(blob: Blob) -> str:
    if blob.key is None or blob.name_sealed is None:
        return ""
    return seal.open_(key_of(blob), store.name_bound_to(blob.pk), bytes(blob.name_sealed)).decode()


def _line(blob: Blob) -> FileLine:
    return FileLine(
        blob.pk, blob.owner, FileClass(blob.file_class), FileState(blob.state), blob.media, blob.size,
        name_of(blob), blob.original_id, blob.kept_at, erased=blob.key is None,
    )  # fmt: skip


def files_of(owners: Iterable[str], *, classes: Iterable[FileClass] = NOT_THE_ORIGINAL) -> list[FileLine]:
    """The files of one or many owners (`demand:<uuid>`, `case:<uuid>` …), oldest first, in one query."""
    rows = Blob.objects.filter(owner__in=list(owners), file_class__in=[one.value for one in classes])
    return [_line(blob) for blob in rows.order_by("kept_at", "id")]


def counts_of(owners: Iterable[str]) -> dict[str, int]:
    """How many files each owner handed in; cleaned copies are not counted."""
    rows = Blob.objects.filter(owner__in=list(owners), original__isnull=True)
    return dict(rows.values("owner").annotate(n=Count("id")).values_list("owner", "n"))


def open_file(*, owner: str, blob_id: UUID, classes: Iterable[FileClass] = NOT_THE_ORIGINAL) -> Opened:
    """Open one file of an owner. What is infected, or not scanned although a scanner is there, stays shut."""
    blob = Blob.objects.filter(pk=blob_id, owner=owner, file_class__in=[one.value for one in classes]).first()
    if blob is None:
        raise NotFound()
    if blob.state == FileState.QUARANTINED.value:
        raise rules.FileInQuarantine()
    if blob.state == FileState.UNSCANNED.value and settings.MINQING_CLAMD:
        raise rules.FileNotScannedYet()
    key, name = key_of(blob), name_of(blob)
    return Opened(name, blob.media, blob.size, store.read(settings.MINQING_FILES, blob.path, blob.pk, key))


@dataclass(frozen=True)
class Original:
    """What was handed in, as it came, with its own name."""

    name: str
    media: str
    state: FileState
    content: bytes


def originals_of(owner: str) -> Iterator[Original]:
    """Everything an owner handed in, opened one by one: for handing it on under another seal, never for a page."""
    rows = Blob.objects.filter(owner=owner, original__isnull=True, key__isnull=False).order_by(
        "kept_at", "id"
    )
    for blob in rows:
        whole = b"".join(store.read(settings.MINQING_FILES, blob.path, blob.pk, key_of(blob)))
        yield Original(name_of(blob), blob.media, FileState(blob.state), whole)


def held_handle(draft: str) -> str:
    """Where sealed boxes wait for the words they belong to; tells nobody whose they are."""
    return hmac.digest(secret("pepper"), f"held/v1|{draft}".encode(), "sha256")[:16].hex()


def held_count(draft: str) -> int:
    return len(store.held(settings.MINQING_FILES, held_handle(draft)))


def held_names(draft: str) -> list[str]:
    """By which the same file is known again; they say nothing of it."""
    return [path.suffix.removeprefix(".") for path in store.held(settings.MINQING_FILES, held_handle(draft))]


def held_boxes(draft: str) -> Iterator[bytes]:
    """The boxes that wait under a draft, oldest first, one at a time in memory."""
    for path in store.held(settings.MINQING_FILES, held_handle(draft)):
        yield path.read_bytes()


def unscanned(*, limit: int = 20) -> list[Blob]:
    rows = Blob.objects.filter(state=FileState.UNSCANNED.value, key__isnull=False)
    return list(rows.order_by("id")[:limit])
