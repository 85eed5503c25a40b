"""A Merkle tree that only grows (RFC 9162 §2.1.1): its hashes and the right edge, all that is needed to add leaves.

`h` is SHA-256 everywhere but in the county's second tree over the same leaves, which is SM3. Every hash is `SIZE` octets.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

from cryptography.hazmat.primitives import hashes

Hash = Callable[[bytes], bytes]
SIZE = 32
"""Octets of every hash."""
OnRun = Callable[[int, int, Sequence[bytes]], None]
"""Hears (level, index of the first, hashes) of subtrees that became full, neighbours from left to right."""


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


_SM3 = hashes.Hash(hashes.SM3())


def sm3(data: bytes) -> bytes:
    """GB/T 32905-2016."""
    digest = _SM3.copy()  # half the time of a new one
    digest.update(data)
    return digest.finalize()


def leaf_hash(data: bytes, h: Hash = sha256) -> bytes:
    """H(0x00 ‖ data)."""
    return h(b"\x00" + data)


def node_hash(left: bytes, right: bytes, h: Hash = sha256) -> bytes:
    """H(0x01 ‖ left ‖ right)."""
    return h(b"\x01" + left + right)


def leaf_hashes(leaves: Iterable[bytes], h: Hash = sha256) -> list[bytes]:
    """`leaf_hash` of many."""
    if h is sha256:
        new = hashlib.sha256
        return [new(b"\x00" + data).digest() for data in leaves]
    return [h(b"\x00" + data) for data in leaves]


def _pairs(run: Sequence[bytes], h: Hash) -> list[bytes]:
    """One level up; a last odd one is left over."""
    each = iter(run)
    if h is sha256:
        new = hashlib.sha256
        return [new(b"\x01" + left + right).digest() for left, right in zip(each, each, strict=False)]
    return [h(b"\x01" + left + right) for left, right in zip(each, each, strict=False)]


class Growing:
    """The right edge of a tree: the hashes of its full subtrees, largest first, and how many leaves they hold.

    `state` is those hashes one after another, 32 octets each; how many there are follows from the size (one for each bit
    that is set). Adding n leaves costs at most 2n hashes; the root costs at most 63. A state that does not fit its size
    raises ValueError.
    """

    def __init__(self, size: int = 0, state: bytes = b"", h: Hash = sha256) -> None:
        if size < 0 or len(state) != SIZE * size.bit_count():
            raise ValueError("the state does not fit the size")
        self.size, self.h = size, h
        levels = [level for level in range(size.bit_length()) if size >> level & 1]
        self._edge = {level: state[-SIZE * (n + 1) :][:SIZE] for n, level in enumerate(levels)}

    def add(self, leaves: Sequence[bytes], on_run: OnRun | None = None) -> None:
        """Append leaf hashes in this order. `on_run` hears of each level's new full subtrees, the leaves first."""
        level, run, added = 0, leaves, len(leaves)
        while run:
            if on_run:
                on_run(level, self.size >> level, run)
            if level in self._edge:
                run = [self._edge.pop(level), *run]
            if len(run) & 1:
                self._edge[level] = run[-1]
            level, run = level + 1, _pairs(run, self.h)
        self.size += added

    @property
    def state(self) -> bytes:
        return b"".join(self._edge[level] for level in sorted(self._edge, reverse=True))

    @property
    def root(self) -> bytes:
        """Of the empty tree H("")."""
        made: bytes | None = None
        for level in sorted(self._edge):
            made = self._edge[level] if made is None else node_hash(self._edge[level], made, self.h)
        return self.h(b"") if made is None else made


def root_of(leaves: Sequence[bytes], h: Hash = sha256) -> bytes:
    """The root over leaf hashes."""
    tree = Growing(h=h)
    tree.add(leaves)
    return tree.root
