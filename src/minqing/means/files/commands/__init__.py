"""Keeping, scanning and erasing files."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import transaction

from minqing.kernel.errors import NotFound
from minqing.kernel.ids import uuid7
from minqing.kernel.keys import cipher, wrap
from minqing.means.files import rules
from minqing.means.files.commands import clean
from minqing.means.files.commands.clamd import scan
from minqing.means.files.models import Blob
from minqing.means.files.queries import counts_of, held_handle, key_of, store
from minqing.means.files.rules import FileClass, FileState, Kind, Sort
from minqing.methods import seal


def _all_of(content: Iterable[bytes], declared: int | None) -> bytes:
    """Everything that was sent, as long as it is not too much: what is announced as too large is not read at all."""
    if declared is not None and declared > rules.LARGEST:
        raise rules.FileTooLarge(limit=rules.LARGEST // rules.MB)
    parts = bytearray()
    for part in content:
        parts += part
        if len(parts) > rules.LARGEST:
            raise rules.FileTooLarge(limit=rules.LARGEST // rules.MB)
    return bytes(parts)


def _put(
    *,
    owner: str,
    content: bytes,
    name: str,
    media: str,
    file_class: FileClass,
    state: FileState,
    at: datetime,
    original: Blob | None = None,
) -> Blob:
    """Into the store and the table; the same content of the same owner only once."""
    digest = sha256(content).digest()
    known = Blob.objects.filter(owner=owner, file_class=file_class.value, sha256=digest).first()
    if known is not None and known.key is not None:
        return known
    blob_id, key = uuid7(), seal.new_key()
    path = store.write(settings.MINQING_FILES, blob_id, key, content)
    sealed_name = seal.seal(
        key, store.name_bound_to(blob_id), rules.shown_name(name).encode(), algorithm=cipher()
    )
    wrapped = wrap(key, owner=blob_id.bytes)
    values = {
        "id": blob_id, "state": state.value, "media": media, "size": len(content), "path": path, "key": wrapped,
        "name_sealed": sealed_name, "original": original, "kept_at": at, "erased_at": None,
    }  # fmt: skip
    blob, _ = Blob.objects.get_or_create(
        owner=owner, file_class=file_class.value, sha256=digest, defaults=values
    )
    return blob


def _clean_copy(content: bytes, kind: Kind, name: str) -> tuple[bytes, str, str, FileClass] | None:
    """What may be shown instead of the original. Made before anything is kept, so a broken file leaves no trace."""
    if kind.sort is Sort.IMAGE:
        return (
            clean.picture(content, kind),
            name.rpartition(".")[0] + ".jpg",
            "image/jpeg",
            FileClass.PUBLISHED,
        )
    if kind.sort is Sort.PDF:
        return clean.pdf(content), name, kind.media, FileClass.STAFF
    return None


@dataclass(frozen=True)
class Taken:
    """A file that may be kept: whole, of a known kind, looked at by the scanner if there is one."""

    content: bytes
    kind: Kind
    state: FileState
    name: str


def take_file(*, content: Iterable[bytes], name: str, size: int | None = None) -> Taken:
    """Read a file that is being handed in; refuses by name what is not taken. Keeps nothing."""
    whole = _all_of(content, size)
    kind = rules.kind_of(name, whole[: rules.HEAD_BYTES], whole[-64 * 1024 :])
    if len(whole) > kind.limit:
        raise rules.FileTooLarge(limit=kind.limit // rules.MB)
    return Taken(whole, kind, scan(settings.MINQING_CLAMD, whole), rules.shown_name(name))


def keep_file(
    *,
    owner: str,
    content: Iterable[bytes],
    name: str,
    at: datetime,
    size: int | None = None,
    most: int = rules.MOST_FILES,
) -> Blob:
    """Keep what a person handed in. Returns the original's row; its clean copies are `blob.copies`.

    Pictures and PDFs: the original is sealed, a clean copy is made (pictures: published, PDFs: for staff). Office
    files, sound and video are kept for staff to download. `content` is anything that gives bytes in parts, `size`
    what the sender announced. A virus scanner that is off never stops intake; what it finds is put in quarantine.
    """
    if counts_of([owner]).get(owner, 0) >= most:
        raise rules.TooManyFiles(limit=most)
    taken = take_file(content=content, name=name, size=size)
    whole, kind, state = taken.content, taken.kind, taken.state
    copy = _clean_copy(whole, kind, name)
    with transaction.atomic():
        original = _put(
            owner=owner, content=whole, name=name, media=kind.media, state=state, at=at,
            file_class=FileClass.STAFF if copy is None else FileClass.SEALED,
        )  # fmt: skip
        if copy is not None and state is not FileState.QUARANTINED:
            made, its_name, media, file_class = copy
            _put(owner=owner, content=made, name=its_name, media=media, file_class=file_class, state=state, at=at,
                 original=original)  # fmt: skip
    return original


def keep_sealed(*, owner: str, content: bytes, name: str, media: str, at: datetime) -> Blob:
    """Keep something of ours or from outside exactly as it came (raw mail, a scan): sealed, never shown, no copy."""
    if not content:
        raise rules.FileEmpty()
    return _put(owner=owner, content=content, name=name, media=media, file_class=FileClass.SEALED,
                state=FileState.UNSCANNED, at=at)  # fmt: skip


@transaction.atomic
def move_files(*, old_owner: str, new_owner: str) -> int:
    """Give the files of one handle to another: a draft's files to the demand that came of it."""
    return Blob.objects.filter(owner=old_owner).update(owner=new_owner)


