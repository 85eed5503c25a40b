"""Proofs over the tree (RFC 9162 §2.1.3, §2.1.4): that a leaf is in it, that it only grew; how they are made and checked.

Nothing home-made: the order and number of hashes are the RFC's. A proof is a list of hashes of 32 octets, lowest first.
"""

from collections.abc import Callable, Iterable, Sequence

from minqing.methods.tree.hashing import SIZE, Hash, node_hash, sha256

Node = Callable[[int, int], bytes]
"""`node(level, index)`: the hash of the full subtree over 2^level leaves from leaf index·2^level."""


class BadProof(ValueError):
    """The proof does not show what it is said to show.

    `why` is one stable word: index · size · length · short · surplus · root.
    """

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def full_nodes(first: int, last: int) -> list[tuple[int, int]]:
    """The full subtrees (level, index) that make up leaves first … last-1, left to right; `first` must be aligned."""
    found = []
    while first < last:
        level = (last - first).bit_length() - 1
        found.append((level, first >> level))
        first += 1 << level
    return found


def range_root(node: Node, first: int, last: int, h: Hash = sha256) -> bytes:
    """The root over leaves first … last-1 of one subtree; ValueError when there are none."""
    made: bytes | None = None
    for level, index in reversed(full_nodes(first, last)):
        here = node(level, index)
        made = here if made is None else node_hash(here, made, h)
    if made is None:
        raise ValueError("no leaves")
    return made


def root_at(node: Node, size: int, h: Hash = sha256) -> bytes:
    """The root of the first `size` leaves; of none H("")."""
    return range_root(node, 0, size, h) if size else h(b"")


def inclusion(node: Node, index: int, size: int, h: Hash = sha256) -> list[bytes]:
    """§2.1.3.1: the path from leaf `index` to the root of the first `size` leaves. No such leaf: ValueError."""
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    path: list[bytes] = []
    first, last = 0, size
    while last - first > 1:
        middle = first + _split(last - first)
        if index < middle:
            path.append(range_root(node, middle, last, h))
            last = middle
        else:
            path.append(range_root(node, first, middle, h))
            first = middle
    return path[::-1]


def consistency(node: Node, old: int, new: int, h: Hash = sha256) -> list[bytes]:
    """§2.1.4.1: what shows that the first `old` of `new` leaves are still the same. old > new: ValueError."""
    if not 0 <= old <= new:
        raise ValueError("the old tree is larger")
    if old in (0, new):
        return []
    path: list[bytes] = []
    first, last, whole = 0, new, True
    while old != last:
        middle = first + _split(last - first)
        if old <= middle:
            path.append(range_root(node, middle, last, h))
            last = middle
        else:
            path.append(range_root(node, first, middle, h))
            first, whole = middle, False
    if not whole:
        path.append(range_root(node, first, last, h))
    return path[::-1]


def _split(n: int) -> int:
    """The largest power of two smaller than n."""
    return 1 << (n - 1).bit_length() - 1


def check_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes, h: Hash = sha256
) -> None:
    """§2.1.3.2: leaf hash `leaf` stands at `index` among the `size` leaves under `root`. Raises BadProof."""
    if not 0 <= index < size:
        raise BadProof("index")
    _lengths([leaf, root, *path])
    at, last, made = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise BadProof("surplus")
        if at & 1 or at == last:
            made = node_hash(step, made, h)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            made = node_hash(made, step, h)
        at, last = at >> 1, last >> 1
    if last:
        raise BadProof("short")
    if made != root:
        raise BadProof("root")


def check_consistency(
    old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes, h: Hash = sha256
) -> None:
    """§2.1.4.2: the tree under `new_root` begins with that under `old_root`. Raises BadProof.

    Equal sizes need equal roots; the empty tree is the beginning of every tree; both by an empty path only.
    """
    if not 0 <= old <= new:
        raise BadProof("size")
    _lengths([old_root, new_root, *path])
    if old in (0, new):
        if path:
            raise BadProof("surplus")
        if (old == new and old_root != new_root) or (old == 0 and old_root != h(b"")):
            raise BadProof("root")
        return
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not path:
        raise BadProof("short")
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise BadProof("surplus")
        if at & 1 or at == last:
            before, after = node_hash(step, before, h), node_hash(step, after, h)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, step, h)
        at, last = at >> 1, last >> 1
    if last:
        raise BadProof("short")
    if before != old_root or after != new_root:
        raise BadProof("root")


def _lengths(found: Iterable[bytes]) -> None:
    if any(len(one) != SIZE for one in found):
        raise BadProof("length")
