"""Promises of verify.py about several heads and about whole logs: forks, and whatever was done to a leaf, are named."""

import json
import zipfile

import pytest

from logs import AT, LEAVES, ORIGIN, SIZE, checker, export, head, node_of, promise, proof, whole_slip
from minqing.methods.tree import bundle, inclusion, nodes_of, slip, sm3


@pytest.fixture
def told(tmp_path, capsys):
    return checker(tmp_path, capsys)


# Compare


def test_two_roots_of_one_size_are_a_fork_and_the_evidence_is_written_out(told, tmp_path):
    code, out = told("compare", whole_slip(), head(root=bytes(32)))
    assert (code, "it was forked" in out) == (1, True)
    (kept,) = tmp_path.glob("fork-*.json")
    assert json.loads(kept.read_text())["checkpoints"] == [head(), head(root=bytes(32))]
    assert told("compare", kept)[0] == 1


def test_comparing_says_right_only_when_it_is_shown(told, tmp_path):
    assert told("compare", whole_slip(), proof(18))[0] == 0
    code, out = told("compare", whole_slip(), head(LEAVES[:40]))
    assert (code, "takes an export" in out) == (2, True)
    kept = export(tmp_path / "whole")
    assert told("compare", whole_slip(), head(LEAVES[:40]), kept)[0] == 0
    assert told("compare", head(LEAVES[:40]), head(LEAVES[:256]), kept)[0] == 0
    code, out = told("compare", head(LEAVES[1:41]), kept)
    assert (code, "computed from the export" in out) == (1, True)
    assert list(tmp_path.glob("fork-*.json"))
    assert told("compare", head([*LEAVES, b"more"]), kept)[0] == 2
    assert told("compare", head())[0] == 2
    assert told("compare", head(), head(origin=ORIGIN + "/sm3"))[0] == 1


def test_a_forked_head_that_no_witness_saw_is_held_against_its_log_all_the_same(told):
    code, out = told("compare", whole_slip(), head(root=bytes(32), witnesses=False))
    assert (code, "it was forked" in out) == (1, True)


def test_where_evidence_cannot_be_written_it_is_said_out_loud(told, tmp_path):
    code, out = told("compare", head(), head(root=bytes(32)), more=("--out", str(tmp_path / "nowhere")))
    assert (code, json.dumps(head(root=bytes(32)), ensure_ascii=False) in out) == (1, True)


def test_what_a_slip_was_promised_is_looked_for_in_the_whole_log(told, tmp_path):
    kept = export(tmp_path / "whole")
    early = slip(promise(at=AT - 90_000), None, head(LEAVES[:9]))
    code, out = told("compare", early, kept)
    assert (code, f"leaf 17 (counted from 0) is in the log of {SIZE}" in out) == (0, True)
    short = export(tmp_path / "short", LEAVES[:17])
    code, out = told("compare", early, short)
    assert (code, "this is evidence, keep both" in out) == (1, True)
    code, out = told("compare", slip(promise(at=AT - 60), None, head(LEAVES[:9])), short)
    assert (code, "not in this export" in out) == (2, True)
    unseen = export(tmp_path / "unseen", LEAVES[:17], checkpoint=head(LEAVES[:17], witnesses=False).encode())
    code, out = told("compare", early, unseen)
    assert (code, "not in this export" in out) == (2, True)


# The whole log


def test_a_whole_log_is_right_as_a_folder_and_as_a_zip(told, tmp_path):
    folder = export(
        tmp_path / "whole", **{"sm3/checkpoint": head(LEAVES[:300], ORIGIN + "/sm3", h=sm3).encode()}
    )
    code, out = told("export", folder)
    assert (code, f"{SIZE} leaves of 5 subjects" in out, "first 300 leaves agree in the SM3" in out) == (
        0,
        True,
        True,
    )
    with zipfile.ZipFile(tmp_path / "whole.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            packed.write(path, path.relative_to(folder).as_posix())
    assert told("export", tmp_path / "whole.zip")[0] == 0
    raw = (tmp_path / "whole.zip").read_bytes()
    assert told("export", raw[: len(raw) // 2])[0] == 2


FIRST = "tile/entries/000"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({FIRST: bundle([*LEAVES[:7], LEAVES[7].replace(b'"v":1', b'"v":2'), *LEAVES[8:256]])}, "leaf 7 is not what was hashed"),
        ({FIRST: bundle([*LEAVES[:7], LEAVES[8], LEAVES[7], *LEAVES[9:256]])}, "leaf 8 is not what was hashed"),
        ({FIRST: bundle([*LEAVES[:7], *LEAVES[8:256]])}, "missing or torn from leaf 255"),
        ({FIRST: bundle(LEAVES[:256])[:-1]}, "missing or torn from leaf 255"),
        ({FIRST: None}, "missing or torn from leaf 0"),
        ({"tile/0/001": None}, "missing, or of the wrong length: tile/0/001"),
        ({"tile/1/000.p/2": bytes(64)}, "hashes in between do not agree: tile/1/000.p/2"),
        ({"checkpoint": head(root=bytes(32)).encode()}, "not the signed one"),
        ({"sm3/checkpoint": head(origin=ORIGIN + "/sm3").encode()}, "the SM3 root does not agree"),
    ],
    ids=["altered", "swapped", "deleted", "torn", "gone", "no tile", "other tile", "other root", "other sm3"],
)  # fmt: skip
def test_what_was_done_to_a_log_is_named_with_its_place(told, tmp_path, changes, said):
    code, out = told("export", export(tmp_path / "whole", **changes))
    assert (code, said in out) == (1, True), out


def test_a_subjects_chain_that_breaks_is_named_though_every_hash_fits(told, tmp_path):
    leaves = [*LEAVES[:30], *LEAVES[35:]]
    code, out = told("export", export(tmp_path / "whole", leaves))
    assert (code, "leaf 30 does not follow the one before of its subject" in out) == (1, True)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257])
def test_logs_of_every_shape_are_read(told, tmp_path, size):
    assert told("export", export(tmp_path / "whole", LEAVES[:size]))[0] == 0


def test_an_export_without_a_head_cannot_be_read(told, tmp_path):
    assert told("export", export(tmp_path / "whole", checkpoint=None))[0] == 2


def test_it_and_the_house_walk_the_same_tiles(tmp_path):
    folder = export(tmp_path / "whole")
    node = nodes_of(lambda tile: (folder / tile.path).read_bytes(), SIZE)
    assert inclusion(node, 17, SIZE) == inclusion(node_of(LEAVES), 17, SIZE)
