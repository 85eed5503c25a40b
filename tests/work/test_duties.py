"""Who owes what by when; what is late stays late and climbs; the far end of a clock explains itself."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from minqing.ground.law.rules import ExtensionTooLong
from minqing.ground.offices.rules import OfficeKind
from minqing.kernel.ids import uuid7
from minqing.methods.clock import CHINA
from minqing.record.facts.models import Subject
from minqing.record.facts.queries import facts_about
from minqing.work.duties import commands, queries
from minqing.work.duties.models import Duty, Rung
from minqing.work.duties.rules import DUTY_SQL, DutyLine, Light, NothingOwed, light_of, soon_of
from work.town import AT, Town, build_town, open_one, subject

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build_town()


def at(day: str, hour: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), CHINA) + timedelta(hours=hour)


def owe(
    office: UUID,
    *,
    about: UUID | None = None,
    rule: str = "xf.handle",
    from_: str = "2026-03-02",
    **more: str,
) -> DutyLine:
    return commands.owe(
        about=about or subject(),
        rule=rule,
        office_id=office,
        from_=date.fromisoformat(from_),
        at=at(from_),
        **more,
    )


def test_a_petition_accepted_on_2_march_is_due_after_the_may_holiday(town: Town) -> None:
    line = owe(town.water)
    assert line.statutory_on == date(2026, 5, 1)
    assert line.due_at == datetime(2026, 5, 6, 15, 59, 59, tzinfo=UTC)
    assert line.rule_from == date(2022, 5, 1)


def test_a_mailbox_letter_before_spring_festival(town: Town) -> None:
    assert owe(town.desk, rule="xf.object", from_="2026-02-13").due_on == date(2026, 2, 27)
    assert owe(town.desk, rule="xf.triage", from_="2026-02-13").due_on == date(2026, 2, 28)


def test_owing_the_same_again_does_not_move_the_day(town: Town) -> None:
    about = subject()
    first = owe(town.water, about=about)
    assert owe(town.water, about=about, from_="2026-04-01") == first
    assert Duty.objects.count() == 1


def test_two_assisting_offices_have_each_their_own_clock(town: Town) -> None:
    about = subject()
    owe(town.water, about=about, rule="xf.assist", term="5WD")
    owe(town.station, about=about, rule="xf.assist", term="10WD")
    assert commands.meet(about=about, rules=("xf.assist",), office_id=town.water, at=AT) == 1
    assert [line.office_id for line in queries.duties_about([about])[about] if line.met_at is None] == [
        town.station
    ]


def test_a_day_that_was_named_is_kept_as_said(town: Town) -> None:
    line = owe(town.water, rule="xf.park", term="2026-05-01")
    assert (line.statutory_on, line.due_on, line.provisional) == (date(2026, 5, 1), date(2026, 5, 1), False)


def test_an_extension_counts_from_the_first_day_under_the_old_rule(town: Town) -> None:
    line = owe(town.water, from_="2026-03-02")
    longer = commands.extend(about=line.about_id, rule="xf.handle", days=30, at=at("2026-04-20"))
    assert (longer.statutory_on, longer.due_on) == (date(2026, 5, 31), date(2026, 6, 1))
    assert queries.clock_of(longer).due == date(2026, 6, 1)


def test_no_extension_beyond_the_law_and_none_of_nothing(town: Town) -> None:
    line = owe(town.water)
    with pytest.raises(ExtensionTooLong):
        commands.extend(about=line.about_id, rule="xf.handle", days=31, at=AT)
    with pytest.raises(NothingOwed):
        commands.extend(about=subject(), rule="xf.handle", days=5, at=AT)


def test_a_clock_of_hours_ends_at_the_very_hour_and_knows_when_it_began(town: Town) -> None:
    began = at("2026-06-29", 15)
    line = commands.owe(about=subject(), rule="hl.box", office_id=town.desk, from_=began, at=began)
    assert line.due_at == began + timedelta(hours=24)
    assert queries.clock_of(line).from_ == began


LIGHTS = [
    ("2026-03-02", Light.GREEN),
    ("2026-04-05", Light.YELLOW),
    ("2026-04-27", Light.YELLOW),
    ("2026-04-28", Light.ORANGE),
    ("2026-05-06", Light.ORANGE),
    ("2026-05-07", Light.RED),
]


@pytest.mark.parametrize(("day", "light"), LIGHTS)
def test_the_light_turns_orange_three_workdays_before_the_end(town: Town, day: str, light: Light) -> None:
    assert queries.light(owe(town.water), at(day)) is light


def test_done_is_done_and_red_begins_with_the_first_second_after() -> None:
    end = at("2026-05-06", 24) - timedelta(seconds=1)
    base = {"from_on": date(2026, 3, 2), "due_at": end, "soon": at("2026-04-28")}
    assert light_of(**base, met_at=end, now=end + timedelta(days=9)) is Light.MET
    assert light_of(**base, met_at=None, now=end) is Light.ORANGE
    assert light_of(**base, met_at=None, now=end + timedelta(seconds=1)) is Light.RED


@pytest.mark.parametrize(
    ("days", "rungs"), [(-1, 0), (0, 0), (1, 1), (3, 1), (4, 2), (10, 2), (11, 3), (400, 3)]
)
def test_lateness_climbs_at_once_then_after_three_and_ten_days(town: Town, days: int, rungs: int) -> None:
    line = owe(open_one("post", "柳湾水管点", OfficeKind.TOWNSHIP, "station"))
    commands.climb(at=line.due_at + timedelta(days=days))
    told = [rung.told_id for rung in queries.rungs_of([line.id]).get(line.id, [])]
    assert told == [town.station, town.water, town.county][:rungs]


def test_each_superior_is_told_once(town: Town) -> None:
    line = owe(town.station, from_="2026-03-02")
    assert commands.climb(at=at("2026-05-06")) == 0
    assert commands.climb(at=at("2026-05-07")) == 1
    assert commands.climb(at=at("2026-05-07", 10)) == 0
    assert commands.climb(at=at("2026-05-30")) == 1
    told = queries.rungs_of([line.id])[line.id]
    assert [(rung.height, rung.told_id) for rung in told] == [(1, town.water), (2, town.county)]
    assert [fact.kind for fact in facts_about(line.about_id)] == ["duty.climbed"] * 2


def test_what_was_done_or_is_only_a_right_climbs_no_ladder(town: Town) -> None:
    done = owe(town.station)
    commands.meet(about=done.about_id, at=at("2026-05-20"))
    owe(town.station, rule="xf.review.ask")
    assert commands.climb(at=AT) == 0
    assert not Rung.objects.exists()


def test_ending_a_case_never_hides_that_it_was_late(town: Town) -> None:
    done, dropped, in_time = owe(town.water), owe(town.water), owe(town.water)
    commands.meet(about=done.about_id, at=at("2026-05-20"))
    commands.drop(about=dropped.about_id, rules=None, why="joined", at=at("2026-05-21"))
    commands.meet(about=in_time.about_id, at=at("2026-05-05"))
    (office,) = queries.late_by_office(None, now=AT)
    assert (office.office_id, office.n, office.ended_late) == (town.water, 0, 2)


def test_what_was_dropped_in_time_counts_neither_way(town: Town) -> None:
    line = owe(town.water)
    commands.drop(about=line.about_id, rules=("xf.handle",), why="withdrawn", at=at("2026-04-01"))
    assert queries.late_by_office(None, now=AT) == []
    assert queries.duties_about([line.about_id])[line.about_id][0].dropped == "withdrawn"


def test_a_superior_sees_what_is_late_below_and_no_more(town: Town) -> None:
    owe(town.station, place="/990101/101/201/")
    owe(town.desk, place="/990101/")
    late = {found.name for found in queries.late_by_office(["/county/water/"], now=AT)}
    assert late == {"青石水管站"}
    assert {found.name for found in queries.late_by_office(None, now=AT)} == {"青石水管站", "信访局"}


def test_one_subject_late_by_two_clocks_is_one(town: Town) -> None:
    first = owe(town.water)
    commands.owe(
        about=first.about_id, rule="xf.assist", office_id=town.water, place="", from_=first.from_on, at=AT
    )
    other = owe(town.water)
    (office,) = queries.late_by_office(None, now=AT)
    assert (office.n, office.besides) == (2, 0)
    (office,) = queries.late_by_office(
        None, now=AT, among=Subject.objects.filter(pk=first.about_id).values("pk")
    )
    assert (office.n, office.besides) == (1, 1)
    assert set(queries.owed_by(town.water, before=AT).values_list("about_id", flat=True)) == {
        first.about_id, other.about_id,
    }  # fmt: skip


def test_a_moved_duty_keeps_its_day(town: Town) -> None:
    line = owe(town.water)
    assert commands.move(about=line.about_id, office_id=town.station) == 1
    moved = queries.next_due(line.about_id)
    assert moved is not None
    assert (moved.office_id, moved.due_at) == (town.station, line.due_at)


def test_a_day_past_the_calendar_is_provisional_and_stays_so_until_a_year_is_loaded(town: Town) -> None:
    line = owe(town.water, from_="2026-12-01")
    assert line.provisional
    assert commands.recompute(at=AT) == 0
    Duty.objects.filter(pk=line.id).update(due_at=line.due_at - timedelta(days=1))
    assert commands.recompute(at=AT) == 1
    assert queries.next_dues([line.about_id])[line.about_id].due_at == line.due_at
    assert facts_about(line.about_id)[0].body["due"] == line.due_on.isoformat()


def test_intake_writes_the_same_duty_in_its_one_statement(town: Town) -> None:
    about, duty = subject(), uuid7()
    due, rule_from = queries.reckoned("xf.triage", date(2026, 2, 13))
    values = {
        "duty_id": duty, "subject_id": about, "duty_rule": "xf.triage", "duty_rule_from": rule_from,
        "duty_office": town.desk, "place_path": "/990101/", "duty_from": date(2026, 2, 13),
        "duty_statutory": due.statutory, "duty_due": due.due_at, "duty_provisional": due.provisional,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(DUTY_SQL, values)
    line = queries.next_due(about)
    assert line is not None
    assert (line.id, line.due_on, line.term, line.extra) == (duty, date(2026, 2, 28), "", 0)


def test_lists_of_late_duties_are_flat(town: Town, assert_flat: Callable[..., None]) -> None:
    def make(n: int) -> None:
        for _ in range(n):
            new = open_one(f"o{uuid7().hex}", "某站", OfficeKind.DEPARTMENT, "county")
            owe(new, place="/990101/101/")

    assert_flat(make=make, look=lambda: queries.late_by_office(None, now=AT))
    assert_flat(
        make=make, look=lambda: queries.next_dues(list(Duty.objects.values_list("about_id", flat=True)))
    )


def test_the_calendar_is_asked_once_a_due_day(town: Town) -> None:
    soon_of.cache_clear()
    lines = [owe(town.water) for _ in range(20)]
    assert {queries.light(line, AT) for line in lines} == {Light.RED}
    assert soon_of.cache_info().misses == 1
