"""What a slip proves: promise at once, proof when its hour has come, and nothing that tells an accusation from any other word."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

import sealed
from logs import verify
from makers import AT, County, county, register
from minqing.kernel.ids import uuid7
from minqing.methods import tree
from minqing.record.facts.commands import relay
from minqing.record.log import queries as log
from minqing.record.log.commands import hand_in, sign_head
from minqing.record.log.rules import HAND_OVER, may_prove, proved_from
from minqing.work.intake.queries import moment_of

pytestmark = pytest.mark.django_db(transaction=True)
SAID = {False: "上湾村三组的自来水停了两天。", True: "上湾村的支书克扣了低保款项"}
QR = re.compile(r"<svg.*?</svg>|[A-Za-z0-9+/]{43,}=*|[0-9a-f-]{36}", re.DOTALL)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, settings: Any) -> County:
    settings.MINQING_CLUES_LOGGED = True
    at(monkeypatch, AT)
    made = county()
    sign_head(at=AT)
    return made


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setenv("MINQING_NOW", moment.isoformat())
    cache.clear()


def clues_side(moment: datetime) -> None:
    """What the clues side does in the step after: its leaves, real and decoys, go to the log."""
    for (slip,) in sealed.as_owner("SELECT slip FROM clues_clue"):
        hand_in(fact_id=uuid7(), leaf=moment_of(bytes(slip)).leaf)
    relay({}, at=moment)
    sign_head(at=moment)


def opened(code: str) -> Client:
    client = Client()
    assert client.post("/status", {"receipt": code}).status_code == 303
    return client


def page(client: Client) -> str:
    """The slip's own page with what differs from slip to slip by chance left out."""
    text = client.get("/status/page").content.decode()
    return re.sub(r"\d{3,}", "#", QR.sub("@", text))


def checked(text: str, folder: Any, capsys: Any) -> tuple[int, str]:
    (folder / "slip").write_text(text)
    code = verify.main(["slip", str(folder / "slip"), "--key", str(log.key()), "--lang", "en"])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("accuses", [False, True])
def test_the_promise_is_there_at_once_and_the_proof_after_the_next_hour(
    here: County, monkeypatch: Any, tmp_path: Any, capsys: Any, accuses: bool
) -> None:
    told = register(SAID[accuses], accuses=accuses)
    relay({}, at=AT)
    sign_head(at=AT + timedelta(seconds=2))
    first = opened(told.receipt).get("/status/slip").content.decode()
    promise, proof, _ = tree.read_slip(first)
    assert proof is None
    said = tree.read_promise(tree.read_note(promise).text)
    assert (said.leaf, said.at, said.within) == (told.leaf, int(AT.timestamp()), 86_400)
    assert checked(first, tmp_path, capsys)[0] == 0

    clues_side(AT + HAND_OVER)
    at(monkeypatch, proved_from(AT) - timedelta(seconds=1))
    assert tree.read_slip(opened(told.receipt).get("/status/slip").content.decode())[1] is None
    assert Client().get(f"/log/proof/{told.leaf.hex()}").status_code == 404
    at(monkeypatch, proved_from(AT))
    then = opened(told.receipt).get("/status/slip").content.decode()
    assert tree.read_slip(then)[0] == promise
    code, out = checked(then, tmp_path, capsys)
    assert code == 0
    assert "is in the log of" in out
    assert Client().get(f"/log/proof/{told.leaf.hex()}").status_code == 200


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_accusations_slip_is_no_different_before_and_after(
    here: County, monkeypatch: Any, lang: str
) -> None:
    slips = [register(SAID[accuses], accuses=accuses) for accuses in (False, True)]
    relay({}, at=AT)
    sign_head(at=AT + timedelta(seconds=2))
    clues_side(AT + HAND_OVER)
    for moment in (AT + timedelta(minutes=5), proved_from(AT) - timedelta(minutes=1), proved_from(AT)):
        at(monkeypatch, moment)
        clients = [opened(told.receipt) for told in slips]
        for client in clients:
            client.cookies["lang"] = lang
        files = [json.loads(client.get("/status/slip").content) for client in clients]
        assert [len(str(one["receipt_promise"])) for one in files] == [len(files[0]["receipt_promise"])] * 2
        assert {one["tlog_proof"] is None for one in files} == {moment < proved_from(AT)}
        assert files[0]["checkpoint"] == files[1]["checkpoint"]
        shown = [page(client) for client in clients]
        assert shown[0] == shown[1]
        by_hash = [Client().get(f"/log/proof/{told.leaf.hex()}").status_code for told in slips]
        assert by_hash[0] == by_hash[1]


def test_on_paper_and_by_api_both_carry_the_same_parts(here: County) -> None:
    promises, papers = [], []
    for accuses in (False, True):
        given = {"text": SAID[accuses], "kind": "report" if accuses else "help"}
        told = Client().post("/api/v1/demands", given, content_type="application/json").json()
        promises.append(tree.read_promise(tree.read_note(told["receipt_promise"]).text))
        asked = {"receipt": told["receipt"]}
        file = Client().post(
            "/api/v1/slips", asked, content_type="application/json", headers={"accept": "application/json"}
        )
        assert tree.read_slip(file.content.decode())[0] == told["receipt_promise"]
        html = Client().post("/api/v1/slips", asked, content_type="application/json").content.decode()
        papers.append(re.sub(r"\d{3,}", "#", re.sub(r"[0-9A-Z]{4}(-[0-9A-Z]{4})+", "#", QR.sub("@", html))))
    assert promises[0].at == promises[1].at == int(AT.timestamp())
    assert papers[0] == papers[1]
    assert "县里签了名的保证" in papers[0]


def test_while_the_clues_side_logs_nothing_no_slip_carries_a_proof(here: County, settings: Any) -> None:
    settings.MINQING_CLUES_LOGGED = False
    for accuses in (False, True):
        told = register(SAID[accuses], accuses=accuses)
        client = opened(told.receipt)
        assert client.get("/status/slip").status_code == 409
        assert "保证" not in client.get("/status/page").content.decode()
        given = {"text": SAID[accuses], "kind": "report" if accuses else "help"}
        answer = Client().post("/api/v1/demands", given, content_type="application/json").json()
        assert answer["receipt_promise"] is None


def test_a_repeat_is_promised_the_very_same(here: County) -> None:
    for accuses in (False, True):
        first = register(SAID[accuses], accuses=accuses, sender_key="same")
        again = register(SAID[accuses], accuses=accuses, sender_key="same", at=AT + timedelta(minutes=3))
        assert again.repeated
        assert (again.leaf, again.at) == (first.leaf, first.at)


def test_the_hour_of_a_leaf_without_a_fact_is_that_of_a_word_told_the_hour_before() -> None:
    for minute in range(0, 60, 7):
        told = AT.replace(minute=minute)
        opens = proved_from(told)
        for put in (told + timedelta(hours=1), opens - timedelta(seconds=1)):
            if put < opens and put.hour != told.hour:
                assert not may_prove(at=opens - timedelta(seconds=1), told_at=None, put_at=put)
                assert may_prove(at=opens, told_at=None, put_at=put)
        assert not may_prove(at=opens - timedelta(seconds=1), told_at=told, put_at=told)
        assert may_prove(at=opens, told_at=told, put_at=told)
