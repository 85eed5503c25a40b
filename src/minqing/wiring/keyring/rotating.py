"""A new county key. What it wraps is wrapped anew, never what the wrapped keys sealed; the county works on meanwhile.

1. county.key.next is written, the key in force is set aside as county.key.old, next takes its place. Every process sees
   the new file at its next use (kernel.keys), and opens under either.
2. Each row is opened under the new key; where that fails, under the old one, and written back wrapped anew if it is
   still what was read. Killed anywhere, run again: it goes on.
3. When a pass that began after all older transactions had ended finds nothing under the old key, the old key goes, and
   the log says that it went. A row that neither key opens keeps the old key where it is, and is told.
"""

import contextlib
import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import transaction
from psycopg import sql

from minqing.doors.parts.accounts import AAD as MFA_AAD
from minqing.kernel.keys import COUNTY, COUNTY_BEFORE, cipher
from minqing.methods import seal
from minqing.methods.letters import SLIP_AAD
from minqing.record.facts.commands import open_subject, record
from minqing.record.facts.queries import facts_about
from minqing.wiring.home import CLUES_OWNER, DROP, Home, create_once, replace, sync_folder
from minqing.wiring.keyring import boxes, folder
from minqing.wiring.saying import Trouble, t

Progress = Callable[[int, int, str], None]
KEYS_SUBJECT: Final = UUID("6b657973-0000-4000-8000-000000000001")
AT_A_TIME: Final = 2000
SETTLE_S: Final = 2.0  # a value may have been wrapped just before its transaction began


@dataclass(frozen=True)
class Wrapped:
    """A column that holds something under the county's key. `bound`: to the row's own id."""

    table: str
    column: str
    bound: bool = False
    aad: bytes | None = None  # a value shut directly, not a wrapped key
    json: bool = False  # hexadecimal strings somewhere in a JSON object

    def again(self, row_id: Any, kept: Any, new: bytes, old: bytes) -> Any | None:
        """The value under the new key, None when it is there already. Raises WrongSeal when neither key opens it."""
        if self.json:
            told = self._inside(kept, new, old)
            return None if told == kept else told
        opened, is_new = self._opened(row_id, bytes(kept), new, old)
        return None if is_new else self._shut(row_id, opened, new)

    def _opened(self, row_id: Any, kept: bytes, new: bytes, old: bytes) -> tuple[bytes, bool]:
        try:
            return self._open(row_id, kept, new), True
        except seal.WrongSeal:
            return self._open(row_id, kept, old), False

    def _open(self, row_id: Any, kept: bytes, key: bytes) -> bytes:
        if self.aad is not None:
            return seal.open_(key, self.aad, kept)
        return seal.unwrap(key, kept, owner=row_id.bytes if self.bound else b"")

    def _shut(self, row_id: Any, plain: bytes, key: bytes) -> bytes:
        if self.aad is not None:
            return seal.seal(key, self.aad, plain, algorithm=cipher())
        return seal.wrap(key, plain, owner=row_id.bytes if self.bound else b"", algorithm=cipher())

    def _inside(self, thing: Any, new: bytes, old: bytes) -> Any:
        if isinstance(thing, dict):
            return {name: self._inside(one, new, old) for name, one in thing.items()}
        if isinstance(thing, list):
            return [self._inside(one, new, old) for one in thing]
        try:
            kept = bytes.fromhex(thing) if isinstance(thing, str) and len(thing) > 58 else b""
            opened, is_new = self._opened(None, kept, new, old) if kept else (b"", True)
        except (ValueError, seal.UnknownAlgorithm):
            return thing
        return thing if is_new else self._shut(None, opened, new).hex()


WRAPPED: Final = (
    Wrapped("facts_subject", "key"),
    Wrapped("people_person", "key"),
    Wrapped("files_blob", "key", bound=True),
    Wrapped("intake_accusation", "slip", aad=SLIP_AAD),
    Wrapped("clues_clue", "slip", aad=SLIP_AAD),
    Wrapped("mfa_authenticator", "data", aad=MFA_AAD, json=True),
)


