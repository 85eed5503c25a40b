"""Promises of the tree: the published vectors, every small tree, and every flipped byte."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minqing.methods.tree import (
    BadProof,
    Growing,
    Tile,
    bundle,
    check_consistency,
    check_inclusion,
    consistency,
    inclusion,
    leaf_hash,
    leaf_hashes,
    nodes_of,
    read_bundle,
    read_entries_path,
    read_path,
    root_at,
    root_of,
    sha256,
    sm3,
    tile_of,
    tiles_of,
)
from minqing.methods.tree.tiles import number_path

VECTORS = Path(__file__).parent.parent / "vectors"
TRUST = json.loads((VECTORS / "minqing_trust.json").read_text())["merkle"]
MERKLE = [json.loads(line) for line in (VECTORS / "merkle_rfc9162.jsonl").read_text().splitlines()]
SM3 = json.loads((VECTORS / "sm3.json").read_text())["vectors"]
LEAVES = leaf_hashes(bytes.fromhex(one) for one in TRUST["inputs_hex"])
MANY = leaf_hashes(n.to_bytes(2, "big") for n in range(1500))


def nodes(leaves, h=sha256):
    """Every full subtree by (level, index), as the runs tell it."""
    kept = {}

    def hear(level, first, run):
        kept.update({(level, first + n): one for n, one in enumerate(run)})

    Growing(h=h).add(leaves, hear)
    return lambda level, index: kept[level, index]


def octets(text):
    return base64.b64decode(text or "")


# The published vectors


@pytest.mark.parametrize("vector", MERKLE, ids=lambda vector: vector["_path"])
def test_every_published_proof_is_judged_as_published(vector):
    path = [octets(step) for step in vector["proof"] or []]
    try:
        if "size1" in vector:
            roots = octets(vector["root1"]), octets(vector["root2"])
            check_consistency(vector["size1"], vector["size2"], path, *roots)
        else:
            leaf, root = octets(vector["leafHash"]), octets(vector["root"])
            check_inclusion(leaf, vector["leafIdx"], vector["treeSize"], path, root)
        right = True
    except BadProof:
        right = False
    assert right is not vector["wantErr"]


def test_the_published_roots_of_nought_to_eight_leaves():
    assert [root_of(LEAVES[:n]).hex() for n in range(9)] == TRUST["roots_sha256"]


def test_the_published_sm3_root_over_the_same_leaves():
    leaves = leaf_hashes((bytes.fromhex(one) for one in TRUST["inputs_hex"]), sm3)
    assert root_of(leaves, sm3).hex() == TRUST["root8_sm3"]


@pytest.mark.parametrize("vector", SM3, ids=lambda vector: str(len(vector["msg_utf8"])))
def test_the_published_sm3_hashes(vector):
    assert sm3(vector["msg_utf8"].encode()).hex() == vector["sm3"]


@pytest.mark.parametrize(("index", "size"), [(3, 5), (0, 7), (5, 8)])
def test_the_published_paths_of_inclusion(index, size):
    made = inclusion(nodes(LEAVES), index, size)
    assert [step.hex() for step in made] == TRUST[f"inclusion_{index}_of_{size}"]


@pytest.mark.parametrize(("old", "new"), [(3, 7), (6, 8)])
def test_the_published_paths_of_consistency(old, new):
    made = consistency(nodes(LEAVES), old, new)
    assert [step.hex() for step in made] == TRUST[f"consistency_{old}_{new}"]


# Every small tree


def test_every_proof_of_every_tree_up_to_65_leaves_holds_in_both_trees():
    for h, most in ((sha256, 65), (sm3, 17)):
        leaves = leaf_hashes((bytes([n]) for n in range(most)), h)
        node, roots = nodes(leaves, h), [root_of(leaves[:n], h) for n in range(most + 1)]
        for size in range(1, most + 1):
            assert root_at(node, size, h) == roots[size]
            for index in range(size):
                check_inclusion(leaves[index], index, size, inclusion(node, index, size, h), roots[size], h)
            for old in range(size + 1):
                check_consistency(old, size, consistency(node, old, size, h), roots[old], roots[size], h)


@given(st.data())
@settings(deadline=None)
def test_any_changed_byte_of_leaf_path_or_root_is_noticed(data):
    size = data.draw(st.integers(2, 300))
    index = data.draw(st.integers(0, size - 1))
    node = nodes(MANY[:size])
    parts = [MANY[index], root_of(MANY[:size]), *inclusion(node, index, size)]
    which, at, bits = (data.draw(st.integers(*span)) for span in ((0, len(parts) - 1), (0, 31), (1, 255)))
    parts[which] = parts[which][:at] + bytes([parts[which][at] ^ bits]) + parts[which][at + 1 :]
    with pytest.raises(BadProof, match="root"):
        check_inclusion(parts[0], index, size, parts[2:], parts[1])


@given(st.data())
@settings(deadline=None)
def test_a_proof_says_nothing_of_another_place_or_another_size(data):
    size, other = data.draw(st.integers(2, 300)), data.draw(st.integers(1, 300))
    index, elsewhere = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, 300))
    path, root = inclusion(nodes(MANY[:size]), index, size), root_of(MANY[:size])
    if elsewhere != index:
        with pytest.raises(BadProof):
            check_inclusion(MANY[index], elsewhere, size, path, root)
    old = data.draw(st.integers(1, size))
    grown, before = consistency(nodes(MANY[:size]), old, size), root_of(MANY[:old])
    check_consistency(old, size, grown, before, root)
    if other not in (old, size):
        with pytest.raises(BadProof):
            check_consistency(other, size, grown, before, root)


@given(st.data())
@settings(deadline=None)
def test_any_changed_byte_of_a_proof_that_the_log_only_grew_is_noticed(data):
    size = data.draw(st.integers(2, 300))
    old = data.draw(st.integers(1, size - 1))
    parts = [root_of(MANY[:old]), root_of(MANY[:size]), *consistency(nodes(MANY[:size]), old, size)]
    which, at, bits = (data.draw(st.integers(*span)) for span in ((0, len(parts) - 1), (0, 31), (1, 255)))
    parts[which] = parts[which][:at] + bytes([parts[which][at] ^ bits]) + parts[which][at + 1 :]
    with pytest.raises(BadProof, match="root"):
        check_consistency(old, size, parts[2:], parts[0], parts[1])


def test_a_path_cut_short_or_drawn_out_is_refused_by_name():
    node, root = nodes(LEAVES), root_of(LEAVES)
    path, grown = inclusion(node, 3, 8), consistency(node, 3, 8)
    for steps, why in (
        (path[:-1], "short"),
        ([*path, root], "surplus"),
        ([], "short"),
        (path * 30, "surplus"),
    ):
        with pytest.raises(BadProof, match=why):
            check_inclusion(LEAVES[3], 3, 8, steps, root)
    for steps, why in ((grown[:-1], "short"), ([*grown, root], "surplus"), ([], "short")):
        with pytest.raises(BadProof, match=why):
            check_consistency(3, 8, steps, root_of(LEAVES[:3]), root)
    with pytest.raises(BadProof, match="length"):
        check_inclusion(LEAVES[3], 3, 8, [*path[:-1], path[-1][:-1]], root)
    with pytest.raises(BadProof, match="index"):
        check_inclusion(LEAVES[3], 8, 8, path, root)
    with pytest.raises(BadProof, match="size"):
        check_consistency(8, 3, grown, root, root_of(LEAVES[:3]))


def test_two_roots_of_one_size_are_never_consistent():
    with pytest.raises(BadProof, match="root"):
        check_consistency(8, 8, [], root_of(LEAVES), root_of(LEAVES[::-1]))
    with pytest.raises(BadProof, match="root"):
        check_consistency(0, 8, [], bytes(32), root_of(LEAVES))


# Growing


@given(st.lists(st.integers(0, 70), max_size=12))
@settings(deadline=None)
def test_however_leaves_come_in_the_root_is_the_same_and_the_state_is_enough(runs):
    tree, total = Growing(), 0
    for run in runs:
        tree = Growing(tree.size, tree.state)
        tree.add(MANY[total : total + run])
        total += run
    assert (tree.size, tree.root) == (total, root_of(MANY[:total]))
    assert tree.state == b"".join(_edge(MANY[:total]))


def _edge(leaves):
    """The roots of the full subtrees, largest first, by the definition."""
    while leaves:
        take = 1 << len(leaves).bit_length() - 1
        yield root_of(leaves[:take])
        leaves = leaves[take:]


@given(st.lists(st.integers(0, 70), max_size=8))
@settings(deadline=None)
def test_every_full_subtree_is_told_once_in_its_place(runs):
    kept, tree, total = {}, Growing(), 0

    def hear(level, first, run):
        for n, one in enumerate(run):
            assert kept.setdefault((level, first + n), one) is one

    for run in runs:
        tree.add(MANY[total : total + run], hear)
        total += run
    wanted = {(level, index) for level in range(12) for index in range(total >> level)}
    assert kept.keys() == wanted
    assert all(kept[level, at] == root_of(MANY[at << level : at + 1 << level]) for level, at in wanted)


@pytest.mark.parametrize(
    ("size", "state"), [(1, b""), (3, bytes(32)), (4, bytes(31)), (-1, b""), (-1, bytes(32)), (0, bytes(32))]
)
def test_a_state_that_does_not_fit_its_size_is_refused(size, state):
    with pytest.raises(ValueError, match="state"):
        Growing(size, state)


# Tiles


def test_the_published_paths_of_tiles():
    assert {n: number_path(int(n)) for n in TRUST["tile_paths"]} == TRUST["tile_paths"]


def test_a_tree_of_seventy_thousand_leaves_has_the_tiles_the_specification_says():
    tiles = list(tiles_of(70_000))
    assert [sum(1 for one in tiles if one.level == level) for level in range(4)] == [274, 2, 1, 0]
    partial = [one.path for one in tiles if one.width < 256]
    assert partial == ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
    assert [one.path for one in tiles_of(256)] == ["tile/0/000", "tile/1/000.p/1"]


@given(st.integers(0, 70_000), st.integers(0, 70_000))
@settings(deadline=None, max_examples=40)
def test_the_tiles_to_write_are_those_the_tree_before_had_not(one, other):
    old, new = sorted((one, other))
    assert set(tiles_of(new, old)) == set(tiles_of(new)) - set(tiles_of(old))


@given(st.builds(Tile, st.integers(0, 63), st.integers(0, 10**12), st.integers(1, 256)))
def test_a_path_reads_back_as_its_tile(tile):
    assert read_path(tile.path) == tile
    assert read_entries_path(Tile(0, tile.number, tile.width).entries) == Tile(0, tile.number, tile.width)


@pytest.mark.parametrize(
    "path",
    ["tile/0/1", "tile/64/000", "tile/00/000", "tile/0/x000/001", "tile/0/001.p/0", "tile/0/001.p/256", "tile/0/001.p/",
     "tile/0/001.p/07", "tile/0/../etc", "tile/0/", "tile/0/001/002", "tile/0/00\u0661", "", "tile/-1/000", "tile/entries/000"],
)  # fmt: skip
def test_any_other_path_is_no_tile(path):
    with pytest.raises(ValueError, match="not a tile"):
        read_path(path)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 1024, 1500])
def test_proofs_made_from_tiles_hold(size):
    node = nodes(MANY[:size])
    files = {
        one: b"".join(node(8 * one.level, one.first + n) for n in range(one.width)) for one in tiles_of(size)
    }
    fetched = []
    read = nodes_of(lambda tile: (fetched.append(tile), files[tile])[1], size)
    for index in {0, size // 2, size - 1}:
        check_inclusion(MANY[index], index, size, inclusion(read, index, size), root_of(MANY[:size]))
    for old in {1, size // 2, size - 1, size} - {0}:
        check_consistency(old, size, consistency(read, old, size), root_of(MANY[:old]), root_of(MANY[:size]))
    assert len(fetched) == len(set(fetched))


def test_a_tile_of_the_wrong_length_and_a_subtree_that_is_not_full_are_refused():
    with pytest.raises(ValueError, match="is not 5 hashes"):
        nodes_of(lambda _: bytes(31), 5)(0, 0)
    with pytest.raises(ValueError, match="no such subtree"):
        tile_of(3, 0, 7)


@given(st.lists(st.binary(max_size=600), max_size=20))
def test_a_bundle_reads_back_as_its_leaves_and_breaks_nowhere_unnoticed(leaves):
    data = bundle(leaves)
    assert read_bundle(data) == leaves
    if leaves:
        with pytest.raises(ValueError, match="breaks off"):
            read_bundle(data[:-1])
    with pytest.raises(ValueError, match="too long"):
        bundle([bytes(65536)])


def test_a_leaf_never_passes_for_a_node():
    assert root_of(LEAVES[:2]) != leaf_hash(LEAVES[0] + LEAVES[1])


def test_the_published_leaf_has_the_published_hash():
    told = json.loads((VECTORS / "minqing_trust.json").read_text())["commit"]
    assert leaf_hash(told["leaf"].encode()).hex() == told["leaf_hash"]
