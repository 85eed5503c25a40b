"""A pairing is known from the county's list, seen by its own cadre alone, and over the moment the household says no."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from minqing.charter import PUBLIC, Actor, Role, Verb
from minqing.ground.people.commands import index_contacts, keep_person, live_in, open_household
from minqing.ground.people.models import Look
from minqing.ground.people.rules import Contact, ReplyBy
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.record.facts.queries import facts_about, kinds_about
from minqing.work.intake.rules import FINDS_AN_HOUR, TooManyFinds
from minqing.work.visits import rules
from minqing.work.visits.commands import keep_pair, refuse_pair, refuse_pairs
from minqing.work.visits.models import Pair
from minqing.work.visits.queries import has_pairs, open_pairs_of, pair_for, pair_lines, pairs_for
from minqing.work.visits.rules import Kept, PairKind
from work.town import AT, Town, build_town, somebody

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 30)
FROM = date(2026, 1, 5)


@pytest.fixture
def town() -> Town:
    return build_town()


@pytest.fixture
def cadre(town: Town) -> Actor:
    return somebody(Role.VILLAGE_CADRE, town.station)


def household(*names: str, phone: str = "13900000031") -> UUID:
    made = open_household(place="990101101201")
    for name in names or ("张大田",):
        contact = Contact(name=name, phone=phone)
        person = keep_person(contact, place="990101101201", reply_by=ReplyBy.ONLINE, lang="zh-hans", at=AT)
        live_in(person_id=person, household_id=made)
    return made


def pair(cadre: Actor, home: UUID, **more: object) -> Kept:
    values = {"kind": PairKind.HARDSHIP, "from_on": FROM, "at": AT} | more
    return keep_pair(cadre_id=cadre.account_id, household_id=home, **values)  # type: ignore[arg-type]


def only(**more: object) -> Pair:
    return Pair.objects.get(**more)


def test_a_cadre_sees_masked_names_the_kind_and_since_when(cadre: Actor) -> None:
    pair(cadre, household("张大田", "李小满"), plan="常去坐坐", items=["修屋顶", "办慢性病证"])
    (line,) = pair_lines(cadre, today=TODAY)
    assert line.names == ("张*", "李*")
    assert (line.place, line.kind, line.from_on, line.now) == ("青石镇柳湾村", PairKind.HARDSHIP, FROM, True)
    assert (line.plan, line.items) == ("常去坐坐", ("修屋顶", "办慢性病证"))
    assert "大田" not in str(line) and "13900000031" not in str(line)


def test_nobody_sees_the_households_of_another(town: Town, cadre: Actor) -> None:
    pair(cadre, household())
    other = somebody(Role.VILLAGE_CADRE, town.station)
    head, leader = somebody(Role.OFFICE_HEAD, town.station), somebody(Role.LEADER, town.county)
    for by in (other, head, leader):
        assert pair_lines(by, today=TODAY) == [] and not has_pairs(by)
        with pytest.raises(NotFound):
            refuse_pair(by=by, pair_id=only().pk, at=AT)
    for by in (somebody(Role.SYSADMIN, town.county), PUBLIC):
        with pytest.raises(NotAllowed):
            pair_lines(by, today=TODAY)
        with pytest.raises(NotAllowed):
            pair_for(by, Verb.PAIR_REFUSE, only().pk)


def test_the_household_refuses_without_a_reason_and_it_is_over_at_once(cadre: Actor) -> None:
    home = household()
    pair(cadre, home)
    row = only()
    refuse_pair(by=cadre, pair_id=row.pk, at=AT)
    (line,) = pair_lines(cadre, today=TODAY)
    assert (line.now, line.refused_on) == (False, TODAY)
    assert kinds_about(row.pk) == ["pair.opened", "pair.refused"]
    assert set(facts_about(row.pk)[-1].body) == set(), "no reason is kept"
    with pytest.raises(rules.PairOver):
        refuse_pair(by=cadre, pair_id=row.pk, at=AT)


def test_a_refusal_outlasts_every_list_until_the_household_asks_itself(town: Town, cadre: Actor) -> None:
    home = household()
    pair(cadre, home)
    refuse_pair(by=cadre, pair_id=only().pk, at=AT)
    assert pair(cadre, home) is Kept.KNOWN, "the same line again changes nothing"
    assert only().refused_on == TODAY
    later = FROM + timedelta(days=365)
    other = somebody(Role.VILLAGE_CADRE, town.station)
    for who, more in ((cadre, {}), (other, {}), (other, {"kind": PairKind.STUDENT})):
        with pytest.raises(rules.HouseholdRefused):
            pair(who, home, from_on=later, **more)
    assert pair(other, home, from_on=later, asked=True) is Kept.ADDED


def test_changes_are_facts_and_facts_hold_no_words(cadre: Actor) -> None:
    home = household()
    pair(cadre, home, plan="常去坐坐")
    assert pair(cadre, home, plan="常去坐坐") is Kept.KNOWN
    assert pair(cadre, home, plan="先修屋顶", to_on=date(2026, 12, 31)) is Kept.CHANGED
    opened, changed = facts_about(only().pk)
    assert (opened.kind, changed.kind) == ("pair.opened", "pair.changed")
    assert (sorted(changed.body["what"]), changed.body["until"]) == (["plan", "to_on"], "2026-12-31")
    assert "屋顶" not in str([fact.body for fact in facts_about(only().pk)])


def test_one_household_has_one_cadre_of_a_kind_on_any_day(town: Town, cadre: Actor) -> None:
    home, other = household(), somebody(Role.VILLAGE_CADRE, town.station)
    pair(cadre, home, to_on=date(2026, 3, 31))
    with pytest.raises(rules.AlreadyPaired):
        pair(other, home, from_on=date(2026, 3, 31))
    assert pair(other, home, from_on=date(2026, 4, 1)) is Kept.ADDED
    with pytest.raises(rules.AlreadyPaired):
        pair(cadre, home, to_on=date(2026, 4, 1))
    assert pair(cadre, home, kind=PairKind.STUDENT) is Kept.ADDED, "another kind is another matter"
    with pytest.raises(rules.DaysBackwards):
        pair(cadre, home, kind=PairKind.MEMBER, to_on=FROM - timedelta(days=1))


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("visits_pair_kind_known", {"kind": "poor"}),
        ("visits_pair_in_order", {"to_on": FROM - timedelta(days=1)}),
        ("visits_pair_once", {"from_on": FROM}),
        ("visits_one_open_pair_a_kind", {"from_on": FROM + timedelta(days=9)}),
    ],
)
def test_the_database_keeps_it_too(cadre: Actor, name: str, more: dict[str, object]) -> None:
    home = household()
    pair(cadre, home)
    values = {
        "cadre_id": cadre.account_id,
        "household_id": home,
        "kind": "hardship",
        "from_on": FROM + timedelta(days=1),
    }
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Pair.objects.create(**values | more)


def test_the_days_of_a_pairing_count_both_ends() -> None:
    end = date(2026, 12, 31)
    told = [
        rules.in_force(FROM, end, None, day) for day in (FROM - timedelta(1), FROM, end, end + timedelta(1))
    ]
    assert told == [False, True, True, False]
    assert not rules.in_force(FROM, None, TODAY, TODAY), "a refusal counts the same day"
    assert rules.items_in(" 修屋顶；办证;\n |送书 ") == ["修屋顶", "办证", "送书"]


def test_a_household_can_say_it_to_the_hotline_and_not_to_its_cadre(town: Town, cadre: Actor) -> None:
    home = household("张大田")
    pair(cadre, home)
    pair(cadre, home, kind=PairKind.MEMBER)
    assert index_contacts() == 1
    operator = somebody(Role.OPERATOR, town.desk)
    for name, phone in (("张大田", "13900000032"), ("张小田", "13900000031"), ("", "13900000031")):
        assert refuse_pairs(by=operator, name=name, phone=phone, at=AT) == 0
    assert not Look.objects.exists()
    assert refuse_pairs(by=operator, name="张大田", phone="13900000031", at=AT) == 2
    assert open_pairs_of({home}, on=TODAY) == [] and Look.objects.count() == 1
    with pytest.raises(NotAllowed):
        refuse_pairs(by=cadre, name="张大田", phone="13900000031", at=AT)


def test_nobody_tries_out_a_telephone_book(town: Town) -> None:
    operator = somebody(Role.OPERATOR, town.desk)
    for _ in range(FINDS_AN_HOUR):
        assert refuse_pairs(by=operator, name="", phone="13900000031", at=AT) == 0
    with pytest.raises(TooManyFinds):
        refuse_pairs(by=operator, name="张大田", phone="13900000031", at=AT)


def test_the_page_costs_the_same_for_one_household_and_for_fifty(
    cadre: Actor, assert_flat: Callable[..., None]
) -> None:
    def more(n: int) -> None:
        for _ in range(n):
            pair(cadre, household())

    assert_flat(make=more, look=lambda: (pair_lines(cadre, today=TODAY), list(pairs_for(cadre))))