def unfinished(here: Home) -> bool:
    return (here.keys / COUNTY_BEFORE).exists() or (here.keys / folder.NEXT).exists()


def begin(here: Home) -> bool:
    """Put a new key in force, the one before beside it; False when a rotation had begun before and goes on."""
    key, before, coming = (here.keys / name for name in (COUNTY, COUNTY_BEFORE, folder.NEXT))
    goes_on = unfinished(here)
    if not goes_on:
        create_once(coming, secrets.token_bytes(seal.KEY_BYTES))
    if coming.exists():
        create_once(before, key.read_bytes())
        coming.replace(key)
        sync_folder(here.keys)
    return not goes_on


@dataclass
class Done:
    rewrapped: int = 0
    unreadable: int = 0


def one_pass(
    connection: psycopg.Connection[Any],
    new: bytes,
    old: bytes,
    progress: Progress,
    *,
    stop_after: int = 0,
    batch: int = AT_A_TIME,
) -> Done:
    """Every row once, in commits of some thousand. `stop_after` rows wrapped anew it stops where it is: for tests."""
    done, seen = Done(), 0
    there = [one for one in WRAPPED if _exists(connection, one)]
    total = sum(_count(connection, one) for one in there)
    for one in there:
        for rows in _rows(connection, one, batch):
            pairs = []
            for row_id, kept in rows:
                try:
                    again = one.again(row_id, kept, new, old)
                except (seal.SealError, ValueError):
                    done.unreadable += 1
                    continue
                if again is not None:
                    pairs.append((row_id, kept, again))
            _write(connection, one, pairs)
            done.rewrapped += len(pairs)
            seen += len(rows)
            progress(seen, max(total, seen), t("改用新密钥", "wrapping anew"))
            if 0 < stop_after <= done.rewrapped:
                return done
    return done


def rotate(
    here: Home, progress: Progress, *, at: datetime, urls: Sequence[str] = (), settle: float = SETTLE_S
) -> dict[str, Any]:
    """From the key in force to a new one, or on from where an earlier run was cut off. `urls`: the owners' databases."""
    urls = urls or databases(here)
    with contextlib.ExitStack() as stack:
        connected = [stack.enter_context(psycopg.connect(url, autocommit=True)) for url in urls]
        began = begin(here)  # only once every database answers
        new, old = ((here.keys / name).read_bytes() for name in (COUNTY, COUNTY_BEFORE))
        rewrapped = sum(_until_nothing_is_left(one, new, old, progress, settle) for one in connected)
    _say(at=at, rewrapped=rewrapped)
    (here.keys / COUNTY_BEFORE).unlink()
    sync_folder(here.keys)
    escrow = refresh_escrow(here)
    return {
        "rewrapped": rewrapped,
        "resumed": not began,
        "fingerprint": folder.fingerprint(new),
        "escrow": str(escrow) if escrow else None,
    }


def databases(here: Home) -> list[str]:
    """The county's, and the clues' where there is one: their slips are shut under the county's key as well."""
    clues = here.side_url(CLUES_OWNER)
    if not clues and here.side_url(DROP):
        raise Trouble(
            t(
                "举报库也要一起换：请设 MINQING_CLUES_OWNER_URL 再运行。什么也没有改。",
                "The clues' database holds values under this key too: set MINQING_CLUES_OWNER_URL and run it again. "
                "Nothing was changed.",
            ),
            code=2,
        )
    return [here.owner_url(), *([clues] if clues else [])]


