#!/usr/bin/env python3
"""verify.py · 自己核对存证册，不必相信任何人 · Check the county's log yourself, trusting nobody.

    python3 verify.py slip SLIP.json …              登记回执：保证、位置、签名 · a slip: promise, place, signatures
    python3 verify.py proof FILE.tlog-proof …       一条在不在册里 · whether a leaf is in the log
    python3 verify.py checkpoint FILE …             册首的签名 · the signatures on a head of the log
    python3 verify.py compare FILE FILE …           几份对不对得上 · slips, proofs, heads and exports against each other
    python3 verify.py export FILE.zip|FOLDER …      整册从头算一遍 · the whole log, from its first leaf
    python3 verify.py vectors FILE.jsonl …          本程序算得对不对 · published test vectors

--policy FILE  信谁（C2SP tlog-policy）；不写就用本程序旁边的 log.policy · whom to trust; else log.policy beside this file
--key VKEY     或者直接写册的公钥，村务公开栏上有；可写几次 · or a log's key as printed in the village; may be repeated
--leaf FILE    （proof）那一条的原文，或它指纹的64位十六进制 · (proof) the leaf itself, or its hash in hex
--out FOLDER   （compare）对不上时证据写在哪里 · (compare) where evidence of a fork is written; here if not given
--lang zh|en   不写就看 LANG · else LANG decides

退出码 exit code: 0 都对 all right · 1 有错 something is wrong · 2 读不了或定不了 unreadable, or cannot be decided.
Python 3.9 or newer and `cryptography`; nothing of the county's own programs. Formats: RFC 9162; C2SP signed-note,
tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof, tlog-policy; the promise and the slip are told where they are read.
"""

from __future__ import annotations

import argparse
import base64
import calendar
import hashlib
import hmac
import json
import os
import re
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

try:
    from cryptography.hazmat.primitives.asymmetric import mldsa
except ImportError:
    mldsa = None  # type: ignore[assignment]

LONGEST, LONGEST_BUNDLE = 1 << 20, 256 * 65_537
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
ED25519, COSIGNED, ML_DSA = 1, 4, 6
Key = tuple[str, int, bytes]
Head = tuple[str, int, bytes]


class Told(Exception):
    """A sentence of WORDS and what stands in it."""


class Wrong(Told):
    """It was checked, and it is wrong."""


class Unreadable(Told):
    """It cannot be read, or it cannot be decided."""


class Report:
    """What a person is told, in one language. `undecided` when something that matters could not be checked."""

    def __init__(self, english: bool) -> None:
        self.english, self.undecided = english, False

    def tell(self, sign: str, words: str, *parts: object) -> None:
        print(f"  {sign} {WORDS[words][self.english].format(*parts)}")

    def right(self, words: str, *parts: object) -> None:
        self.tell("✓", words, *parts)

    def not_checked(self, words: str, *parts: object, needed: bool = False) -> None:
        self.undecided = self.undecided or needed
        self.tell("–", words, *parts)


# 树 · The tree: RFC 9162 §2.1


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


class Tree:
    """Leaf hashes in, root out: a stack of full subtrees (height, hash)."""

    def __init__(self, h: Callable[[bytes], bytes] = sha256) -> None:
        self.h, self.stack = h, []  # type: ignore[var-annotated]

    def add(self, leaf: bytes) -> None:
        height = 0
        while self.stack and self.stack[-1][0] == height:
            leaf, height = self.h(b"\x01" + self.stack.pop()[1] + leaf), height + 1
        self.stack.append((height, leaf))

    def root(self) -> bytes:
        made = None
        for _, left in reversed(self.stack):
            made = left if made is None else self.h(b"\x01" + left + made)
        return self.h(b"") if made is None else made


def root_of(leaves: Sequence[bytes], h: Callable[[bytes], bytes] = sha256) -> bytes:
    tree = Tree(h)
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def climb(at: int, last: int, path: Sequence[bytes], take: Callable[[bytes, bool], None]) -> None:
    """The walk of both proofs: `take(step, left)`, `left` where the step stands on the left."""
    for step in path:
        if last == 0:
            raise Wrong("path long")
        left = bool(at & 1) or at == last
        take(step, left)
        while left and not at & 1 and at:
            at, last = at >> 1, last >> 1
        at, last = at >> 1, last >> 1
    if last:
        raise Wrong("path short")


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """§2.1.3.2"""
    if not 0 <= index < size:
        raise Wrong("path place")
    if any(len(one) != 32 for one in (leaf, root, *path)):
        raise Wrong("path length")
    made = [leaf]

    def take(step: bytes, left: bool) -> None:
        made[0] = sha256(b"\x01" + (step + made[0] if left else made[0] + step))

    climb(index, size - 1, path, take)
    if made[0] != root:
        raise Wrong("path root")


