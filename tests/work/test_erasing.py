"""Erasing: asked with the code, thirty days, two persons; the words cannot be had again, the log still verifies, the skeleton stays."""

import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connection

import makers
from doors.office import seat
from makers import AT, County, register
from minqing.charter import Role
from minqing.kernel.errors import NotAllowed
from minqing.means.files.commands import keep_sealed
from minqing.means.search.commands import put
from minqing.methods import tree
from minqing.record.facts.commands import relay
from minqing.record.facts.models import Fact
from minqing.record.facts.queries import facts_about, first_leaf, is_erased, verify
from minqing.record.log import queries as log
from minqing.record.log.commands import sign_head
from minqing.wiring import home
from minqing.wiring.postgres import binaries
from minqing.work.cases import commands as cases
from minqing.work.cases import jobs as case_jobs
from minqing.work.cases.models import Case, Reply, Talk
from minqing.work.cases.queries import status_of
from minqing.work.erasing import commands as erasing
from minqing.work.erasing import jobs
from minqing.work.erasing.models import Erasure
from minqing.work.erasing.queries import erasures_for, months, standing_of
from minqing.work.erasing.rules import (
    AskedAlready,
    ErasureState,
    Ground,
    NothingAsked,
    StillKept,
    StillOpen,
    TooSoon,
    TwoPersons,
)
from minqing.work.intake.models import Demand
from minqing.work.judgement.models import Verdict
from work import casework
from work.casework import resident

pytestmark = pytest.mark.django_db(transaction=True)
MARK = "暗号青蛙七号"
PHONE = "13900000077"
LATER = datetime(2029, 9, 1, 9, 0, tzinfo=AT.tzinfo)
"""More than thirty-six months after the end of the matter."""


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> County:
    settings.MINQING_FILES = tmp_path / "files"
    settings.MINQING_FILES.mkdir()
    go_to(monkeypatch, AT)
    made = makers.county()
    for name, role in (("secadmin", Role.SECADMIN), ("auditor", Role.AUDITOR)):
        seat(made, name, "government", role)
    return made