def _until_nothing_is_left(
    connection: psycopg.Connection[Any], new: bytes, old: bytes, progress: Progress, settle: float
) -> int:
    rewrapped = 0
    while True:
        done = one_pass(connection, new, old, progress)
        rewrapped += done.rewrapped
        if done.unreadable:
            raise Trouble(
                t(
                    f"有 {done.unreadable} 处新旧密钥都打不开。旧密钥留着（{COUNTY_BEFORE}），什么也没有丢；"
                    "请先查明（多半是换过密钥文件夹），再运行一次。",
                    f"{done.unreadable} values open under neither key. The old key stays ({COUNTY_BEFORE}), nothing is "
                    "lost; find out why (most likely the folder of keys was exchanged), then run it again.",
                )
            )
        _older_ended(connection, progress, settle)
        last = one_pass(connection, new, old, progress)
        rewrapped += last.rewrapped
        if not last.rewrapped and not last.unreadable:
            return rewrapped


def refresh_escrow(here: Home) -> Any:
    """The escrow file of the keys as they are now, under the sheets that are out; None when there are no sheets."""
    public = here.keys / folder.ESCROW_PUBLIC
    if not public.exists():
        return None
    target = here.path / "keys.escrow"
    replace(target, boxes.for_escrow(folder.taken(here), public.read_bytes()))
    return target


@transaction.atomic
def _say(*, at: datetime, rewrapped: int) -> None:
    """Into the log, before the old key goes: that a county changed its key is nobody's secret."""
    if not facts_about(KEYS_SUBJECT):
        open_subject(KEYS_SUBJECT)
    record(kind="keys.rotated", about=KEYS_SUBJECT, by=None, at=at, rewrapped=rewrapped)


def _older_ended(connection: psycopg.Connection[Any], progress: Progress, settle: float) -> None:
    """Wait until every transaction has ended that could still write something under the old key."""
    time.sleep(settle)
    row = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
    assert row is not None
    waited = 0
    while True:
        oldest = connection.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint").fetchone()
        assert oldest is not None
        if oldest[0] > row[0]:
            return
        waited += 1
        progress(waited, 0, t("等先前的事务结束（秒）", "waiting for older transactions to end (s)"))
        time.sleep(1)


def _exists(connection: psycopg.Connection[Any], one: Wrapped) -> bool:
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [one.table]).fetchone()
    return bool(row and row[0])


def _count(connection: psycopg.Connection[Any], one: Wrapped) -> int:
    row = connection.execute(
        sql.SQL("SELECT count(*) FROM {} WHERE {} IS NOT NULL").format(
            *map(sql.Identifier, (one.table, one.column))
        )
    ).fetchone()
    return int(row[0]) if row else 0


def _rows(
    connection: psycopg.Connection[Any], one: Wrapped, batch: int = AT_A_TIME
) -> Iterator[list[tuple[Any, Any]]]:
    """In the order of ids; what comes in meanwhile is wrapped under the new key by who writes it."""
    start = sql.SQL("SELECT id, {c} FROM {t} WHERE {c} IS NOT NULL ORDER BY id LIMIT %s")
    then = sql.SQL("SELECT id, {c} FROM {t} WHERE {c} IS NOT NULL AND id > %s ORDER BY id LIMIT %s")
    names = {"c": sql.Identifier(one.column), "t": sql.Identifier(one.table)}
    rows = connection.execute(start.format(**names), [batch]).fetchall()
    while rows:
        yield rows
        rows = connection.execute(then.format(**names), [rows[-1][0], batch]).fetchall()


def _write(connection: psycopg.Connection[Any], one: Wrapped, pairs: list[tuple[Any, Any, Any]]) -> None:
    """Only where the row still holds what was read: an erasure or a change in between wins."""
    if not pairs:
        return
    change = sql.SQL("UPDATE {t} SET {c} = %s WHERE id = %s AND {c} = %s").format(
        c=sql.Identifier(one.column), t=sql.Identifier(one.table)
    )
    ready = [
        (json.dumps(new), row_id, json.dumps(kept)) if one.json else (new, row_id, kept)
        for row_id, kept, new in pairs
    ]
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(change, ready)
