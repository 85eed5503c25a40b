"""A county's own rows of the law, by two persons; and the legal now."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from minqing.charter import Actor, Role, Seat
from minqing.ground.law import commands, queries, rules
from minqing.ground.law.commands import ArticleChange, DispatchChange, RuleChange, SchemeChange
from minqing.ground.law.rules import Mark, Source
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.methods.clock import CHINA
from minqing.wiring.cli import clock

AT = datetime(2026, 6, 30, 9, tzinfo=CHINA)
TODAY = AT.date()
TOMORROW = TODAY + timedelta(days=1)


def an_actor(role: Role) -> Actor:
    return Actor(uuid4(), (Seat(role, uuid4(), "/", "/"),))


PROPOSER, APPROVER = an_actor(Role.DISPATCHER), an_actor(Role.ARBITER)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MINQING_NOW", "2026-06-30T09:00+08:00")
    queries.forget()
    yield
    queries.forget()


def a_rule(**other: object) -> RuleChange:
    told: dict[str, object] = {
        "key": "xf.triage",
        "term": "10D",
        "valid_from": TOMORROW,
        "reason": "本县提速",
    }
    return RuleChange(**(told | other))  # type: ignore[arg-type]


def adopt(change: commands.Change) -> UUID:
    change_id = commands.propose_law(by=PROPOSER, at=AT, change=change)
    commands.approve_law(by=APPROVER, at=AT, change_id=change_id)
    return change_id


@pytest.mark.django_db
def test_a_county_rule_needs_two_persons_and_only_then_stands() -> None:
    change_id = commands.propose_law(by=PROPOSER, at=AT, change=a_rule())
    assert str(queries.rule("xf.triage", TOMORROW).term) == "15D"
    assert [line.id for line in queries.proposals()] == [change_id]
    both = Actor(PROPOSER.account_id, APPROVER.seats)
    with pytest.raises(rules.SamePerson):
        commands.approve_law(by=both, at=AT, change_id=change_id)
    commands.approve_law(by=APPROVER, at=AT, change_id=change_id)
    found = queries.rule("xf.triage", TOMORROW)
    assert (str(found.term), found.mark, found.name_zh) == ("10D", Mark.LOCAL, "信访部门分送")
    assert str(queries.rule("xf.triage", TODAY).term) == "15D", "what began before keeps its rule"
    assert queries.proposals() == []
    with pytest.raises(rules.AlreadyApproved):
        commands.approve_law(by=APPROVER, at=AT, change_id=change_id)
    with pytest.raises(NotFound):
        commands.approve_law(by=APPROVER, at=AT, change_id=uuid4())


@pytest.mark.django_db
def test_the_database_itself_refuses_one_person_in_both_places() -> None:
    one = uuid4()
    row = apps.get_model("law", "LawRule")(
        key="xf.triage", name_zh="一", name_en="x", term="10D", valid_from=TOMORROW, proposed_by=one, proposed_at=AT,
        approved_by=one, approved_at=AT,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="law_lawrule_two_persons"):
        row.save()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"term": "20D"}, rules.LongerThanLaw),
        ({"term": "3WD"}, rules.LongerThanLaw),
        ({"extend": 5}, rules.LongerThanLaw),
        ({"valid_from": TODAY}, rules.Backdated),
    ],
)
def test_a_county_may_be_stricter_than_the_law_but_not_looser_nor_look_back(
    change: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        commands.propose_law(by=PROPOSER, at=AT, change=a_rule(**change))


@pytest.mark.django_db
def test_a_changed_law_may_set_any_term_and_a_new_key_is_welcome() -> None:
    adopt(a_rule(term="20D", source=Source.LAW_CHANGED, law="《新信访条例》", article="9"))
    assert queries.rule("xf.triage", TOMORROW).basis() == "《新信访条例》第九条"
    adopt(a_rule(key="tc.flood", term="3D", name_zh="汛期回访", name_en="Flood call"))
    assert queries.due("tc.flood", TOMORROW).due == date(2026, 7, 6)


@pytest.mark.django_db
def test_only_those_who_may_change_the_law_do() -> None:
    with pytest.raises(NotAllowed):
        commands.propose_law(by=an_actor(Role.HANDLER), at=AT, change=a_rule())
    change_id = commands.propose_law(by=PROPOSER, at=AT, change=a_rule())
    with pytest.raises(NotAllowed):
        commands.approve_law(by=PROPOSER, at=AT, change_id=change_id)
    with pytest.raises(NotAllowed):
        commands.load_calendar(by=an_actor(Role.HANDLER), at=AT, year=2027, days={date(2027, 1, 1): False})
    commands.drop_law(by=PROPOSER, at=AT, change_id=change_id)
    assert queries.proposals() == []


@pytest.mark.django_db
def test_a_proposal_that_waited_too_long_is_not_put_in_force_backwards() -> None:
    change_id = commands.propose_law(by=PROPOSER, at=AT, change=a_rule())
    with pytest.raises(rules.Backdated):
        commands.approve_law(by=APPROVER, at=AT + timedelta(days=1), change_id=change_id)


@pytest.mark.django_db
def test_the_county_chooses_its_hotline_terms_from_a_day_on() -> None:
    adopt(SchemeChange(family="hl", scheme="jn", valid_from=TOMORROW))
    assert str(queries.rule("hl.complain", TODAY).term) == "15WD"
    after = queries.rule("hl.complain", TOMORROW)
    assert (str(after.term), after.valid_from) == ("5WD", TOMORROW)
    assert queries.rule("hl.complain", after.valid_from) == after, (
        "asking for the version's own day finds it again"
    )
    with pytest.raises(rules.UnknownScheme):
        commands.propose_law(
            by=PROPOSER, at=AT, change=SchemeChange(family="hl", scheme="mars", valid_from=TOMORROW)
        )


@pytest.mark.django_db
def test_the_county_adds_articles_and_classes_of_matter() -> None:
    adopt(ArticleChange(law="《棠川县路灯办法》", number="4", title_zh="报修", title_en="Repairs", plain_zh="坏灯两天内修。",
                        plain_en="Lamps are mended in two days.", valid_from=TOMORROW))  # fmt: skip
    adopt(DispatchChange(code="city.streetlight", topic="city", name_zh="路灯", name_en="Street lights", lead="zhujian",
                         assist=("dianli",), valid_from=TOMORROW))  # fmt: skip
    found = queries.article("《棠川县路灯办法》", "4", TOMORROW)
    assert found is not None
    assert found.plain() == "坏灯两天内修。"
    assert queries.articles(words="坏灯", on=TODAY) == []
    assert queries.catalogue(TODAY).get("city.streetlight").lead == "chengguan"
    assert queries.catalogue(TOMORROW).get("city.streetlight").lead == "zhujian"
    assert len(queries.catalogue(TOMORROW)) == len(queries.catalogue(TODAY))


@pytest.mark.django_db
def test_loading_a_year_makes_provisional_dates_certain() -> None:
    before, version = queries.due("xf.handle", date(2026, 12, 10)), queries.calendar_version()
    assert before.provisional
    days = commands.calendar_days(
        "first,last,kind\n2027-01-01,2027-01-03,off\n2027-02-05,2027-02-11,off\n2027-02-13,,work\n"
    )
    assert (len(days), days[date(2027, 2, 13)]) == (11, True)
    assert commands.load_calendar(by=PROPOSER, at=AT, year=2027, days=days, notice="测试") != version
    after = queries.due("xf.handle", date(2026, 12, 10))
    assert (before.due, after.due, after.provisional) == (date(2027, 2, 9), date(2027, 2, 12), False)
    commands.load_calendar(by=PROPOSER, at=AT + timedelta(hours=1), year=2027, days={date(2027, 1, 1): False})
    assert queries.due("xf.handle", date(2026, 12, 10)).due == date(2027, 2, 8), "the newest loading counts"


@pytest.mark.django_db
def test_a_calendar_that_cannot_be_right_is_refused() -> None:
    load = commands.load_calendar
    with pytest.raises(rules.CalendarGap):
        load(by=PROPOSER, at=AT, year=2028, days={date(2028, 1, 1): False})
    with pytest.raises(rules.CalendarOutsideYear):
        load(by=PROPOSER, at=AT, year=2027, days={date(2028, 1, 1): False})
    with pytest.raises(rules.NotAMakeup):
        load(by=PROPOSER, at=AT, year=2027, days={date(2027, 1, 4): True})
    for text in (
        "",
        "first,last,kind\n",
        "first,last,kind\nx,y,off\n",
        "first,last,kind\n2027-01-01,2027-01-02,rest\n",
    ):
        with pytest.raises((rules.CalendarLineBroken, rules.CalendarEmpty)):
            commands.calendar_days(text)


@pytest.mark.django_db
def test_clock_of_a_county_answers_by_its_own_rows(capsys: pytest.CaptureFixture[str]) -> None:
    adopt(a_rule())
    assert clock.main(["--county", "--rule", "xf.triage", "--from", "2026-07-02"]) == 0
    assert json.loads(capsys.readouterr().out)["term"] == "10D"


@pytest.mark.django_db
def test_rules_are_read_once_and_then_cost_no_query() -> None:
    queries.due("xf.triage", TODAY)
    queries.today()
    with CaptureQueriesContext(connection) as asked:
        for _ in range(50):
            queries.due("xf.triage", TODAY)
            queries.rule("hl.help", TODAY)
            queries.calendar_version()
    assert len(asked) == 0


@pytest.mark.django_db
def test_the_demo_clock_pushes_the_legal_now_and_never_pulls_it_back() -> None:
    assert queries.now() == AT
    assert commands.advance_demo_clock(by=timedelta(days=15)) == timedelta(days=15)
    assert queries.now() == AT + timedelta(days=15)
    commands.advance_demo_clock(by=timedelta(hours=15))
    assert queries.today() == date(2026, 7, 16)
    with pytest.raises(rules.OnlyForward):
        commands.advance_demo_clock(by=timedelta(days=-1))
    with pytest.raises(rules.OnlyForward):
        commands.advance_demo_clock(by=timedelta(days=4000))
    commands.reset_demo_clock()
    assert queries.now() == AT


def test_a_real_county_cannot_freeze_or_push_its_clock(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MINQING_DEMO = False  # type: ignore[attr-defined]
    with pytest.raises(rules.FrozenOutsideDemo):
        queries.now()
    for push in (
        commands.reset_demo_clock,
        lambda: commands.advance_demo_clock.__wrapped__(by=timedelta()),
    ):
        with pytest.raises(rules.NotADemo):
            push()
    monkeypatch.delenv("MINQING_NOW")
    assert abs(queries.now() - datetime.now(CHINA)) < timedelta(minutes=1)
    assert queries.now().utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize("text", ["yesterday", "2026-06-30", "2026-06-30T09:00"])
def test_a_frozen_time_must_say_its_offset(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINQING_NOW", text)
    with pytest.raises(rules.BadNow):
        queries.now()
