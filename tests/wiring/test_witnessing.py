"""The county asks its witnesses: keeps what holds, counts what does not, and waits for nobody."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client

from minqing.ground.law.queries import now
from minqing.kernel.ids import uuid7
from minqing.methods import tree
from minqing.record.log.commands import append, keep_cosignature, note_witness, sign_head
from minqing.record.log.commands.witnessed import NoCosignature
from minqing.record.log.models import Checkpoint, Cosignature, Leaf, Witness
from minqing.record.log.queries import (
    WitnessLine,
    key,
    newest_head,
    policy,
    released_head,
    size,
    witnesses,
)
from minqing.record.log.rules import BadPolicy, Entry, WitnessTrouble
from minqing.wiring import cli, home
from minqing.wiring.cli import check
from minqing.wiring.witness import judging
from minqing.wiring.witness.keeping import make
from minqing.wiring.witness.serving import Server
from minqing.wiring.witnessing import Rounds, ask, due, hand_over, hand_over_now
from wiring.witnessing import Says, cosigning, real

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 30, 1, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


def grow(count: int, at: datetime = AT, story: str = "a") -> None:
    told = [{"h": story, "n": size() + n, "t": "step", "v": 1} for n in range(count)]
    with transaction.atomic():
        append([Entry(uuid7(), json.dumps(one).encode(), at) for one in told])
    sign_head(at=at)


def set_back(to: int) -> None:
    """What a restore of yesterday's backup does, seen from the database."""
    leaves = [
        bytes(leaf) for leaf in Leaf.objects.filter(idx__lt=to).order_by("idx").values_list("leaf", flat=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE log_leaf, log_checkpoint, log_cosignature, log_state, log_tile, log_witness")
    with transaction.atomic():
        append([Entry(uuid7(), leaf, AT) for leaf in leaves])
    (Path(settings.MINQING_SIGNER) / "high-water").unlink()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Callable[[str], Server]]:
    servers: list[Server] = []

    def start(name: str, ml_dsa: bool = False) -> Server:
        make(tmp_path / name, f"{name}.example/w", ml_dsa=ml_dsa)
        witness = judging.Witness(tmp_path / name)
        witness.book.trust(key())
        server = Server("127.0.0.1", 0, witness)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def address(server: Any) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


@pytest.fixture
def name_them(settings: Any, tmp_path: Path) -> Callable[..., None]:
    def write(*lines: str) -> None:
        path = tmp_path / "log.policy"
        path.write_text("".join(f"{line}\n" for line in lines))
        settings.MINQING_LOG_POLICY = str(path)

    return write


def line_of(name: str, server: Server) -> str:
    return f"witness {name} {server.witness.signer.key} {address(server)}"


@pytest.fixture
def two(running: Callable[..., Server], name_them: Callable[..., None]) -> list[Server]:
    """A notary and the congress office (of the newer kind of key); both must sign."""
    servers = [running("npc", True), running("notary")]
    name_them(
        line_of("npc", servers[0]), line_of("notary", servers[1]), "group both all npc notary", "quorum both"
    )
    return servers


def test_without_a_policy_nobody_is_asked_and_nothing_starts() -> None:
    grow(3)
    assert witnesses(at=AT) is None and due(AT) is None
    assert Rounds().begin(AT) == [] and hand_over_now(AT) == []


def test_each_witness_signs_what_holds_and_the_quorum_is_met(two: list[Server]) -> None:
    for count in (5, 300, 17):
        grow(count)
        before = witnesses(at=AT)
        assert before is not None and not before.newest
        after = hand_over_now(AT)
        assert [(one.name, one.size, one.known, one.error) for one in after] == [
            ("npc", size(), size(), ""), ("notary", size(), size(), "")
        ]  # fmt: skip
        assert all(one.age_s is not None and one.age_s < 300 for one in after)
        found = witnesses(at=AT)
        assert found is not None and found.newest
    head = newest_head()
    assert head is not None and {name for name, _ in head.witnesses} == {"npc", "notary"}
    note = tree.read_note(head.note)
    assert len(policy().check(note, head.origin)) == 3
    assert policy().urls == {}, "where they are asked is not published"


def test_one_of_two_is_not_enough_and_dead_ones_are_counted(two: list[Server]) -> None:
    grow(5)
    two[0].shutdown()
    two[0].server_close()
    for again in (1, 2):
        dead, alive = hand_over_now(AT)
        assert (dead.error, dead.failures, dead.size) == (WitnessTrouble.NO_ANSWER, again, None)
        assert (alive.error, alive.failures, alive.size) == ("", 0, 5)
    found = witnesses(at=AT)
    assert found is not None and not found.newest


def test_the_published_head_is_handed_over_once_an_hour(two: list[Server]) -> None:
    grow(5, AT)
    grow(4, AT + timedelta(minutes=30))
    grow(2, AT + timedelta(minutes=70))
    at = AT + timedelta(minutes=80)  # 10:40; published is what was signed before 10:00
    published = released_head(at=at)
    assert published is not None and published.size == 9
    wanted = due(at)
    assert wanted is not None and wanted[0].size == 9
    for line in wanted[1]:
        assert hand_over(line, wanted[0]) == ""
    found = witnesses(at=at)
    assert found is not None and (found.newest, found.released) == (False, True)
    assert due(at + timedelta(minutes=15)) == (released_head(at=at), [])
    later = due(at + HOUR)
    assert later is not None and (later[0].size, len(later[1])) == (11, 2)


def test_who_saw_a_newer_head_is_left_in_peace_and_who_failed_gets_a_pause(two: list[Server]) -> None:
    grow(5, AT)
    grow(4, AT + HOUR)
    assert all(one.size == 9 for one in hand_over_now(AT + HOUR))
    assert due(AT + HOUR) == (released_head(at=AT + HOUR), [])
    two[1].shutdown()
    two[1].server_close()
    grow(1, AT + HOUR)
    hand_over_now(AT + HOUR)
    wanted = due(AT + 2 * HOUR)
    assert wanted is not None and wanted[1] == [], "the one has signed, the other failed a moment ago"
    Witness.objects.filter(name="notary").update(tried_at=datetime.now(UTC) - timedelta(minutes=2))
    wanted = due(AT + 2 * HOUR)
    assert wanted is not None and [line.name for line in wanted[1]] == ["notary"]


def test_what_it_knows_is_asked_only_when_we_forgot(two: list[Server]) -> None:
    grow(5)
    hand_over_now(AT)
    Witness.objects.update(known=0)
    grow(4)
    assert [one.size for one in hand_over_now(AT)] == [9, 9], "409 tells the size, the second try fits"
    Witness.objects.update(known=2)
    grow(4)
    assert [one.size for one in hand_over_now(AT)] == [13, 13]


@pytest.mark.django_db(transaction=True)
def test_T5_a_log_set_back_gets_no_signature_and_is_told_of_it(two: list[Server]) -> None:
    grow(30)
    hand_over_now(AT)
    set_back(20)
    sign_head(at=AT)  # on a machine without the signer's memory
    for one in hand_over_now(AT):
        assert (one.error, one.size, one.known) == (WitnessTrouble.AHEAD, None, 30)
    grow(10, story="other")
    assert [one.error for one in hand_over_now(AT)] == [WitnessTrouble.FORK] * 2
    grow(5, story="other")
    assert [one.error for one in hand_over_now(AT)] == [WitnessTrouble.FORK] * 2
    assert not Cosignature.objects.exists()
    assert all([name[:5] for name in server.witness.evidence()] == ["doubt", "fork-"] for server in two)


def test_a_signature_once_kept_stays(two: list[Server]) -> None:
    grow(5)
    hand_over_now(AT)
    (row, _) = Cosignature.objects.order_by("name")
    hand_over_now(AT + HOUR)
    assert Cosignature.objects.count() == 2
    for change in (
        lambda: Cosignature.objects.filter(name=row.name).update(line="x"),
        lambda: Cosignature.objects.filter(name=row.name).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_what_does_not_hold_is_not_kept(two: list[Server]) -> None:
    grow(5)
    head = newest_head()
    assert head is not None
    other = str(tree.Checkpoint(head.origin, 5, b"\x07" * 32))
    cases: list[tuple[int, Callable[[str], str], WitnessTrouble]] = [
        (200, lambda _: "", WitnessTrouble.BAD_ANSWER),
        (200, lambda _: "<html>" * 20_000, WitnessTrouble.BAD_ANSWER),
        (200, cosigning(two[0], real()), WitnessTrouble.BAD_ANSWER),  # the other witness's
        (200, cosigning(two[1], real(), other), WitnessTrouble.BAD_ANSWER),
        (200, cosigning(two[1], real() + 900), WitnessTrouble.CLOCK),
        (200, cosigning(two[1], 0), WitnessTrouble.CLOCK),
        (403, lambda _: "", WitnessTrouble.NOT_OURS),
        (404, lambda _: "", WitnessTrouble.NOT_ADDED),
        (409, lambda _: "many\n", WitnessTrouble.BAD_ANSWER),
        (409, lambda _: "3\n", WitnessTrouble.BAD_ANSWER),
        (409, lambda _: "9999\n", WitnessTrouble.AHEAD),
        (409, lambda _: "5\n", WitnessTrouble.FORK),  # C2SP: same size, another root
        (422, lambda _: "", WitnessTrouble.FORK),
        (500, lambda _: "", WitnessTrouble.NO_ANSWER),
        (302, lambda _: "", WitnessTrouble.NO_ANSWER),
    ]
    for number, (status, text, trouble) in enumerate(cases, 1):
        with Says(status, text) as fake:
            assert hand_over(WitnessLine("notary", address(fake.server)), head) == trouble, (status, number)
            assert len(fake.asked) <= 2
        row = Witness.objects.get(name="notary")
        assert (row.error, row.failures) == (trouble, number)
    assert not Cosignature.objects.exists()
    with Says(200, cosigning(two[1], real())) as fake:
        assert hand_over(WitnessLine("notary", address(fake.server)), head) == ""
    assert Witness.objects.get(name="notary").failures == 0
    with pytest.raises(NoCosignature):
        keep_cosignature(name="npc", size=5, lines=Cosignature.objects.get().line, at=datetime.now(UTC))


@pytest.mark.parametrize(
    "url", ["ftp://x/", "http://", "http://127.0.0.1:99999", "file:///etc/passwd", "nonsense"]
)
def test_a_bad_address_is_an_answer_that_never_came(two: list[Server], url: str) -> None:
    grow(1)
    head = newest_head()
    assert head is not None
    assert hand_over(WitnessLine("notary", url), head) == WitnessTrouble.NO_ANSWER
    assert hand_over(WitnessLine("npc", ""), head) == WitnessTrouble.NO_ADDRESS


def test_who_answers_one_octet_at_a_time_is_cut_off() -> None:
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        line, _ = listener.accept()
        with line:
            line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            try:
                for _ in range(400):
                    if over.wait(0.05):
                        break
                    line.sendall(b"x")
            except OSError:
                return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    with pytest.raises(TimeoutError):
        ask(f"http://127.0.0.1:{listener.getsockname()[1]}", "old 0\n", within_s=0.4)
    over.set()
    thread.join(60)
    listener.close()


@pytest.mark.django_db(transaction=True)
def test_the_worker_waits_for_no_witness(two: list[Server], name_them: Callable[..., None]) -> None:
    """One that takes the call and never answers, beside one that does."""
    grow(5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        name_them(
            f"witness npc {two[0].witness.signer.key} http://127.0.0.1:{silent.getsockname()[1]}",
            line_of("notary", two[1]),
            "group one any npc notary",
            "quorum one",
        )
        rounds = Rounds()
        started = rounds.begin(AT)
        assert len(started) == 2
        started[1].join(60)
        assert started[0].is_alive(), "begin came back while one still waits"
        assert rounds.begin(AT) == [], "the silent one is not called twice at once, the other has signed"
        found = witnesses(at=AT)
        assert found is not None and found.released
    for thread in started:
        thread.join(60)
    assert Witness.objects.get(name="npc").error == WitnessTrouble.NO_ANSWER


@pytest.mark.parametrize("text", ["quorum\n", "witness a b\nquorum a\n", "witness a\n", "\x00", ""])
def test_a_policy_that_cannot_be_read_stops_nothing_else(
    name_them: Callable[..., None], text: str, client: Client
) -> None:
    name_them(text)
    grow(3)
    with pytest.raises(BadPolicy):
        witnesses(at=AT)
    rounds = Rounds()
    assert rounds.begin(AT) == [] and rounds.begin(AT) == []
    assert client.get("/log/checkpoint").status_code == 200
    assert client.get("/log/log.policy").status_code == 503


def test_minqing_log_witness_hands_over_and_tells(two: list[Server], capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("MINQING_LANG", "zh")
    grow(5, now() - HOUR)
    assert run(capsys, "--look")[0] == 1
    code, told = run(capsys)
    assert (code, told["size"], told["quorum"], told["released"]) == (0, 5, True, True)
    assert [(one["name"], one["size"], one["error"]) for one in told["witnesses"]] == [
        ("npc", 5, ""),
        ("notary", 5, ""),
    ]
    two[0].shutdown()
    two[0].server_close()
    grow(1, now())
    assert cli.main(["log", "witness"]) == 1
    assert "没有回应 ×1" in capsys.readouterr().out


def run(capsys: Any, *words: str) -> tuple[int, Any]:
    code = cli.main(["log", "witness", "--json", *words])
    return code, json.loads(capsys.readouterr().out)


def test_minqing_log_witness_without_a_policy_says_what_to_read() -> None:
    assert cli.main(["log", "witness"]) == 2
    assert not Checkpoint.objects.exists()


def test_check_tells_of_witnesses_without_asking_them(
    two: list[Server], name_them: Callable[..., None], settings: Any, tmp_path: Path
) -> None:
    def state() -> str:
        (found,) = check._witnesses(home.current())
        return found.state

    grow(5, now() - HOUR)
    assert state() == "warn"
    hand_over_now(now())
    assert state() == "ok"
    note_witness(name="npc", known=9, error=WitnessTrouble.AHEAD, at=now())
    assert state() == "bad"
    name_them("nonsense")
    assert state() == "bad"
    settings.MINQING_LOG_POLICY = str(tmp_path / "nothing")
    assert state() == "ok"
