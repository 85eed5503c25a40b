"""What a leaf looks like, how it is hashed and in which order leaves come. Pure."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from minqing.kernel.errors import Refusal
from minqing.kernel.words import Word
from minqing.methods.tree import Checkpoint
from minqing.methods.tree.hashing import leaf_hash as leaf_hash

ORIGIN, SM3_ORIGIN = "county", "county/sm3"
"""How the two trees are called in the database; outside the county they have MINQING_LOG_ORIGIN before them."""
BATCH = 1000
SM3_LEAF = "checkpoint.sm3"
OLD_HEAD_LEAF, INCIDENT_LEAF = "checkpoint.old", "incident"
OF_THE_LOG = frozenset({SM3_LEAF, OLD_HEAD_LEAF, INCIDENT_LEAF})
"""Leaves in which the log speaks of itself: they have no fact and speak of nobody."""
HAND_OVER = timedelta(hours=1)
"""How often the clues side hands in its leaves, real ones and decoys alike."""
RELEASE_AFTER = timedelta(seconds=30)
"""So long after the full hour the head is taken that is published: the leaf that the clues side hands in on the hour, for
what it was told before, must not come an hour later than the county's own."""
CLOCKS_APART = timedelta(minutes=5)
"""By how much a witness's clock may differ from ours."""
KEY, HIGH_WATER = "log.key", "high-water"

LEAVES = "log_leaf"
"""Where leaves stand (idx, id, leaf, put_at), for a statement that holds them against their facts."""
PENDING_SQL = "INSERT INTO log_pending (id, leaf) VALUES (%(fact_id)s, %(leaf)s)"


class BrokenTree(Exception):
    """What is kept of a tree does not fit its leaves: somebody or something changed it. Nothing is put in order."""


class NotInLog(Refusal):
    code, status, text = "log.not-there", 404, "存证册里没有这一条。请核对编号；刚刚登记的，请过一分钟再看。"


class BadPolicy(Refusal):
    code, status, text = "log.bad-policy", 503, "见证机关的名单读不懂（{why}），请县里的工程师改。"


class WitnessTrouble(Word):
    """Why a witness has not signed. The last two mean that somebody was shown another log, or that this one was set back."""

    NO_ADDRESS = "no-address", "没有写地址"
    NO_ANSWER = "no-answer", "没有回应"
    NOT_ADDED = "not-added", "那边还没有加上本县的存证册"
    NOT_OURS = "not-ours", "那边不认本册的签名"
    BAD_ANSWER = "bad-answer", "回的签名对不上"
    CLOCK = "clock", "那边的时钟不准"
    AHEAD = "ahead", "那边见过更长的册：本册被退回过"
    FORK = "fork", "那边见过的册与本册不同"


GRAVE = frozenset({WitnessTrouble.AHEAD, WitnessTrouble.FORK})


def step_of(at: datetime) -> datetime:
    """The hand-over step in which a moment lies: its beginning."""
    return at - timedelta(seconds=at.timestamp() % HAND_OVER.total_seconds())


def proved_from(at: datetime) -> datetime:
    """When the proof of what was registered at `at` is given: once the step after its own is over.

    A clue's leaf comes into the log within the step after the one in which it was told; the county's own comes within
    seconds. Both are proved from the same moment, or the slip would tell which it is.
    """
    return step_of(at) + 2 * HAND_OVER


def may_prove(*, at: datetime, told_at: datetime | None, put_at: datetime) -> bool:
    """Whether a leaf's proof is given at `at`: `told_at` is when its fact happened, None for a leaf without a fact here."""
    return at >= (proved_from(told_at) if told_at is not None else step_of(put_at) + HAND_OVER)


@dataclass(frozen=True)
class Entry:
    """A leaf on its way into the order; `id` is its fact's, or its own when it has none."""

    id: UUID
    leaf: bytes
    put_at: datetime


def shuffled(entries: Iterable[Entry], *, chance: bytes) -> list[Entry]:
    """In an order that chance decides, so that neighbours tell no minute; leaves of one subject stay in theirs.

    `chance`: 16 fresh random octets, thrown away afterwards.
    """

    def place(entry: Entry) -> tuple[bytes, int]:
        told = json.loads(entry.leaf)
        handle = str(told.get("h", entry.id)).encode()
        return hashlib.sha256(chance + handle).digest(), int(told.get("n", 0))

    return sorted(entries, key=place)


def sm3_leaf(*, root: bytes, size: int, day: str) -> bytes:
    """A head of the second tree as a leaf of the first; it speaks of nobody, so it says what it is."""
    return f'{{"d":"{day}","root":"{root.hex()}","size":{size},"t":"{SM3_LEAF}","v":1}}'.encode()


class Standing(Word):
    """What came back from a backup, against the head that the signer of this machine signed last."""

    NEW = "new", "还没有签过册首"
    GOES_ON = "goes-on", "与最后签过的册首相接，可以接着签"
    BEHIND = "behind", "比最后签过的册首短：还有日志没有找回来"
    FORK = "fork", "与最后签过的册首不是同一本"
    OTHER_ORIGIN = "other-origin", "签名记录是另一本册的"
    UNKNOWN = "unknown", "没有签名记录（signer 文件夹）"


class Incident(Word):
    RESTORED = "restored", "从备份恢复，另起新册"
    SIGNER_LOST = "signer-lost", "签名记录遗失，按库里最后的册首续签"


def old_head_leaf(known: Checkpoint, *, day: str) -> bytes:
    """The first leaf of a log that was opened anew: what was signed last under the origin before."""
    told = {
        "d": day,
        "origin": known.origin,
        "root": known.root.hex(),
        "size": known.size,
        "t": OLD_HEAD_LEAF,
        "v": 1,
    }
    return _canonical(told)


def incident_leaf(what: Incident, *, day: str, kept: int, signed: Checkpoint) -> bytes:
    """What happened to the log itself, said in the log: how many leaves came back, how many had been signed."""
    told = {
        "d": day,
        "kept": kept,
        "origin": signed.origin,
        "signed": signed.size,
        "t": INCIDENT_LEAF,
        "v": 1,
        "what": what.value,
    }
    return _canonical(told)


def _canonical(told: dict[str, object]) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def next_origin(origin: str, *, year: int) -> str:
    """`county.example/log` → `county.example/log2026b`, and that one → `…/log2026c`."""
    before = re.fullmatch(r"(.*?/log)(\d{4})([b-z])", origin)
    if before and int(before[2]) == year and before[3] < "z":
        return f"{before[1]}{year}{chr(ord(before[3]) + 1)}"
    return f"{before[1] if before else origin}{year}b"
