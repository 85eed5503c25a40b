"""Tiles: the tree as files that never change (C2SP tlog-tiles). A full tile is 256 hashes, 8,192 octets.

Paths stand below the log's prefix: `tile/0/x001/x234/067`, `tile/1/001.p/17`, `tile/entries/273.p/112`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from minqing.methods.tree.hashing import SIZE, Hash, root_of, sha256
from minqing.methods.tree.proofs import Node

HEIGHT: Final = 8
"""Levels of the tree in one tile."""
WIDTH: Final = 256
"""Hashes in a full tile, leaves in a full bundle."""
LONGEST_LEAF: Final = 0xFFFF


@dataclass(frozen=True, order=True)
class Tile:
    """Hashes of level 8·`level`, from index 256·`number`; `width` of them, 256 when full."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        return f"tile/{self.level}/{number_path(self.number)}{_part(self.width)}"

    @property
    def entries(self) -> str:
        """Where the leaves themselves stand; of level 0 only."""
        return f"tile/entries/{number_path(self.number)}{_part(self.width)}"

    @property
    def first(self) -> int:
        return self.number * WIDTH


def _part(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"


def number_path(number: int) -> str:
    """Three digits a step, `x` before all but the last: 1234067 → x001/x234/067."""
    steps = [f"{number % 1000:03d}"]
    while number := number // 1000:
        steps.append(f"x{number % 1000:03d}")
    return "/".join(reversed(steps))


def read_path(path: str) -> Tile:
    """The tile of a path as `Tile.path` writes it. ValueError for every other text."""
    head, _, rest = path.removeprefix("tile/").partition("/")
    whole, part, width = rest.partition(".p/")
    digits = "".join(step.removeprefix("x") for step in whole.split("/"))
    numbers = [head, digits, *([width] if part else [])]
    if any(not (text.isascii() and text.isdigit()) or len(text) > 18 for text in numbers):
        raise ValueError("not a tile")
    tile = Tile(int(head), int(digits), int(width) if part else WIDTH)
    if tile.path != path or not 0 < tile.width <= WIDTH or tile.level > 63:
        raise ValueError("not a tile")
    return tile


def read_entries_path(path: str) -> Tile:
    """The level 0 tile whose leaves a path `Tile.entries` names. ValueError for every other text."""
    if not path.startswith("tile/entries/"):
        raise ValueError("not a tile")
    return read_path("tile/0/" + path.removeprefix("tile/entries/"))


def tiles_of(size: int, since: int = 0) -> Iterator[Tile]:
    """The tiles of a tree of `size` leaves that one of `since` leaves has not got, the last of a level perhaps partial."""
    level = 0
    while count := size >> HEIGHT * level:
        had = since >> HEIGHT * level
        full, rest = divmod(count, WIDTH)
        for number in range(had // WIDTH, full):
            yield Tile(level, number)
        if rest and count != had:
            yield Tile(level, full, rest)
        level += 1


def tile_of(level: int, index: int, size: int) -> tuple[Tile, int, int]:
    """(the tile, first, last): the full subtree (level, index) is the root over those hashes of the tile.

    `size` is that of the tree the tile belongs to; ValueError when the subtree is not full in it.
    """
    height, inside = divmod(level, HEIGHT)
    first = index << inside
    number = first // WIDTH
    width = min(WIDTH, (size >> HEIGHT * height) - number * WIDTH)
    at = first - number * WIDTH
    if index < 0 or at + (1 << inside) > width:
        raise ValueError("no such subtree")
    return Tile(height, number, width), at, at + (1 << inside)


def nodes_of(fetch: Callable[[Tile], bytes], size: int, h: Hash = sha256) -> Node:
    """Full subtrees read from the tiles of a tree of `size` leaves; each tile is fetched once.

    `fetch(tile)` gives its octets, 32 a hash; ValueError when they are not as many as its width says.
    """
    kept: dict[Tile, list[bytes]] = {}

    def node(level: int, index: int) -> bytes:
        tile, first, last = tile_of(level, index, size)
        if tile not in kept:
            data = fetch(tile)
            if len(data) != SIZE * tile.width:
                raise ValueError(f"{tile.path} is not {tile.width} hashes")
            kept[tile] = [data[at : at + SIZE] for at in range(0, len(data), SIZE)]
        return root_of(kept[tile][first:last], h)

    return node


def bundle(leaves: Sequence[bytes]) -> bytes:
    """The leaves of one tile as tlog-tiles keeps them: each after its length in two octets, big end first."""
    if any(len(leaf) > LONGEST_LEAF for leaf in leaves):
        raise ValueError("a leaf is too long")
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def read_bundle(data: bytes) -> list[bytes]:
    """The leaves of a bundle. ValueError when it breaks off."""
    found, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise ValueError("the bundle breaks off")
        found.append(data[at + 2 : end])
        at = end
    return found
