"""The clock: days of the law, computed as a lawyer would with a wall calendar and a pencil."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minqing.methods.clock import (
    CHINA,
    BadDate,
    BadTerm,
    Calendar,
    DateTooEarly,
    DateTooLate,
    calendar_of,
    day_of,
    due_of,
    explain,
    festival_days,
    moment_of,
    sentences,
    term_of,
)
from minqing.methods.clock.due import Step
from minqing.methods.clock.words import EN, ZH


def spans(*rows: str) -> list[tuple[date, date, bool]]:
    """`2026-02-15..2026-02-23` off, `+2026-02-14` worked."""
    found = []
    for row in rows:
        first, _, last = row.lstrip("+").partition("..")
        found.append((date.fromisoformat(first), date.fromisoformat(last or first), row.startswith("+")))
    return found


CAL = calendar_of(
    spans(
        "2023-12-30..2024-01-01", "2024-02-10..2024-02-17", "+2024-02-04", "+2024-02-18", "2024-05-01..2024-05-05",
        "+2024-04-28", "+2024-05-11", "2025-01-01", "2026-01-01..2026-01-03", "+2026-01-04", "+2026-02-14", "2026-02-15..2026-02-23",
        "+2026-02-28", "2026-04-04..2026-04-06", "2026-05-01..2026-05-05", "+2026-05-09", "2026-06-19..2026-06-21",
        "+2026-09-20", "2026-09-25..2026-09-27", "2026-10-01..2026-10-07", "+2026-10-10",
    ),
    loaded_from=date(2023, 1, 1), loaded_until=date(2026, 12, 31),
)  # fmt: skip


@pytest.mark.parametrize(
    ("term", "start", "statutory", "due"),
    [
        ("15D", "2026-02-13", "2026-02-28", "2026-02-28"),  # a Saturday, but worked
        ("5WD", "2026-02-13", "2026-02-27", "2026-02-27"),
        ("60D", "2026-03-02", "2026-05-01", "2026-05-06"),
        ("24H", "2026-02-13T10:00+08:00", "2026-02-14T10:00:00+08:00", "2026-02-14T10:00:00+08:00"),
        ("24H", "2026-02-13", "2026-02-14T00:00:00+08:00", "2026-02-14T00:00:00+08:00"),
        ("1D", "2026-05-08", "2026-05-09", "2026-05-09"),  # a make-up Saturday
        ("1D", "2026-05-15", "2026-05-16", "2026-05-18"),  # a plain Saturday
        ("1WD", "2026-02-13", "2026-02-14", "2026-02-14"),
        ("2WD", "2026-02-13", "2026-02-24", "2026-02-24"),
        ("5WD", "2026-10-01", "2026-10-13", "2026-10-13"),  # starts inside a holiday; 10/10 is worked
        ("3M", "2025-11-30", "2026-02-28", "2026-02-28"),  # no 30 February
        ("1M", "2024-01-31", "2024-02-29", "2024-02-29"),  # leap year
        ("1M", "2026-01-31", "2026-02-28", "2026-02-28"),
        ("12M", "2024-02-29", "2025-02-28", "2025-02-28"),
        ("1M", "2024-02-29", "2024-03-29", "2024-03-29"),
        ("1M", "2026-12-31", "2027-01-31", "2027-02-01"),  # over the year, rolled off a Sunday
        ("366D", "2024-01-01", "2025-01-01", "2025-01-02"),
        ("60D", "2024-01-15", "2024-03-15", "2024-03-15"),  # counts 29 February
        ("-20D", "2026-10-25", "2026-10-05", "2026-09-30"),  # counted back, to the workday before the holiday
        ("-7D", "2026-06-30", "2026-06-23", "2026-06-23"),
        ("-3WD", "2026-02-25", "2026-02-13", "2026-02-13"),
        ("0D", "2026-10-01", "2026-10-01", "2026-10-01"),  # the same day, whatever day it is
        ("0WD", "2026-10-01", "2026-10-08", "2026-10-08"),
        ("0WD", "2026-02-14", "2026-02-14", "2026-02-14"),
        ("3MIN", "2026-02-13T23:58", "2026-02-14T00:01:00+08:00", "2026-02-14T00:01:00+08:00"),
        ("15S", "2026-02-13T10:00:50", "2026-02-13T10:01:05+08:00", "2026-02-13T10:01:05+08:00"),
    ],
)
def test_the_last_day_is_the_one_a_lawyer_names(term: str, start: str, statutory: str, due: str) -> None:
    found = due_of(term, moment_of(start), CAL)
    assert (found.statutory.isoformat(), found.due.isoformat()) == (statutory, due)


def test_a_day_begins_where_china_is() -> None:
    late = datetime(2026, 2, 12, 16, 30, tzinfo=UTC)  # half past midnight of the 13th in China
    assert due_of("15D", late, CAL).due == date(2026, 2, 28)
    assert due_of("24H", late, CAL).due == datetime(2026, 2, 14, 0, 30, tzinfo=CHINA)
    assert day_of(late) == date(2026, 2, 13)


def test_a_day_ends_at_its_last_second_and_an_hour_at_its_own() -> None:
    assert due_of("15D", date(2026, 2, 13), CAL).due_at == datetime(2026, 2, 28, 23, 59, 59, tzinfo=CHINA)
    hour = due_of("24H", moment_of("2026-02-13T09:05"), CAL)
    assert hour.due_at == datetime(2026, 2, 14, 9, 5, tzinfo=CHINA)
    assert hour.due_on == date(2026, 2, 14)


def test_past_the_loaded_calendar_it_goes_on_and_says_so() -> None:
    due = due_of("30D", date(2026, 12, 10), CAL)
    assert (due.due, due.provisional) == (date(2027, 1, 11), True)
    assert "2027年假日安排未公布" in explain(due)
    assert "holidays of 2027 are not announced" in explain(due, "en")
    spring = due_of("5WD", date(2027, 2, 4), CAL)
    assert spring.due == date(2027, 2, 15), "the eve and the first three days of the year are off in any case"
    assert due_of("20D", date(2026, 12, 10), CAL).provisional is False
    assert due_of("15WD", date(2026, 12, 10), CAL).provisional is False
    assert due_of("24H", moment_of("2026-12-31T20:00"), CAL).provisional is False, "hours need no calendar"


def test_before_the_loaded_calendar_it_says_that_the_year_is_not_on_file() -> None:
    due = due_of("15D", date(1999, 3, 1), CAL)
    assert due.provisional
    assert [step.code for step in due.steps if "provisional" in step.code] == ["provisional.not-loaded"]


def test_loading_the_year_changes_the_answer_and_takes_the_mark_away() -> None:
    loaded = Calendar(
        CAL.off | {date(2027, 1, 9) + timedelta(days=n) for n in range(4)},
        CAL.makeup,
        CAL.loaded_from,
        date(2027, 12, 31),
    )
    due = due_of("30D", date(2026, 12, 10), loaded)
    assert (due.due, due.provisional) == (date(2027, 1, 13), False)


def test_a_pause_leaves_its_days_out_and_two_overlapping_ones_no_day_twice() -> None:
    start = date(2026, 3, 2)
    assert due_of("30D", start, CAL).statutory == date(2026, 4, 1)
    hearing = (date(2026, 3, 10), date(2026, 3, 14))
    assert due_of("30D", start, CAL, pauses=[hearing]).statutory == date(2026, 4, 6)
    assert due_of("30D", start, CAL, pauses=[hearing]).due == date(2026, 4, 7)
    again = (date(2026, 3, 12), date(2026, 3, 16))
    assert due_of("30D", start, CAL, pauses=[again, hearing]).statutory == date(2026, 4, 8)
    after = (date(2026, 6, 1), date(2026, 6, 2))
    assert due_of("30D", start, CAL, pauses=[after]).statutory == date(2026, 4, 1)
    before = (date(2026, 2, 20), date(2026, 3, 2))
    assert due_of("30D", start, CAL, pauses=[before]).statutory == date(2026, 4, 1), (
        "the start day never counted"
    )
    assert due_of("5WD", start, CAL, pauses=[(date(2026, 3, 4), date(2026, 3, 8))]).due == date(2026, 3, 12)
    assert due_of("3M", start, CAL, pauses=[hearing]).statutory == date(2026, 6, 7)
    noon = (moment_of("2026-03-02T12:00"), moment_of("2026-03-02T15:00"))
    assert due_of("24H", moment_of("2026-03-02T10:00"), CAL, pauses=[noon]).due == moment_of(
        "2026-03-03T13:00"
    )
    whole = (date(2026, 3, 2), date(2026, 3, 2))
    assert due_of("24H", moment_of("2026-03-02T10:00"), CAL, pauses=[whole]).due == moment_of(
        "2026-03-04T00:00"
    )
    with pytest.raises(BadDate):
        due_of("30D", start, CAL, pauses=[(date(2026, 3, 14), date(2026, 3, 10))])


def test_an_extension_runs_on_from_the_same_first_day() -> None:
    due = due_of("60D", date(2026, 3, 2), CAL, extra=30)
    assert (due.statutory, due.due) == (date(2026, 5, 31), date(2026, 6, 1))
    assert "延长的30日" in explain(due)
    for wrong in (
        {"extra": -1},
        {"extra": 1, "term": "-20D"},
        {"term": "-20D", "pauses": [(date(2026, 1, 1), date(2026, 1, 2))]},
    ):
        with pytest.raises(BadTerm):
            due_of(wrong.pop("term", "60D"), date(2026, 3, 2), CAL, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["1948-12-31", "0001-01-01", "1900-06-01T10:00"])
def test_dates_before_1949_are_refused(text: str) -> None:
    with pytest.raises(DateTooEarly):
        moment_of(text)


def test_what_would_end_outside_the_span_is_refused_and_never_crashes() -> None:
    for term in ("15D", "9999WD", "9999M", "24H"):
        with pytest.raises(DateTooLate):
            due_of(term, moment_of("2099-12-31"), CAL)
    for term in ("-1D", "-1WD", "-1M"):
        with pytest.raises(DateTooEarly):
            due_of(term, date(1949, 1, 1), CAL)
    with pytest.raises(DateTooLate):
        moment_of("2100-01-01")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2026-02-30",
        "2026-13-01",
        "20260213",
        "2026-W07-5",
        "２０２６-02-13",
        "2026-02-13T25:00",
        "13.2.2026",
    ],
)
def test_a_date_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadDate):
        moment_of(text)


@pytest.mark.parametrize("text", ["", "15", "D", "15X", "1.5D", "-24H", "15 D", "99999D", "１５D", "15DD"])
def test_a_term_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadTerm):
        term_of(text)


def test_terms_are_read_as_written() -> None:
    assert [str(term_of(text)) for text in ("15d", " 5WD ", "3M", "24h", "-20D", "3min", "15S")] == [
        "15D", "5WD", "3M", "24H", "-20D", "3MIN", "15S",
    ]  # fmt: skip


def test_every_date_explains_itself_in_both_languages() -> None:
    zh = explain(due_of("5WD", date(2026, 2, 13), CAL))
    assert zh == (
        "从2026年2月13日（周五）的第二天起算，当天不算。只数工作日，第5个工作日是2026年2月27日（周五）。"
        "2月15日至2月23日春节放假，不算。2026年2月14日（周六）调休上班，算一个工作日。所以最迟是2026年2月27日（周五）。"
    )
    en = explain(due_of("60D", date(2026, 3, 2), CAL), "en")
    assert en == (
        "Counting starts the day after Mon 2 Mar 2026; that day itself does not count. 60 days, days off included, end "
        "on Fri 1 May 2026. That day falls on Labour Day, so it moves to the first working day after it: Wed 6 May "
        "2026. So the latest is Wed 6 May 2026."
    )
    assert "不顺延" in explain(due_of("15D", date(2026, 2, 13), CAL))


def test_no_step_is_without_words() -> None:
    assert ZH.keys() == EN.keys()
    seen: set[str] = set()
    for term in ("0D", "0WD", "1D", "15D", "5WD", "40WD", "1M", "3M", "24H", "-20D", "-9WD", "-1M"):
        for n in range(0, 400, 3):
            for start in (date(2025, 12, 30) + timedelta(days=n), date(1999, 1, 31)):
                pauses = [(start, start + timedelta(days=3))] if n % 2 and not term.startswith("-") else []
                due = due_of(term, start, CAL, pauses=pauses, extra=0 if term.startswith("-") else n % 2)
                json.dumps([step.as_json() for step in due.steps])
                seen |= {step.code for step in due.steps}
                assert explain(due).isascii() is False
                assert explain(due, "en").isascii(), explain(due, "en")
    assert {"roll", "roll.back", "makeup.stays", "makeup.counts", "skip.holiday", "count.months-cut"} <= seen
    assert seen | {"start.moment"} == ZH.keys(), "every sentence is said by some date"
    assert (
        sentences([Step("start.moment", {"at": "2026-02-13T10:00:00+08:00"})], "zh")
        == "从2026年2月13日（周五）10:00起算。"
    )


def test_the_moon_table_agrees_with_dates_everybody_knows() -> None:
    new_years = {
        2004: "01-22", 2008: "02-07", 2014: "01-31", 2020: "01-25", 2024: "02-10", 2026: "02-17", 2027: "02-06",
        2028: "01-26", 2029: "02-13", 2030: "02-03", 2033: "01-31", 2034: "02-19", 2038: "02-04", 2040: "02-12",
    }  # fmt: skip
    for year, day in new_years.items():
        assert festival_days(year)[date.fromisoformat(f"{year}-{day}")] == "spring"
    for year in range(2004, 2061):
        days = festival_days(year)
        mid = sorted(day for day, name in days.items() if name in ("mid-autumn", "national"))
        assert len(days) in (12, 13), "thirteen, or twelve when mid-autumn falls on National Day"
        assert any(date(year, 9, 7) <= day <= date(year, 10, 8) for day in mid)
        first = sorted(day for day, name in days.items() if name == "spring")
        assert date(year, 1, 20) <= first[0] <= first[-1] <= date(year, 2, 22)
        dragon = next(day for day, name in days.items() if name == "dragon-boat")
        assert 120 <= (dragon - first[1]).days <= 153, "five moons, one of them perhaps doubled"
        qingming = int(0.2422 * (year - 2000) + 4.81) - (year - 2000) // 4
        assert days[date(year, 4, qingming)] == "qingming"


DAYS = st.dates(date(2005, 1, 1), date(2060, 12, 31))
COUNTS = st.integers(1, 400)


@given(DAYS, COUNTS, st.sampled_from(["D", "M"]))
def test_days_and_months_end_on_a_workday_never_before_the_law_says(start: date, n: int, unit: str) -> None:
    due = due_of(f"{n % 60 + 1}M" if unit == "M" else f"{n}D", start, CAL)
    assert CAL.is_workday(due.due_on)
    assert due.statutory <= due.due
    assert not any(
        CAL.is_workday(due.statutory + timedelta(days=i)) for i in range((due.due - due.statutory).days)
    )


@given(DAYS, COUNTS)
def test_each_further_workday_is_the_next_workday(start: date, n: int) -> None:
    this, following = due_of(f"{n}WD", start, CAL).due, due_of(f"{n + 1}WD", start, CAL).due
    assert CAL.is_workday(this)
    assert this < following
    assert CAL.workdays_between(start + timedelta(days=1), this) == n
    assert CAL.workdays_between(this + timedelta(days=1), following) == 1
    assert due_of(f"{n}WD", start, CAL).due == due_of(f"{n}WD", start, CAL).statutory


@given(DAYS, COUNTS)
def test_a_later_start_never_ends_earlier(start: date, n: int) -> None:
    later = start + timedelta(days=1)
    for unit in ("D", "WD"):
        assert due_of(f"{n}{unit}", start, CAL).due <= due_of(f"{n}{unit}", later, CAL).due


@given(DAYS, COUNTS)
def test_counting_back_mirrors_counting_on(start: date, n: int) -> None:
    back = due_of(f"-{n}WD", start, CAL).due
    assert CAL.workdays_between(back, start - timedelta(days=1)) == n
    early = due_of(f"-{n}D", start, CAL)
    assert early.due <= early.statutory < start
    assert CAL.is_workday(early.due_on)


@given(st.datetimes(datetime(2005, 1, 1), datetime(2060, 12, 31)), st.integers(1, 2000))  # noqa: DTZ001 China is put on
def test_hours_are_hours(start: datetime, n: int) -> None:
    due = due_of(f"{n}H", start, CAL)
    assert due.due_at - start.replace(tzinfo=CHINA) == timedelta(hours=n)
    assert due.due == due.statutory


@given(DAYS, st.integers(1, 90), st.integers(1, 60), st.integers(0, 30))
def test_a_pause_only_ever_gives_time(start: date, n: int, after: int, length: int) -> None:
    first = start + timedelta(days=after)
    pause = [(first, first + timedelta(days=length))]
    for term in (f"{n}D", f"{n}WD"):
        plain, paused = due_of(term, start, CAL), due_of(term, start, CAL, pauses=pause)
        assert paused.due >= plain.due
        if plain.statutory < first:
            assert paused.due == plain.due
        elif term.endswith("WD") is False:
            assert paused.statutory == plain.statutory + timedelta(days=length + 1)
