"""The log as everybody may have it: only what is released, byte for byte what verify.py reads."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from minqing.doors.public.log import VERIFIER
from minqing.kernel.ids import uuid7
from minqing.methods import tree
from minqing.methods.tree.spoken import spoken
from minqing.record.facts.commands import open_subject, record, relay
from minqing.record.log.commands import sign_head
from minqing.record.log.models import Leaf

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 30, 1, 50, tzinfo=UTC)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    """A log of 300 leaves released at the full hour, and 5 more that are signed but not released yet."""
    monkeypatch.setenv("MINQING_NOW", (AT + timedelta(minutes=15)).isoformat())
    put(300, AT)
    put(5, AT + timedelta(minutes=11))
    return Client()


def put(count: int, at: datetime) -> None:
    case = uuid7()
    open_subject(case)
    for _ in range(count):
        record(kind="case.talked", about=case, by=None, at=at)
    relay({}, at=at)
    sign_head(at=at)


def read(client: Client, path: str) -> Any:
    answer = client.get(f"/log/{path}")
    assert answer.status_code == 200, (path, answer.status_code)
    return answer


def test_the_released_head_is_that_of_the_hour_before_and_signed(client: Client) -> None:
    note = tree.read_note(read(client, "checkpoint").content.decode())
    policy = tree.read_policy(read(client, "log.policy").content.decode())
    head = tree.read_checkpoint(note.text)
    assert head.size == 300 and policy.check(note, head.origin)


def test_the_tiles_of_the_released_tree_give_its_root(client: Client) -> None:
    head = tree.read_checkpoint(tree.read_note(read(client, "checkpoint").content.decode()).text)
    leaves: list[bytes] = []
    for tile in tree.tiles_of(300):
        hashes = read(client, tile.path).content
        if tile.level == 0:
            leaves += tree.read_bundle(read(client, tile.entries).content)
            assert b"".join(tree.leaf_hashes(leaves[tile.first :])) == hashes
    assert tree.root_of(tree.leaf_hashes(leaves)) == head.root
    assert "immutable" in read(client, "tile/0/000")["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "0/001.p/45",
        "entries/001.p/45",
        "0/001",
        "0/002",
        "9/000",
        "0/1",
        "x",
        "entries/abc",
        "0/001.p/0",
        "-1/000",
    ],
)
def test_what_is_not_released_or_no_tile_is_not_there(client: Client, path: str) -> None:
    assert client.get(f"/log/tile/{path}").status_code == 404


def test_a_leaf_is_proved_to_who_knows_its_hash_once_its_hour_has_come(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaf = bytes(Leaf.objects.get(idx=302).leaf)
    path = f"/log/proof/{tree.leaf_hash(leaf).hex()}"
    assert client.get(path).status_code == 404
    monkeypatch.setenv("MINQING_NOW", (AT + timedelta(minutes=130)).isoformat())
    answer = client.get(path)
    proof = tree.read_proof(answer.content.decode())
    head = tree.read_checkpoint(tree.read_note(proof.checkpoint).text)
    tree.check_inclusion(tree.leaf_hash(leaf), proof.index, head.size, proof.path, head.root)
    assert head.size == 305 and answer["Cache-Control"] == "no-store"
    assert client.get(f"/log/proof/{'0' * 64}").status_code == 404
    assert client.get("/log/proof/xyz").status_code == 404


def test_the_page_shows_the_released_head_and_where_to_check_it(client: Client) -> None:
    page = client.get("/log").content.decode()
    head = tree.read_checkpoint(tree.read_note(read(client, "checkpoint").content.decode()).text)
    assert head.root.hex()[:16] in page and ">300<" in page and "/log/verify.py" in page
    assert read(client, "verify.py").content == VERIFIER.read_bytes()


def test_the_sheet_for_the_village_says_the_same_head_in_eight_signs(client: Client) -> None:
    head = tree.read_checkpoint(tree.read_note(read(client, "checkpoint").content.decode()).text)
    page, signs = client.get("/log/sheet").content.decode(), spoken(head.root)
    assert (
        all(f"<span>{sign}</span>" in page for sign in signs)
        and head.root.hex()[:16] in page
        and "<svg" in page
    )
    assert signs in client.get("/log").content.decode()


def test_a_county_without_a_log_says_so(db: None) -> None:
    assert "还没有第一页" in Client().get("/log").content.decode()
    assert [Client().get(f"/log/{one}").status_code for one in ("checkpoint", "sheet")] == [404, 404]