def check_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """§2.1.4.2"""
    if not 0 <= old <= new:
        raise Wrong("path place")
    if any(len(one) != 32 for one in (old_root, new_root, *path)):
        raise Wrong("path length")
    if old in (0, new):
        if path or (old and old_root != new_root) or (not old and old_root != sha256(b"")):
            raise Wrong("path root")
        return
    if not path:
        raise Wrong("path short")
    first, *rest = [old_root, *path] if old & (old - 1) == 0 else path
    made, at, last = [first, first], old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1

    def take(step: bytes, left: bool) -> None:
        if left:
            made[0] = sha256(b"\x01" + step + made[0])
        made[1] = sha256(b"\x01" + (step + made[1] if left else made[1] + step))

    climb(at, last, rest, take)
    if made != [old_root, new_root]:
        raise Wrong("path root")


# 签名 · Notes, keys, whom to trust: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy


def unb64(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError:
        raise Unreadable("base64") from None
    if base64.b64encode(found).decode() != text:
        raise Unreadable("base64")
    return found


def key_id(key: Key) -> bytes:
    return sha256(key[0].encode() + b"\n" + bytes([key[1]]) + key[2])[:4]


def read_key(text: str) -> Key:
    """(name, kind, public) of name+id+base64(kind ‖ public)."""
    name, _, rest = text.strip().partition("+")
    wanted, _, coded = rest.partition("+")
    whole = unb64(coded)
    if len(whole) < 2 or key_id((name, whole[0], whole[1:])).hex() != wanted:
        raise Unreadable("key")
    return name, whole[0], whole[1:]


def read_note(text: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """(text, [(name, key id, signature), …])"""
    body, gap, below = text.rpartition("\n\n")
    if not gap or not below.endswith("\n") or any(sign < " " and sign != "\n" for sign in text):
        raise Unreadable("note")
    lines = []
    for line in below[:-1].split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, coded = rest.partition(" ")
        whole = unb64(coded)
        if dash != "—" or not name or len(whole) < 5:
            raise Unreadable("note")
        lines.append((name, whole[:4], whole[4:]))
    return body + "\n", lines


def read_head(text: str) -> Head:
    """(origin, size, root) of a checkpoint's text."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]) or not NUMBER.fullmatch(lines[1]):
        raise Unreadable("head")
    root = unb64(lines[2])
    if len(root) != 32:
        raise Unreadable("head")
    return lines[0], int(lines[1]), root


class Trust:
    """Whom to believe: keys of logs, keys of witnesses, and which of these must have signed."""

    def __init__(self, logs: Sequence[Key] = ()) -> None:
        self.logs, self.quorum = list(logs), "none"
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, set[str]]] = {}

    def read(self, text: str) -> Trust:
        for words in (line.split() for line in text.split("\n")):
            known = {"none", *self.witnesses, *self.groups}
            if not words or words[0].startswith("#"):
                continue
            if words[0] == "log" and len(words) in (2, 3):
                self.logs.append(read_key(words[1]))
            elif words[0] == "witness" and len(words) in (3, 4) and words[1] not in known:
                self.witnesses[words[1]] = read_key(words[2])
            elif words[0] == "group" and len(words) > 3 and words[1] not in known and set(words[3:]) < known:
                count = {"any": "1", "all": str(len(words) - 3)}.get(words[2], words[2])
                if not NUMBER.fullmatch(count) or not 0 < int(count) <= len(set(words[3:])):
                    raise Unreadable("policy")
                self.groups[words[1]] = int(count), set(words[3:])
            elif words[0] == "quorum" and len(words) == 2 and words[1] in known:
                self.quorum = words[1]
            else:
                raise Unreadable("policy")
        if not self.logs:
            raise Unreadable("policy")
        return self

    def met(self, seen: set[str], name: str) -> bool:
        if name in self.groups:
            return sum(self.met(seen, one) for one in self.groups[name][1]) >= self.groups[name][0]
        return name == "none" or name in seen


def holds(key: Key, body: bytes, text: str) -> bool:
    """Whether a signature is good. False where it cannot be told here, Wrong where it is bad."""
    name, kind, public = key
    try:
        if kind == ED25519:
            Ed25519PublicKey.from_public_bytes(public).verify(body, text.encode())
        elif kind == COSIGNED:
            seen = f"cosignature/v1\ntime {int.from_bytes(body[:8], 'big')}\n{text}"
            Ed25519PublicKey.from_public_bytes(public).verify(body[8:], seen.encode())
        elif kind == ML_DSA and mldsa:
            origin, size, root = read_head(text)
            by, of = name.encode(), origin.encode()
            message = b"subtree/v1\n\0" + bytes([len(by)]) + by + body[:8] + bytes([len(of)]) + of
            message += bytes(8) + size.to_bytes(8, "big") + root
            mldsa.MLDSA44PublicKey.from_public_bytes(public).verify(body[8:], message)
        else:
            return False
    except (InvalidSignature, ValueError):
        raise Wrong("bad signature", name) from None
    return True


def check_note(r: Report, text: str, trust: Trust | None) -> tuple[str, list[Key]]:
    """(text, the keys that signed it well); tells of each signature."""
    body, lines = read_note(text)
    if trust is None:
        r.not_checked("no key", needed=True)
        return body, []
    known = {(key[0], key_id(key)): key for key in [*trust.logs, *trust.witnesses.values()]}
    found = []
    for name, number, signature in lines:
        key = known.get((name, number))
        if key is None or not holds(key, signature, body):
            r.not_checked("stranger", name)
            continue
        found.append(key)
        when = "" if key[1] == ED25519 else " · " + clock(int.from_bytes(signature[:8], "big"))
        r.right("signed", name, when)
    return body, found


def by_its_log(origin: str, found: Sequence[Key], trust: Trust | None) -> None:
    if trust and not any(key in trust.logs and key[0] == origin for key in found):
        raise Wrong("other log", origin, " ".join(key[0] for key in trust.logs))


def check_head(r: Report, text: str, trust: Trust | None, *, lone: bool = False) -> Head:
    """A checkpoint that its log and enough witnesses have signed; a `lone` one needs no witness to be held against its log."""
    body, found = check_note(r, text, trust)
    origin, size, root = read_head(body)
    by_its_log(origin, found, trust)
    if trust:
        seen = {name for name, key in trust.witnesses.items() if key in found}
        if not lone and not trust.met(seen, trust.quorum):
            raise Wrong("few witnesses")
        if not seen:
            r.not_checked("no witness")
    r.right("this head", origin, size, root.hex()[:16])
    return origin, size, root


def seen_at(text: str, trust: Trust | None) -> int:
    """The last Unix second at which a witness we trust signed this (checked before); 0 if none did."""
    known = {(key[0], key_id(key)) for key in trust.witnesses.values()} if trust else set()
    return max(
        [int.from_bytes(one[2][:8], "big") for one in read_note(text)[1] if one[:2] in known], default=0
    )


def clock(at: int) -> str:
    """A Unix second in China's time."""
    if at > 1 << 36:
        return str(at)
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at + 8 * 3600)) + " (UTC+8)"