@transaction.atomic
def forget_files(*, owner: str) -> int:
    """Away with everything of an owner, rows and all: it has been handed on under another seal, and no trace stays here."""
    rows = list(Blob.objects.select_for_update().filter(owner=owner))
    Blob.objects.filter(pk__in=[row.pk for row in rows if row.original_id is not None]).delete()
    Blob.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        transaction.on_commit(partial(store.remove, settings.MINQING_FILES, row.path))
    return len(rows)


def hold_box(*, draft: str, name: str, box: bytes) -> None:
    """Put a sealed box aside until its words come; the same name again is the same box."""
    store.hold(settings.MINQING_FILES, held_handle(draft), name, box)


def pass_on(*, draft: str, to: str, but: Iterable[str] = ()) -> int:
    """Boxes that wait go on to another draft; those named are where they belong already. Answers how many went on."""
    left, done = 0, set(but)
    for path in store.held(settings.MINQING_FILES, held_handle(draft)):
        name = path.suffix.removeprefix(".")
        if name not in done:
            store.hold(settings.MINQING_FILES, held_handle(to), name, path.read_bytes())
            left += 1
        path.unlink(missing_ok=True)
    return left


def let_go(*, draft: str) -> None:
    """The boxes of a draft are where they belong, or are not wanted."""
    for path in store.held(settings.MINQING_FILES, held_handle(draft)):
        path.unlink(missing_ok=True)


@transaction.atomic
def scan_again(*, blob_id: UUID) -> FileState:
    """Scan a file that came while the scanner was off."""
    blob = Blob.objects.select_for_update(no_key=True).filter(pk=blob_id, key__isnull=False).first()
    if blob is None:
        raise NotFound()
    whole = b"".join(store.read(settings.MINQING_FILES, blob.path, blob.pk, key_of(blob)))
    state = scan(settings.MINQING_CLAMD, whole)
    if state.value != blob.state:
        blob.state = state.value
        blob.save(update_fields=["state"])
    return state


@transaction.atomic
def erase_file(*, blob_id: UUID, at: datetime) -> Blob:
    """Erase a file and its copies: the key dies first, so that no backup of the store can bring it back."""
    rows = list(Blob.objects.select_for_update().filter(original_id=blob_id, key__isnull=False))
    blob = Blob.objects.select_for_update().filter(pk=blob_id).first()
    if blob is None:
        raise NotFound()
    for row in [*rows, blob]:
        row.key, row.name_sealed, row.erased_at = None, None, row.erased_at or at
        row.save(update_fields=["key", "name_sealed", "erased_at"])
        transaction.on_commit(partial(store.remove, settings.MINQING_FILES, row.path))
    return blob


def erase_files(*, owner: str, at: datetime) -> int:
    """Every file of an owner; returns how many originals."""
    originals = Blob.objects.filter(owner=owner, original__isnull=True, key__isnull=False)
    ids = list(originals.values_list("pk", flat=True))
    for blob_id in ids:
        erase_file(blob_id=blob_id, at=at)
    return len(ids)