def go_to(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setenv("MINQING_NOW", moment.isoformat())
    cache.clear()


def ended(here: County) -> tuple[UUID, Case]:
    """A matter with the mark wherever words can stand, answered, judged and over."""
    told = register(f"{MARK}，水管裂了", name=f"林{MARK}", phone=PHONE, address=MARK, title=MARK, word="2468")
    keep_sealed(
        owner=f"demand:{told.demand_id}",
        content=MARK.encode(),
        name=f"{MARK}.eml",
        media="message/rfc822",
        at=AT,
    )
    case = casework.accepted(here, demand_id=told.demand_id, title=MARK)
    by = resident(told.demand_id)
    cases.say(by=by, case_id=case.pk, at=AT, text=MARK)
    cases.talk_case(by=here["handler"], case_id=case.pk, at=AT, text=MARK, demand_id=told.demand_id)
    cases.reply_case(
        by=here["handler"], case_id=case.pk, at=AT, kind="answer", outcome="support", text=f"{MARK}修好了",
        **casework.OPINION | {"reasons": MARK, "facts": MARK, "request": MARK},
    )  # fmt: skip
    cases.serve_case(by=here["handler"], case_id=case.pk, at=AT, way="by_hand", on=AT.date())
    cases.give_verdict(by=by, case_id=case.pk, at=AT, solved="yes", explained="yes", words=MARK)
    put(id=case.pk, kind="case", text=MARK, created_at=AT)
    case_jobs.lapse(AT + timedelta(days=45))
    relay({}, at=AT + timedelta(days=46))
    sign_head(at=AT + timedelta(days=46))
    return told.demand_id, Case.objects.get(pk=case.pk)


def erased(here: County, monkeypatch: Any, demand_id: UUID) -> Erasure:
    go_to(monkeypatch, LATER)
    row = erasing.ask_erasure(by=resident(demand_id), at=LATER)
    done = LATER + timedelta(days=30)
    go_to(monkeypatch, done)
    for who in ("secadmin", "auditor"):
        row = erasing.agree_erasure(by=here[who], erasure_id=row.pk, at=done, proved_at=done)
    relay({}, at=done)
    sign_head(at=done)
    return row


def dumped() -> str:
    """Everything in the database, as text, read by the owner of the tables."""
    owner = urlsplit(home.current().owner_url())._replace(path=f"/{connection.settings_dict['NAME']}")
    command = [binaries.tool("pg_dump", 15), "--data-only", "--dbname", owner.geturl()]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_what_was_said_and_who_said_it_is_in_no_table_and_no_dump(here: County, monkeypatch: Any) -> None:
    demand_id, _case = ended(here)
    before = dumped()
    assert before.count(MARK) > 8
    key = bytes(Demand.objects.raw("SELECT id, key FROM facts_subject WHERE id = %s", [demand_id])[0].key)
    blobs = [path for path in Path(home.current().path).rglob("*") if path.is_file()]
    assert blobs
    erased(here, monkeypatch, demand_id)
    after = dumped()
    assert [line[:200] for line in after.splitlines() if MARK in line or MARK.encode().hex() in line] == []
    assert PHONE not in after
    assert key.hex() not in after
    assert is_erased(demand_id)


def test_every_proof_still_holds_and_the_check_says_erased_not_altered(
    here: County, monkeypatch: Any
) -> None:
    demand_id, _case = ended(here)
    leaf = first_leaf(demand_id)
    erased(here, monkeypatch, demand_id)
    verdict = verify(full=True)
    assert verdict.findings == []
    assert verdict.erased == Fact.objects.filter(about_id=demand_id).count() > 0
    place, head = log.place_of(leaf), log.newest_head()
    assert place is not None and head is not None
    proof = log.proof_of(place, head)
    tree.check_inclusion(leaf, proof.index, head.size, proof.path, head.root)
    done = Erasure.objects.get()
    last = facts_about(done.pk)[-1]
    assert (last.kind, last.body["index"], last.body["basis"]) == ("erase.personal", place, "pipl.47")


def test_the_skeleton_stays(here: County, monkeypatch: Any) -> None:
    demand_id, case = ended(here)
    steps = [(one.kind, one.at) for one in facts_about(case.pk)]
    clocks = status_of(demand_id).clocks
    erased(here, monkeypatch, demand_id)
    now = Case.objects.get(pk=case.pk)
    for name in (
        "number",
        "state",
        "kind",
        "place_path",
        "holder_id",
        "registered_at",
        "ended_at",
        "reopened",
    ):
        assert getattr(now, name) == getattr(case, name)
    assert [(one.kind, one.at) for one in facts_about(case.pk)] == steps
    assert [(one.key, one.due) for one in status_of(demand_id).clocks] == [
        (one.key, one.due) for one in clocks
    ]
    assert Verdict.objects.get(voice_id=demand_id, latest=True).solved == "yes"


def test_an_open_matter_and_one_that_must_be_kept_are_refused(here: County, monkeypatch: Any) -> None:
    case = casework.accepted(here)
    with pytest.raises(StillOpen):
        erasing.ask_erasure(by=resident(casework.voice(case)), at=AT)
    assert standing_of(casework.voice(case)).open
    demand_id, _ = ended(here)
    soon = AT + timedelta(days=400)
    go_to(monkeypatch, soon)
    with pytest.raises(StillKept):
        erasing.ask_erasure(by=resident(demand_id), at=soon)
    kept = standing_of(demand_id).kept
    assert kept is not None and "个人信息保护法" in kept.why


def test_two_persons_agree_after_thirty_days_and_one_alone_never(here: County, monkeypatch: Any) -> None:
    demand_id, _ = ended(here)
    go_to(monkeypatch, LATER)
    row = erasing.ask_erasure(by=resident(demand_id), at=LATER)
    with pytest.raises(AskedAlready):
        erasing.ask_erasure(by=resident(demand_id), at=LATER)
    early, ripe = LATER + timedelta(days=29), LATER + timedelta(days=30)
    with pytest.raises(TooSoon):
        erasing.agree_erasure(by=here["secadmin"], erasure_id=row.pk, at=early, proved_at=early)
    with pytest.raises(NotAllowed):
        erasing.agree_erasure(by=here["dispatcher"], erasure_id=row.pk, at=ripe, proved_at=ripe)
    erasing.agree_erasure(by=here["secadmin"], erasure_id=row.pk, at=ripe, proved_at=ripe)
    with pytest.raises(TwoPersons):
        erasing.agree_erasure(by=here["secadmin"], erasure_id=row.pk, at=ripe, proved_at=ripe)
    assert Demand.objects.get(pk=demand_id).text
    erasing.agree_erasure(by=here["auditor"], erasure_id=row.pk, at=ripe, proved_at=ripe)
    assert Demand.objects.get(pk=demand_id).text == ""
    assert standing_of(demand_id).state == ErasureState.ERASED
    with pytest.raises(NothingAsked):
        erasing.take_back_erasure(by=resident(demand_id), at=ripe)


def test_it_can_be_taken_back_until_the_end_and_asked_again(here: County, monkeypatch: Any) -> None:
    demand_id, _ = ended(here)
    go_to(monkeypatch, LATER)
    row = erasing.ask_erasure(by=resident(demand_id), at=LATER)
    ripe = LATER + timedelta(days=30)
    erasing.agree_erasure(by=here["secadmin"], erasure_id=row.pk, at=ripe, proved_at=ripe)
    erasing.take_back_erasure(by=resident(demand_id), at=ripe)
    with pytest.raises(NothingAsked):
        erasing.agree_erasure(by=here["auditor"], erasure_id=row.pk, at=ripe, proved_at=ripe)
    assert erasing.ask_erasure(by=resident(demand_id), at=ripe).first_id is None
    assert [(one.asked, one.taken_back) for one in months(since=AT)] == [(1, 1), (1, 0)] or len(
        months(since=AT)
    ) == 1


def test_what_came_alive_again_meanwhile_is_not_erased(here: County, monkeypatch: Any) -> None:
    demand_id, case = ended(here)
    go_to(monkeypatch, LATER)
    row = erasing.ask_erasure(by=resident(demand_id), at=LATER)
    ripe = LATER + timedelta(days=30)
    cases.give_verdict(by=resident(demand_id), case_id=case.pk, at=LATER, solved="no", explained="yes")
    with pytest.raises(StillOpen):
        erasing.agree_erasure(by=here["secadmin"], erasure_id=row.pk, at=ripe, proved_at=ripe)


def test_a_joint_case_keeps_what_belongs_to_the_others(here: County, monkeypatch: Any) -> None:
    demand_id, case = ended(here)
    other = register("我家也停水", name="周小河", phone="13900000031").demand_id
    Case.objects.filter(pk=case.pk)
    link = case.links.get(demand_id=demand_id)
    type(link).objects.create(case_id=case.pk, demand_id=other, joined_at=AT)
    erased(here, monkeypatch, demand_id)
    assert Reply.objects.filter(case_id=case.pk, text__contains="修好了").exists()
    assert not Talk.objects.filter(demand_id=demand_id).exclude(text="").exists()
    assert Demand.objects.get(pk=other).text == "我家也停水"


def test_after_ten_years_it_is_put_before_the_two_unasked_and_nobody_can_hold_it(
    here: County, monkeypatch: Any, assert_flat: Any
) -> None:
    demand_id, _ = ended(here)
    go_to(monkeypatch, LATER)
    assert jobs.expire(LATER) == 0
    old = datetime(2036, 12, 1, 9, 0, tzinfo=AT.tzinfo)
    go_to(monkeypatch, old)
    assert (jobs.expire(old), jobs.expire(old)) == (1, 0)
    row = Erasure.objects.get()
    assert (row.ground, row.demand_id) == (Ground.EXPIRED, demand_id)
    with pytest.raises(NothingAsked):
        erasing.take_back_erasure(by=resident(demand_id), at=old)
    (line,) = erasures_for(here["auditor"])
    assert (line.ready, line.mine) == (False, False)

    def more(n: int) -> None:
        for _ in range(n):
            case = casework.served(here)
            erasing.wait_for(demand_id=casework.voice(case), ground=Ground.EXPIRED, at=old)

    auditor = here["auditor"]
    assert_flat(make=more, look=lambda: erasures_for(auditor, today=old.date()), many=3)