# 回执和证明 · Slips and proofs


def read_proof(text: str) -> tuple[int, list[bytes], str, bytes]:
    """(index, path, checkpoint, extra) of a tlog-proof."""
    top, gap, checkpoint = text.partition("\n\n")
    first, *lines = top.split("\n")
    extra = unb64(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else b""
    index = lines[0][6:] if lines and lines[0].startswith("index ") else ""
    if first != "c2sp.org/tlog-proof@v1" or not gap or not NUMBER.fullmatch(index) or len(lines) > 64:
        raise Unreadable("proof")
    return int(index), [unb64(line) for line in lines[1:]], checkpoint, extra


def check_extra(r: Report, extra: bytes) -> bytes | None:
    """The hash of the leaf that comes with a proof: the leaf itself, or JSON {"leaf", "salt", "inside", "body"} that opens it:
    leaf.c = HMAC-SHA256(salt, "commit/v1" LF inside), inside.body = SHA-256(body)."""
    if not extra:
        return None
    try:
        told = json.loads(extra)
        if not isinstance(told, dict) or "leaf" not in told:
            raise ValueError
    except (ValueError, RecursionError):
        return sha256(b"\0" + extra)
    try:
        inside, body = told.get("inside", ""), told.get("body", "")
        if inside:
            made = hmac.new(
                bytes.fromhex(told["salt"]), b"commit/v1\n" + inside.encode(), "sha256"
            ).hexdigest()
            if made != json.loads(told["leaf"])["c"]:
                raise Wrong("other inside")
            if body and sha256(body.encode()).hex() != json.loads(inside)["body"]:
                raise Wrong("other inside")
            r.right("opened", inside)
        return sha256(b"\0" + told["leaf"].encode())
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unreadable("proof") from None


def check_proof(r: Report, text: str, trust: Trust | None, leaf: bytes | None = None) -> Head:
    """The head of a log that the leaf, given by its hash, is in."""
    index, path, checkpoint, extra = read_proof(text)
    origin, size, root = check_head(r, checkpoint, trust)
    inside = check_extra(r, extra)
    if leaf is not None and inside not in (None, leaf):
        raise Wrong("other leaf")
    leaf = leaf or inside
    if leaf is None:
        raise Unreadable("which leaf")
    check_inclusion(leaf, index, size, path, root)
    r.right("in the log", index, size)
    return origin, size, root


PROMISE = re.compile(
    r"receipt-promise/v1\norigin (\S+)\nleaf (\S+)\ntime (0|[1-9][0-9]{0,10})\nwithin (0|[1-9][0-9]{0,9})\n"
)


def read_slip(text: str) -> tuple[str, str | None, str]:
    """JSON {"receipt_promise", "tlog_proof", "checkpoint"}: three texts; no proof yet is null."""
    try:
        slip = json.loads(text)
        promise, proof, checkpoint = slip["receipt_promise"], slip["tlog_proof"], slip["checkpoint"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unreadable("slip") from None
    if (
        not isinstance(promise, str)
        or not isinstance(checkpoint, str)
        or not isinstance(proof, (str, type(None)))
    ):
        raise Unreadable("slip")
    return promise, proof, checkpoint


def check_promise(r: Report, text: str, trust: Trust | None) -> tuple[str, bytes, int]:
    """(origin, leaf hash, the Unix second by which it must be in the log)"""
    body, found = check_note(r, text, trust)
    told = PROMISE.fullmatch(body)
    if not told:
        raise Unreadable("slip")
    by_its_log(told[1], found, trust)
    r.right("promised", clock(int(told[3])), clock(int(told[3]) + int(told[4])))
    return told[1], unb64(told[2]), int(told[3]) + int(told[4])


def check_slip(r: Report, text: str, trust: Trust | None) -> None:
    promise, proof, checkpoint = read_slip(text)
    r.tell("·", "part promise")
    origin, leaf, until = check_promise(r, promise, trust)
    r.tell("·", "part head")
    heads = [check_head(r, checkpoint, trust, lone=proof is None)]
    r.tell("·", "part proof")
    if proof is None:
        r.not_checked("overdue" if time.time() > until else "not yet")
    else:
        heads.append(check_proof(r, proof, trust, leaf))
    if any(head[0] != origin for head in heads):
        raise Wrong("mixed")
    if heads[0][1] == heads[-1][1] and heads[0] != heads[-1]:
        raise Wrong("fork in slip")
    if heads[0] != heads[-1]:
        r.not_checked("two sizes")
    r.not_checked("your words")


def slip_command(r: Report, paths: list[str], options: Any) -> None:
    check_slip(r, read_file(paths[0]), options.trust)


def proof_command(r: Report, paths: list[str], options: Any) -> None:
    leaf = None
    if options.leaf:
        hexed = re.fullmatch("[0-9a-fA-F]{64}", options.leaf)
        leaf = bytes.fromhex(options.leaf) if hexed else sha256(b"\0" + read_file(options.leaf).encode())
    check_proof(r, read_file(paths[0]), options.trust, leaf)


def checkpoint_command(r: Report, paths: list[str], options: Any) -> None:
    check_head(r, read_file(paths[0]), options.trust)


# 整册 · The whole log: the files of C2SP tlog-tiles in a .zip or a folder, and `checkpoint`; of the SM3 tree `sm3/checkpoint`


class Export:
    def __init__(self, path: str) -> None:
        self.folder = path
        try:
            self.zip = None if os.path.isdir(path) else zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile):
            raise Unreadable("file", path) from None

    def get(self, name: str) -> bytes | None:
        """The octets of one file, None where there is none."""
        path = os.path.join(self.folder, *name.split("/"))
        try:
            with self.zip.open(name) if self.zip else open(path, "rb") as file:
                data = file.read(LONGEST_BUNDLE + 1)
        except (KeyError, FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, RuntimeError, EOFError, ValueError, zipfile.BadZipFile, zlib.error):
            raise Unreadable("file", name) from None
        if len(data) > LONGEST_BUNDLE:
            raise Unreadable("large", name)
        return data

    def leaves(self, size: int) -> Iterator[bytes]:
        """All leaves in order, each after its length in two octets."""
        for number in range((size + 255) // 256):
            name = "tile/entries/" + tile_name(number, min(256, size - 256 * number))
            data, at, count = self.get(name) or b"", 0, 0
            while at < len(data):
                end = at + 2 + int.from_bytes(data[at : at + 2], "big")
                if end > len(data):
                    break
                yield data[at + 2 : end]
                at, count = end, count + 1
            if at != len(data) or count != min(256, size - 256 * number):
                raise Wrong("torn", 256 * number + count, name)


def tile_name(number: int, width: int) -> str:
    steps = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        steps.append(f"x{number % 1000:03d}")
    return "/".join(reversed(steps)) + ("" if width == 256 else f".p/{width}")


Findings = list[tuple[Any, ...]]


class Tiles:
    """Compares the hashes that come out of the leaves with the tiles of the export, level by level."""

    def __init__(self, export: Export, findings: Findings) -> None:
        self.export, self.findings = export, findings
        self.rows: dict[int, tuple[int, list[bytes]]] = {}

    def add(self, level: int, made: bytes) -> None:
        number, row = self.rows.setdefault(level, (0, []))
        row.append(made)
        if len(row) == 256:
            self.compare(level)
            self.rows[level] = number + 1, []
            self.add(level + 1, root_of(row))

    def compare(self, level: int) -> None:
        number, made = self.rows[level]
        name = f"tile/{level}/{tile_name(number, len(made))}"
        data = self.export.get(name)
        if data is None or len(data) != 32 * len(made):
            self.findings.append(("no tile", name))
        elif level and data != b"".join(made):
            self.findings.append(("other tile", name))
        else:
            wrong = [n for n, one in enumerate(made) if data[32 * n : 32 * n + 32] != one]
            self.findings.extend(("altered", 256 * number + n) for n in wrong)


class Open:
    """Since which day each subject stands open: what a witness can tell of time limits, from leaves alone."""

    def __init__(self) -> None:
        self.since: dict[str, str] = {}
        self.last = ""

    def see(self, told: dict[str, Any]) -> None:
        handle, day = str(told["h"]), str(told.get("d", ""))
        if told.get("t") == "end":
            self.since.pop(handle, None)
        elif told.get("t") == "open":
            self.since[handle] = day
        self.last = max(self.last, day)

    def older(self, days: int) -> int:
        """How many were open for more than so many days on the day of the newest leaf."""
        try:
            end = calendar.timegm(time.strptime(self.last, "%Y-%m-%d"))
        except ValueError:
            return 0
        cut = time.strftime("%Y-%m-%d", time.gmtime(end - days * 86_400))
        return sum(day < cut for day in self.since.values())


def follow(
    chains: dict[str, tuple[int, str]], index: int, leaf: bytes, findings: Findings, still: Open
) -> None:
    """The leaves of a subject h number themselves n = 0, 1, 2 … and name in p the hash of the one before."""
    try:
        told = json.loads(leaf)
        handle, n, before = str(told["h"]), told["n"], told.get("p")
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    last = chains.get(handle, (-1, None))
    if n != last[0] + 1 or before != last[1]:
        findings.append(("no link", index))
    chains[handle] = n if isinstance(n, int) else -1, sha256(b"\0" + leaf).hex()
    still.see(told)


class Whole(NamedTuple):
    """A log that was walked from its first leaf: its signed head, the roots at sizes asked for, places of leaves asked for."""

    note: str
    head: Head
    roots: dict[int, bytes]
    places: dict[bytes, int]


def walk(
    r: Report, path: str, trust: Trust | None, sizes: set[int], leaves: set[bytes], *, lone: bool
) -> Whole:
    """Everything in an export computed anew."""
    export = Export(path)
    note, other = decode(export.get("checkpoint") or b""), decode(export.get("sm3/checkpoint") or b"")
    origin, size, root = check_head(r, note, trust, lone=lone)
    second = check_head(r, other, trust, lone=lone) if other else None
    tree, tree3 = Tree(), Tree(sm3)
    roots: dict[int, bytes] = {}
    places: dict[bytes, int] = {}
    chains: dict[str, tuple[int, str]] = {}
    findings: Findings = []
    tiles, still = Tiles(export, findings), Open()
    for index, leaf in enumerate(export.leaves(size)):
        if index in sizes:
            roots[index] = tree.root()
        made = sha256(b"\0" + leaf)
        if made in leaves:
            places[made] = index
        tree.add(made)
        tiles.add(0, made)
        follow(chains, index, leaf, findings, still)
        if second and index < second[1]:
            tree3.add(sm3(b"\0" + leaf))
    for level in [level for level, (_, row) in tiles.rows.items() if row]:
        tiles.compare(level)
    roots[size] = tree.root()
    if roots[size] != root:
        findings.append(("other root",))
    if second and (second[0] != origin + "/sm3" or second[1] > size or second[2] != tree3.root()):
        findings.append(("other sm3",))
    for finding in findings[:20]:
        r.tell("✗", *finding)
    if findings:
        raise Wrong("findings", len(findings))
    r.right("whole", size, len(chains))
    r.not_checked("open", len(still.since), still.last, still.older(60), still.older(90))
    if second:
        r.right("whole sm3", second[1])
    return Whole(note, (origin, size, root), roots, places)


def export_command(r: Report, paths: list[str], options: Any) -> None:
    walk(r, paths[0], options.trust, set(), set(), lone=False)
    r.not_checked("inside")


# 互相对照 · Compare


def parts_of(path: str) -> tuple[list[str], str]:
    """(checkpoints, promise or "") of a slip, a proof, a fork's evidence {"checkpoints": […]}, or the one a file is."""
    text = read_file(path)
    if text.startswith("c2sp.org/tlog-proof@v1\n"):
        return [read_proof(text)[2]], ""
    if not text.lstrip().startswith("{"):
        return [text], ""
    if '"checkpoints"' in text:
        try:
            return [note for note in json.loads(text)["checkpoints"] if read_note(note)], ""
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Unreadable("slip") from None
    promise, proof, checkpoint = read_slip(text)
    return [checkpoint, read_proof(proof)[2]] if proof else [checkpoint], promise


def compare_command(r: Report, paths: list[str], options: Any) -> None:
    """Whether what several people were shown can be one log. An export links heads of different sizes and finds what slips
    were promised."""
    heads: list[tuple[str, Head]] = []
    promises: list[tuple[str, bytes, int]] = []
    exports = [path for path in paths if os.path.isdir(path) or zipfile.is_zipfile(path)]
    for path in [path for path in paths if path not in exports]:
        notes, promise = parts_of(path)
        heads += [(note, check_head(r, note, options.trust, lone=True)) for note in notes]
        promises += [check_promise(r, promise, options.trust)] if promise else []
    linked: set[tuple[str, int]] = set()
    for path in exports:
        sizes, leaves = {head[1] for _, head in heads}, {leaf for _, leaf, _ in promises}
        whole = walk(r, path, options.trust, sizes, leaves, lone=True)
        for note, (origin, size, root) in heads:
            if origin == whole.head[0] and whole.roots.get(size, root) != root:
                raise Wrong("off export", size, keep(options.out, note, whole.note))
        linked |= {(whole.head[0], size) for size in whole.roots}
        heads.append((whole.note, whole.head))
        for _, leaf, until in [promise for promise in promises if promise[0] == whole.head[0]]:
            seen = seen_at(whole.note, options.trust)
            if leaf in whole.places:
                r.right("in the log", whole.places[leaf], whole.head[1])
            elif seen > until:
                raise Wrong("buried", clock(until), clock(seen))
            else:
                r.not_checked("not there", clock(until), needed=True)
    for n, (note, head) in enumerate(heads):
        for other, its in heads[:n]:
            if head[:2] == its[:2] and head != its:
                raise Wrong("fork", head[0], head[1], keep(options.out, other, note))
    if len({head[0] for _, head in heads}) > 1:
        raise Wrong("mixed")
    if len(heads) < 2:
        raise Unreadable("one only")
    if len({head for _, head in heads}) > 1 and {head[:2] for _, head in heads} - linked:
        raise Unreadable("not linked")
    r.right("one log")


def keep(folder: str, *notes: str) -> str:
    """Evidence: the two signed heads, in a file of their own."""
    path = os.path.join(folder, "fork-" + sha256("".join(notes).encode()).hex()[:16] + ".json")
    told = json.dumps({"checkpoints": notes}, ensure_ascii=False, indent=1)
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(told)
    except OSError:
        print(told)
    return path


# 题目 · Vectors


def passes(check: Callable[..., Any], *given: Any) -> bool:
    try:
        return check(*given) is not False
    except Told:
        return False


def octets(texts: Sequence[str] | None) -> list[bytes]:
    return [unb64(one or "") for one in texts or []]


def proof_vector(told: dict[str, Any]) -> None:
    path = octets(told["proof"])
    if "size1" in told:
        check_consistency(told["size1"], told["size2"], path, *octets([told["root1"], told["root2"]]))
    else:
        leaf, root = octets([told["leafHash"], told["root"]])
        check_inclusion(leaf, told["leafIdx"], told["treeSize"], path, root)


def judged(told: dict[str, Any]) -> Iterator[bool]:
    """Every verdict a set of vectors asks for: True where ours is the published one."""
    if "wantErr" in told:
        yield passes(proof_vector, told) is not told["wantErr"]
    elif "merkle" in told:
        m, c = told["merkle"], told["commit"]
        leaves, roots = ([bytes.fromhex(one) for one in m[name]] for name in ("inputs_hex", "roots_sha256"))
        hashed = [sha256(b"\0" + leaf) for leaf in leaves]
        for size, root in enumerate(roots):
            yield root_of(hashed[:size]) == root
        yield root_of([sm3(b"\0" + leaf) for leaf in leaves], sm3).hex() == m["root8_sm3"]
        for kind, one, *_, two in (name.split("_") for name in m if name.count("_") > 1):
            path, at, size = (
                [bytes.fromhex(step) for step in m["_".join((kind, one, *_, two))]],
                int(one),
                int(two),
            )
            if kind == "inclusion":
                yield passes(check_inclusion, hashed[at], at, size, path, roots[size])
            else:
                yield passes(check_consistency, at, size, path, roots[at], roots[size])
        for number, name in m["tile_paths"].items():
            yield tile_name(int(number), 256) == name
        yield sha256(b"\0" + c["leaf"].encode()).hex() == c["leaf_hash"]
        made = hmac.new(bytes.fromhex(c["salt"]), b"commit/v1\n" + c["canonical"].encode(), "sha256")
        yield made.hexdigest() == c["commit"]
    elif "vkey" in told:
        text, lines = read_note(told["note"])
        yield all(passes(holds, read_key(told["vkey"]), line[2], text) for line in lines)
    else:
        for one in told["vectors"]:
            yield sm3(one["msg_utf8"].encode()).hex() == one["sm3"]


def vectors_command(r: Report, paths: list[str], options: Any) -> None:
    text = read_file(paths[0], 64 * LONGEST)
    try:
        try:
            sets = [json.loads(text)]
        except ValueError:
            sets = [json.loads(line) for line in text.splitlines() if line.strip()]
        verdicts = [verdict for told in sets for verdict in judged(told)]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise Unreadable("vectors") from None
    if not verdicts:
        raise Unreadable("vectors")
    print(f"{sum(verdicts)} passed, {len(verdicts) - sum(verdicts)} failed")
    if not all(verdicts):
        raise Wrong("do not use")


# 从这里开始 · It starts here


def decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("text") from None


def read_file(path: str, longest: int = LONGEST) -> str:
    try:
        with open(path, "rb") as file:
            data = file.read(longest + 1)
    except OSError:
        raise Unreadable("file", path) from None
    if len(data) > longest:
        raise Unreadable("large", path)
    return decode(data)


def trusted(options: Any) -> Trust | None:
    """The keys to believe: given by hand, from a file, or from log.policy beside this program; None: nobody's."""
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "log.policy")
    path = options.policy or (beside if not options.key and os.path.exists(beside) else None)
    trust = Trust([read_key(one) for one in options.key])
    return trust.read(read_file(path)) if path else trust if options.key else None


COMMANDS = {
    "slip": slip_command,
    "proof": proof_command,
    "checkpoint": checkpoint_command,
    "compare": compare_command,
    "export": export_command,
    "vectors": vectors_command,
}


def run(paths: list[str], options: Any, english: bool) -> int:
    """Check, tell, and give the exit code."""
    r = Report(english)
    print(" + ".join(paths))
    try:
        options.trust = None if options.command == "vectors" else trusted(options)
        COMMANDS[options.command](r, paths, options)
    except (Wrong, Unreadable) as fault:
        wrong = isinstance(fault, Wrong)
        r.tell("✗" if wrong else "?", *fault.args)
        r.tell("=", "wrong" if wrong else "unreadable")
        return 1 if wrong else 2
    r.tell("=", "undecided" if r.undecided else "right")
    return 2 if r.undecided else 0


def main(given: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--policy")
    parser.add_argument("--key", action="append", default=[])
    parser.add_argument("--leaf")
    parser.add_argument("--out", default=".")
    parser.add_argument("--lang", choices=["zh", "en"])
    options = parser.parse_args(given)
    spoken = [os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    english = (options.lang or next(filter(None, spoken), "zh"))[:2].lower() != "zh"
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    groups = [options.files] if options.command == "compare" else [[path] for path in options.files]
    codes = [run(paths, options, english) for paths in groups]
    return 1 if 1 in codes else max(codes)


# fmt: off
WORDS = {
    "right": ("都对", "RIGHT"),
    "wrong": ("不对", "WRONG"),
    "unreadable": ("读不了，或者定不了", "CANNOT BE READ OR DECIDED"),
    "undecided": ("定不了：要紧的没有核对全", "UNDECIDED: something that matters was not checked"),
    "path place": ("证明不成立：册里没有这个位置", "the proof does not hold: no such place in a log of that size"),
    "path length": ("证明不成立：有指纹不是32字节", "the proof does not hold: a hash is not 32 octets long"),
    "path long": ("证明不成立：路径太长", "the proof does not hold: the path is too long"),
    "path short": ("证明不成立：路径不够长", "the proof does not hold: the path is too short"),
    "path root": ("证明不成立：算出的不是签过名的册根", "the proof does not hold: it leads to another root than the signed one"),
    "base64": ("有一段写坏了（base64）", "a part of it is damaged (base64)"),
    "key": ("公钥写坏了：名字和编号对不上", "a public key is damaged: its id does not fit"),
    "note": ("不是带签名的文本，或者只剩一半", "this is no signed note, or a part of it is gone"),
    "head": ("不是册首（册名、条数、册根）", "this is no head of a log (name, size, root)"),
    "policy": ("信任文件（policy）写坏了", "the policy is damaged"),
    "proof": ("不是在册证明（tlog-proof），或者写坏了", "this is no tlog-proof, or it is damaged"),
    "slip": ("不是登记回执文件，或者写坏了", "this is no slip, or it is damaged"),
    "vectors": ("不是认得的题目", "these are no vectors known here"),
    "text": ("不是文本", "this is no text"),
    "file": ("打不开：{}", "cannot be opened: {}"),
    "large": ("太大：{}", "too large: {}"),
    "bad signature": ("{} 的签名不成立：内容或签名被改过", "the signature of {} does not hold: text or signature was changed"),
    "no key": ("签名没有核对：没有给公钥（--key 或 --policy）", "signatures were not checked: no public key was given (--key, --policy)"),
    "stranger": ("不认得的签名，没有核对：{}", "a signature by somebody unknown, not checked: {}"),
    "signed": ("签名成立：{}{}", "good signature: {}{}"),
    "other log": ("没有册 {} 自己的有效签名；您信的册是 {}。是别的县的，或者是假的",
                  "not signed by its log {}; the log you trust is {}. It is another county's, or forged"),
    "few witnesses": ("见证机关的签名不够", "too few witnesses signed it"),
    "no witness": ("没有见证机关的签名：别人看到的是不是同一本册，这里看不出来",
                   "no witness signed it: whether others are shown the same log cannot be told from this"),
    "this head": ("册 {}，{} 条，册根 {}…", "log {}, {} leaves, root {}…"),
    "other inside": ("说是封在里面的内容，和册里的指纹对不上", "what is said to be inside does not fit the leaf"),
    "opened": ("册里这一条封的就是：{}", "what this leaf commits to: {}"),
    "other leaf": ("附带的原文不是保证过的那一条", "the leaf that comes with the proof is another one"),
    "which leaf": ("不知道要找哪一条：请用 --leaf 给出", "which leaf is meant is not said: give it with --leaf"),
    "in the log": ("第 {} 条（从0数）在册里，册有 {} 条", "leaf {} (counted from 0) is in the log of {}"),
    "part promise": ("入册保证", "promise"),
    "part head": ("打印时的册首", "head of the log when it was printed"),
    "part proof": ("在册证明", "proof"),
    "promised": ("县里签名保证：{} 收到的这一条，最迟 {} 入册", "the county signed: received {}, in the log by {}"),
    "not yet": ("这份回执印出时还没有入册：到时候要另外取在册证明", "printed before the leaf was in the log: fetch the proof later"),
    "overdue": ("没有在册证明，保证的时间已经过了：请去取；取不到，这份回执就是没有入册的证据",
                "no proof, and the promise is overdue: fetch it; if there is none, this slip is evidence of that"),
    "mixed": ("不是同一本册的", "these belong to different logs"),
    "fork in slip": ("同样条数有两个册根：册被分了叉。请留好这份回执", "two roots at one size: the log was forked. Keep this slip"),
    "two sizes": ("两个册首条数不同；是不是同一本册接着写的，要用 compare 加整册核对",
                  "the two heads differ in size; `compare` with an export tells whether one continues the other"),
    "your words": ("您原来说的话没有核对：册里只有加盐的指纹，没有内容",
                   "your own words were not checked: the log holds a salted hash and no content"),
    "torn": ("从第 {} 条起缺了，或者断了：{}", "missing or torn from leaf {}: {}"),
    "no tile": ("缺文件，或者长短不对：{}", "missing, or of the wrong length: {}"),
    "other tile": ("中间的指纹算出来不一样：{}", "hashes in between do not agree: {}"),
    "altered": ("第 {} 条的内容和入册时的指纹对不上", "leaf {} is not what was hashed when it came in"),
    "no link": ("第 {} 条接不上同一件事的上一条", "leaf {} does not follow the one before of its subject"),
    "other root": ("从头算出的册根不是签过名的册根", "the root computed from the leaves is not the signed one"),
    "other sm3": ("国密册根对不上", "the SM3 root does not agree"),
    "findings": ("整册有 {} 处不对", "the log is wrong in {} places"),
    "whole": ("从第一条算到最后一条：{} 条、{} 件事，指纹、册根、前后次序都对",
              "computed from the first leaf to the last: {} leaves of {} subjects; hashes, root and order are right"),
    "open": ("到 {1} 还没有写结束的有 {0} 件；开头的一行早于60日的 {2} 件，早于90日的 {3} 件（期限守没守住，册里只看得到这些）",
             "{0} subjects not ended by {1}; {2} opened over 60 days before, {3} over 90 (all that leaves tell of time limits)"),
    "whole sm3": ("国密册的前 {} 条也对", "the first {} leaves agree in the SM3 log too"),
    "inside": ("指纹里封的内容没有核对：那要县里的原始记录", "what the hashes stand for was not checked: that takes the county's records"),
    "off export": ("它在 {} 条时的册根和整册算出来的不一样；两份已写入 {}",
                   "its root at {} leaves is not the one computed from the export; both written to {}"),
    "fork": ("册 {} 在 {} 条时有两个册根：册被分了叉；两份已写入 {}",
             "log {} has two roots at {} leaves: it was forked; both written to {}"),
    "buried": ("保证最迟 {} 入册的一条，见证机关 {} 签过的整册里没有：这就是没有入册的证据，请和整册一起留好",
               "promised to be in by {}, it is not in the log a witness signed at {}: this is evidence, keep both"),
    "not there": ("保证过的一条不在这份整册里；如果整册是 {} 以后取的，就是没有入册的证据",
                  "what was promised is not in this export; if the export is later than {}, that is evidence"),
    "one only": ("至少要两份才能对照", "it takes two to compare"),
    "not linked": ("条数不同，没有发现矛盾；是不是同一本册接着写的定不了：请加上整册",
                   "of different sizes and no contradiction; whether one continues the other takes an export"),
    "one log": ("都出自同一本册", "all are of one and the same log"),
    "do not use": ("本程序和公布的结果不一样，不要用它", "this program does not agree with what was published: do not use it"),
}
# fmt: on

if __name__ == "__main__":
    sys.exit(main())
