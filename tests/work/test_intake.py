"""Registering one person's word."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.utils import timezone

from makers import AT, ENDED, VILLAGE, County, county, register, said
from minqing.charter import PUBLIC, Actor, Verb
from minqing.ground.people.queries import sealed_contact
from minqing.ground.places.rules import PlaceEnded, UnknownPlace
from minqing.kernel.errors import BadField, NotAllowed, NotFound
from minqing.record.facts.queries import facts_about, kinds_about
from minqing.record.log.queries import waiting as leaves_waiting
from minqing.work.intake import jobs, rules
from minqing.work.intake.commands import (
    change_word,
    register_demand,
    renew_receipt,
    sort_demand,
    transcribe_demand,
)
from minqing.work.intake.commands.register import _remembered as remembered
from minqing.work.intake.models import Demand
from minqing.work.intake.queries import (
    Waiting,
    backlog_age_s,
    demand_by_receipt,
    demand_for,
    demand_line,
    demands_for,
    person_of,
    waiting,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> County:
    remembered.clear()
    return county()


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_one_word_becomes_a_demand_a_duty_a_fact_and_a_leaf_in_one_statement(here, django_assert_num_queries):
    register(place=VILLAGE)  # caches warm
    with django_assert_num_queries(
        3
    ):  # savepoint, the one statement, release: outside a transaction only one
        told = register(name="张三", phone="138 0013 8000", place=VILLAGE, word="1234")
    line = demand_line(told.demand_id)
    assert (line.mask_name, line.mask_phone, line.place_name) == ("张*", "*********00", "青石镇上湾村")
    assert kinds_about(told.demand_id) == ["demand.registered"]
    assert count("duties_duty") == count("log_pending") == count("people_person") == 2
    assert leaves_waiting() == 2
    assert sealed_contact(line.person_id).phone == "13800138000"


def test_the_slip_tells_the_first_clock_and_why(here):
    (clock,) = register().clocks
    assert clock.key == "xf.triage"
    assert (clock.from_.isoformat(), clock.statutory.isoformat(), clock.due.isoformat()) == (
        "2026-06-30",
        "2026-07-15",
        "2026-07-15",
    )
    assert clock.basis and clock.explanation and not clock.provisional
    assert "15 Jul 2026" in register(lang="en").clocks[0].explanation


def test_a_letter_counts_from_its_arrival_stamp(here):
    told = register(arrived_on=AT.date().replace(day=1), channel=rules.Channel.LETTER, by=here["registrar"])
    assert told.clocks[0].due.isoformat() == "2026-06-16"


@pytest.mark.parametrize("day", ["1948-05-01", "2026-07-01", "0001-01-01"])
def test_no_arrival_before_the_republic_or_after_today(here, day):
    with pytest.raises(rules.BadArrival):
        register(arrived_on=AT.date().fromisoformat(day))


def test_a_due_date_past_the_calendar_is_given_and_called_provisional(here):
    told = register(at=AT.replace(month=12, day=30))
    assert told.clocks[0].provisional and told.clocks[0].due.year == 2027


def test_twenty_thousand_characters_are_kept_and_one_more_is_refused(here):
    assert len(demand_line(register("水" * 20_000).demand_id).text) == 20_000
    with pytest.raises(rules.TooLong) as refusal:
        register("水" * 20_001)
    assert "20001" in str(refusal.value)


def test_emoji_and_right_to_left_come_back_as_they_were(here):
    text = "家里停水\U0001f62d\U0001f468\u200d\U0001f469\u200d\U0001f467 \u202eمرحبا\u202c \u200f שלום\n第二行\t完"
    assert demand_line(register(text).demand_id).text == text


@pytest.mark.parametrize("text", ["停水\x00了", "停水\ud800了"])
def test_what_no_database_can_keep_is_a_refusal_not_a_bug(here, text):
    with pytest.raises(BadField):
        register(text)


@pytest.mark.parametrize("text", ["", " \n\t　"])
def test_nothing_said_is_asked_again(here, text):
    with pytest.raises(rules.NothingSaid):
        register(text)


def test_a_place_that_ended_leads_to_its_successor(here):
    assert demand_line(register(place=ENDED).demand_id).place == VILLAGE


def test_a_place_that_ended_without_successor_is_refused_by_name(here):
    with pytest.raises(PlaceEnded):
        register(place="990101101204")
    with pytest.raises(UnknownPlace):
        register(place="990101999999")


def test_the_same_word_twice_is_one_demand_and_the_code_is_told_once(here):
    one = said(sender="web", sender_key="token")
    first, again = (register_demand(by=PUBLIC, said=one, at=AT) for _ in range(2))
    assert again.repeated and again.receipt == "" and again.demand_id == first.demand_id
    assert (again.verify_no, again.clocks) == (first.verify_no, first.clocks)
    assert count("intake_demand") == 1


def test_other_words_under_the_same_key_are_not_lost(here):
    first = register("水停了", sender="web", sender_key="token")
    second = register("水停了，还漏电", sender="web", sender_key="token")
    third = register("水停了，还漏电", sender="web", sender_key="token")
    assert second.receipt and second.demand_id != first.demand_id
    assert third.repeated and third.demand_id == second.demand_id


def test_an_office_remembered_from_before_is_looked_up_again(here):
    """As after a move of the desk to another row: the broken foreign key says that what we remember is old."""
    person = person_of(register().demand_id)
    remembered["", None] = (time.monotonic(), person)
    assert register().receipt and remembered["", None][1] == here.offices["desk"]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_is_replaced_and_the_word_comes_in_once():
    county()
    register()
    with connection.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    told = register("水又停了")
    assert told.receipt and not told.repeated and count("intake_demand") == 2


def test_danger_and_despair_are_seen_in_the_words(here):
    assert register("我真的活不下去了").alarm == rules.Alarm.DESPAIR
    assert register("三组着火了快来人").alarm == rules.Alarm.LIFE
    assert register("路灯不亮").alarm == rules.Alarm.NONE


def test_anonymous_and_confidential_people_have_no_mask(here):
    for way in (rules.Anonymity.ANONYMOUS, rules.Anonymity.CONFIDENTIAL):
        line = demand_line(register(name="李四", phone="13900139000", anonymity=way).demand_id)
        assert line.mask_name == line.mask_phone == ""
        assert sealed_contact(line.person_id).name == "李四"


# The code


def test_the_code_opens_before_and_after_it_was_made_slow(here):
    told = register(word="1234")
    before = demand_by_receipt(told.receipt, "1234")
    assert jobs.strengthen_codes(limit=5) == 1 and jobs.strengthen_codes(limit=5) == 0
    assert demand_by_receipt(told.receipt, "1234") == before
    assert not demand_by_receipt(told.receipt, "1235").word_ok
    assert backlog_age_s() == 0


def test_a_code_has_waited_since_it_was_given_however_old_the_word(here):
    told = register(at=AT.replace(year=2019), name="张三", phone="13900000077")
    assert backlog_age_s() < 600
    Demand.objects.update(code_at=timezone.now() - timedelta(hours=2))
    assert 7200 <= backlog_age_s() < 7800
    renew_receipt(by=here["registrar"], demand_id=told.demand_id, at=AT)
    assert backlog_age_s() < 600, "a new code for an old word begins to wait now"


def test_codes_are_made_slow_oldest_first(here):
    early = register(at=AT.replace(hour=12))
    late = register(at=AT)  # an older word, given its code later
    Demand.objects.filter(pk=late.demand_id).update(code_at=timezone.now() + timedelta(seconds=1))
    assert jobs.strengthen_codes(limit=1) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM intake_demand WHERE code_tag IS NOT NULL")
        assert cursor.fetchall() == [(early.demand_id,)]
    assert late.receipt


def test_a_slip_without_a_word_shows_no_texts_until_one_is_chosen(here):
    told = register()
    assert not demand_by_receipt(told.receipt, "0000").has_word
    change_word(receipt=told.receipt, word="", new_word="２４６８", at=AT)
    assert demand_by_receipt(told.receipt, "2468").word_ok
    with pytest.raises(rules.WordNeeded):
        change_word(receipt=told.receipt, word="1111", new_word="3333", at=AT)
    jobs.strengthen_codes()
    change_word(receipt=told.receipt, word="2468", new_word="1357", at=AT)
    assert demand_by_receipt(told.receipt, "1357").word_ok


def test_a_lost_slip_is_replaced_and_the_old_one_is_void(here):
    told = register()
    fresh = renew_receipt(by=here["registrar"], demand_id=told.demand_id, at=AT, word="1234")
    assert demand_by_receipt(fresh, "1234").demand_id == told.demand_id
    with pytest.raises(rules.UnknownReceipt):
        demand_by_receipt(told.receipt)


def test_every_wrong_code_costs_one_slow_hash_and_says_the_same(here):
    register()
    told = set()
    for code in ("4829135702641189", "4829135702641180", "", "abc", "١٢٣", "1" * 5000):
        with pytest.raises(rules.UnknownReceipt) as refusal:
            demand_by_receipt(code)
        told.add(str(refusal.value))
    assert len(told) == 1


# Reach


def test_a_resident_reaches_their_own_word_only(here):
    mine, other = register(), register()
    me = Actor(account_id=None, demand_id=mine.demand_id)
    assert demand_for(me, Verb.DEMAND_VIEW, mine.demand_id).pk == mine.demand_id
    with pytest.raises(NotFound):
        demand_for(me, Verb.DEMAND_VIEW, other.demand_id)


def test_who_wrote_it_down_sees_it_and_the_rest_of_the_office_does_not(here):
    told = register(by=here["cadre"], channel=rules.Channel.ON_BEHALF)
    register()
    assert [row.pk for row in demands_for(here["cadre"])] == [told.demand_id]
    assert not demands_for(here["handler"]).exists() and not demands_for(here["sysadmin"]).exists()
    assert demands_for(here["dispatcher"]).count() == 2


def test_staff_without_the_verb_register_nothing(here):
    with pytest.raises(NotAllowed):
        register(by=here["callback"])


def test_the_sorting_table_pages_by_key_and_stays_flat(here, assert_flat):
    def make(n):
        for k in range(n):
            register(at=AT.replace(second=k), place=VILLAGE)

    assert_flat(make=make, look=lambda: waiting(here["dispatcher"]))
    seen, after = [], ""
    while True:
        page = waiting(here["dispatcher"], after=after, size=5)
        seen += [row.id for row in page.rows]
        if not page.next:
            break
        after = page.next
    assert len(seen) == len(set(seen)) == page.count == 13
    assert waiting(here["dispatcher"], only=Waiting(kind="praise")).rows == []


# The scan queue


def test_a_scanned_letter_waits_to_be_read_and_its_clock_runs(here):
    told = register(
        "",
        scan_id=uuid4(),
        by=here["registrar"],
        channel=rules.Channel.LETTER,
        arrived_on=AT.date().replace(day=20),
    )
    assert waiting(here["registrar"], only=Waiting(state="unread")).rows[0].id == told.demand_id
    transcribe_demand(
        by=here["registrar"], demand_id=told.demand_id, text="井水发黄，有人不想活了", title="井水", at=AT
    )
    line = demand_line(told.demand_id)
    assert (line.state, line.alarm, line.arrived_on.day) == ("waiting", "despair", 20)
    with pytest.raises(rules.AlreadyRead):
        transcribe_demand(by=here["registrar"], demand_id=told.demand_id, text="又一次", at=AT)
    assert kinds_about(told.demand_id) == ["demand.registered", "demand.transcribed"]


def test_sorting_sets_place_and_kind_and_leaves_the_words(here):
    told = register("水停了", place_words="上湾")
    sort_demand(
        by=here["dispatcher"],
        demand_id=told.demand_id,
        at=AT,
        kind=rules.Kind.COMPLAINT,
        place=VILLAGE,
        title="停水",
    )
    line = demand_line(told.demand_id)
    assert (line.text, line.kind, line.place, line.title) == ("水停了", "complaint", VILLAGE, "停水")


@pytest.mark.parametrize(("days", "late"), [(0, None), (1, "T"), (3, "T"), (4, "X"), (40, "X")])
def test_a_day_written_down_later_says_in_the_log_what_it_is_worth(here, days, late):
    day = AT.date() - timedelta(days=days)
    told = register(arrived_on=day, channel=rules.Channel.ON_BEHALF, by=here["cadre"])
    (fact,) = facts_about(told.demand_id)
    assert fact.body.get("time") == late
    found = demand_line(told.demand_id).late
    assert (found and str(found)) == late
