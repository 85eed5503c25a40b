"""How fast the tree of the log grows, is proved and is checked. Target: at least 200,000 leaves a second from octets to root.

python bench/tree.py [--json] [--leaves N]; one core, leaves of 200 octets in batches of a thousand as the sequencer adds them.
The ratio beside it says what the same hashes cost when nothing else is done: two of SHA-256 for each leaf.
"""

import argparse
import hashlib
import os
import statistics
import time
from collections.abc import Callable

from _lines import line, told
from minqing.methods.tree import (
    Growing,
    check_consistency,
    check_inclusion,
    consistency,
    inclusion,
    leaf_hashes,
    nodes_of,
    root_at,
    sha256,
    sm3,
    tiles_of,
)

TARGET = 200_000
BATCH = 1_000
ROUNDS = 5
PROOFS = 300


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def grow(leaves: list[bytes], h: Callable[[bytes], bytes] = sha256) -> bytes:
    tree = Growing(h=h)
    for first in range(0, len(leaves), BATCH):
        tree.add(leaf_hashes(leaves[first : first + BATCH], h))
    return tree.root


def bare(leaves: list[bytes]) -> None:
    """The hashes alone."""
    new = hashlib.sha256
    pair = bytes(65)
    for leaf in leaves:
        new(leaf).digest()
        new(pair).digest()


def files(leaves: list[bytes]) -> tuple[dict[object, bytes], bytes]:
    """The tree as tiles, and its root."""
    kept: dict[tuple[int, int], bytes] = {}
    tree = Growing()
    tree.add(
        leaf_hashes(leaves),
        lambda level, first, run: kept.update({(level, first + n): one for n, one in enumerate(run)}),
    )
    made: dict[object, bytes] = {}
    for tile in tiles_of(len(leaves)):
        made[tile] = b"".join(kept[8 * tile.level, tile.first + n] for n in range(tile.width))
    return made, tree.root


def proofs(leaves: list[bytes]) -> tuple[float, float]:
    """Milliseconds of one proof read from tiles, made and checked: of inclusion, of consistency."""
    made, root = files(leaves)
    size, hashed = len(leaves), leaf_hashes(leaves)
    places = [n * 7919 % size for n in range(PROOFS)]

    def one_of_each(kind: Callable[[int], None]) -> float:
        return statistics.median(seconds(lambda at=at: kind(at)) for at in places) * 1000  # type: ignore[misc]

    def included(at: int) -> None:
        node = nodes_of(made.__getitem__, size)
        check_inclusion(hashed[at], at, size, inclusion(node, at, size), root)

    def grown(at: int) -> None:
        node = nodes_of(made.__getitem__, size)
        check_consistency(at, size, consistency(node, at, size), root_at(node, at), root)

    return one_of_each(included), one_of_each(grown)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--leaves", type=int, default=200_000)
    args = parser.parse_args()
    leaves = [os.urandom(200) for _ in range(args.leaves)]
    pairs = []
    for _ in range(ROUNDS):
        pairs.append((seconds(lambda: grow(leaves)), seconds(lambda: bare(leaves))))
    rate = statistics.median(args.leaves / tree for tree, _ in pairs)
    share = statistics.median(hashes / tree for tree, hashes in pairs)
    few = leaves[: args.leaves // 10]
    second = len(few) / seconds(lambda: grow(few, sm3))
    one, other = proofs(leaves)
    lines = [
        line("tree, leaf octets to root", TARGET, rate, "leaves/s"),
        line("tree, proof from tiles made and checked", 5, max(one, other), "ms", at_most=True),
    ]
    more = {
        "share of the time that is hashing": round(share, 2),
        "the second tree (SM3), leaves/s": round(second),
        f"inclusion among {args.leaves}, ms": round(one, 3),
        f"consistency among {args.leaves}, ms": round(other, 3),
    }
    told(lines, args.json, more)


if __name__ == "__main__":
    main()
