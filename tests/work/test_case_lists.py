"""Lists cost the same for one row as for many; filters, keyset pages and capped counts."""

from datetime import date

import pytest

from makers import AT, CHINA, VILLAGE, County, register
from minqing.charter import Verb
from minqing.kernel.errors import NotFound
from minqing.work.cases import commands as cases
from minqing.work.cases.commands.gate import refresh_due
from minqing.work.cases.jobs import mend_due
from minqing.work.cases.models import Case
from minqing.work.cases.queries import (
    Filters,
    case_page,
    queues,
    same_matter,
    status_of,
    worklist,
)
from minqing.work.cases.queries.gate import cases_for
from minqing.work.cases.queries.worklist import QUEUES
from minqing.work.cases.rules import Track
from minqing.work.duties import commands as duties
from minqing.work.duties.models import Duty
from minqing.work.duties.rules import Light
from work.casework import accepted, forwarded, later, opened, owed, replied, voice

pytestmark = pytest.mark.django_db


def many(town: County):
    def make(n: int) -> None:
        for _ in range(n):
            accepted(town)
            forwarded(town)

    return make


def test_a_worklist_is_flat(town: County, assert_flat):
    assert_flat(make=many(town), look=lambda: worklist(town["handler"], now=AT), many=10)


def test_the_queues_of_a_desk_are_flat(town: County, assert_flat):
    assert_flat(make=many(town), look=lambda: queues(town["dispatcher"], now=AT), many=5)


def test_a_case_page_is_flat_however_many_speak_in_it(town: County, assert_flat):
    case = accepted(town)

    def make(n: int) -> None:
        for _ in range(n):
            said = register("同一处停水。").demand_id
            cases.join_demand(
                by=town["dispatcher"], demand_id=said, case_id=case.pk, at=AT, reason="同一处。"
            )
            cases.talk_case(by=town["handler"], case_id=case.pk, at=AT, demand_id=said, text="今晚来修。")

    assert_flat(make=make, look=lambda: case_page(town["handler"], case.pk, now=AT), many=20)


def test_a_persons_page_is_flat_however_long_the_story(town: County, assert_flat):
    case = accepted(town)
    mine = voice(case)

    def make(n: int) -> None:
        for _ in range(n):
            cases.talk_case(by=town["handler"], case_id=case.pk, at=AT, demand_id=mine, text="今晚来修。")
            cases.reply_case(by=town["handler"], case_id=case.pk, at=AT, kind="interim", text="正在修。")

    assert_flat(make=make, look=lambda: status_of(mine, now=AT), many=20)


def test_all_cases_within_reach_cost_one_look(town: County, assert_flat):
    assert_flat(make=many(town), look=lambda: list(cases_for(town["leader"], Verb.CASE_VIEW)), many=5)


def test_pages_follow_each_other_without_gap_or_repeat(town: County):
    many(town)(6)
    opened(town, track=Track.ORDER)
    seen, after = [], None
    while True:
        page = worklist(town["dispatcher"], Filters(state="all"), after=after, size=5, now=AT)
        seen += [line.id for line in page.rows]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 13 == page.n
    days = [Case.objects.get(pk=pk).due_at for pk in seen]
    assert days == sorted(days)


def test_a_spoiled_page_mark_is_not_found(town: County):
    with pytest.raises(NotFound):
        worklist(town["dispatcher"], after="x_y", now=AT)
    with pytest.raises(NotFound):
        worklist(town["dispatcher"], Filters(queue="nothing"), now=AT)


def test_each_filter_narrows(town: County):
    here = accepted(town, demand_id=register("停水了", place=VILLAGE).demand_id)
    accepted(town, track=Track.ORDER)
    by, day = town["dispatcher"], AT.date()
    found = {
        "all": Filters(), "place": Filters(place=here.place_path), "track": Filters(track="order"),
        "office": Filters(office=town.offices["roads"]), "before": Filters(before=day), "kind": Filters(kind="help"),
        "state": Filters(state="registered"), "mine": Filters(mine=True), "supervised": Filters(supervised=True),
        "grade": Filters(grade="help"), "ended": Filters(state="ended"),
    }  # fmt: skip
    counts = {name: worklist(by, filters, now=AT).n for name, filters in found.items()}
    assert counts == {
        "all": 2, "place": 1, "track": 1, "office": 0, "before": 0, "kind": 2, "state": 0, "mine": 0, "supervised": 0,
        "grade": 2, "ended": 0,
    }  # fmt: skip


def test_lights_part_the_list_and_agree_with_the_lines(town: County):
    accepted(town)
    for when in (AT, later(40), later(58), later(70)):
        lit = {
            light: worklist(town["handler"], Filters(light=light), now=when).rows
            for light in ("green", "yellow", "orange", "red")
        }
        assert [light for light, rows in lit.items() if rows] == [
            worklist(town["handler"], now=when).rows[0].light.value
        ]


def test_every_queue_can_be_looked_at(town: County):
    many(town)(1)
    for key, _label, _verb in QUEUES:
        for name in ("dispatcher", "handler", "head", "arbiter", "leader"):
            worklist(town[name], Filters(queue=key), now=AT)


def test_what_may_be_the_same_matter_is_offered_with_the_likest_first(town: County):
    like = accepted(
        town, demand_id=register("上湾村三组自来水停了三天", place=VILLAGE).demand_id, title="三组停水"
    )
    accepted(town, demand_id=register("学校门口没有斑马线", place=VILLAGE).demand_id, title="斑马线")
    new = register("上湾村三组的自来水又停了", place=VILLAGE).demand_id
    assert [line.id for line in same_matter(town["dispatcher"], new, now=AT)] == [like.pk]
    assert date(2026, 6, 30) == AT.date()


def test_an_office_is_late_with_its_own_clock_not_with_the_callback_another_owes(town: County):
    case = replied(town, track=Track.ORDER)
    (rule,) = owed(case.pk)
    assert rule == "hl.callback"
    late = later(60)
    for by, red in ((town["handler"], False), (town["dispatcher"], True)):
        (row,) = worklist(by, now=late).rows
        assert (row.light is Light.RED, row.theirs) == (red, not red)
        assert len(worklist(by, Filters(light="red"), now=late).rows) == red
        assert {one.key: one.n for one in queues(by, now=late)}["late"] == red


def test_the_own_clock_goes_before_a_nearer_one_of_another_office(town: County):
    case = accepted(town)
    duties.owe(
        about=case.pk,
        rule="xf.assist",
        office_id=town.offices["hotline"],
        place=case.place_path,
        from_=AT,
        at=AT,
    )
    nearest, own = (owed(case.pk)[rule] for rule in ("xf.assist", "xf.handle"))
    assert nearest < own
    refresh_due(case)
    case.save()
    between = later(20)
    (row,) = worklist(town["handler"], now=between).rows
    assert (row.due_at.astimezone(CHINA).date().isoformat(), row.theirs) == (own, False)
    assert row.light is not Light.RED
    assert worklist(town["handler"], Filters(light="red"), now=between).rows == []
    (theirs,) = worklist(town["dispatcher"], now=between).rows
    assert theirs.light is Light.RED, "who reads the whole county sees what is late in it"
    much_later = later(120)
    assert len(worklist(town["handler"], Filters(light="red"), now=much_later).rows) == 1


def test_every_light_is_the_light_of_the_rows_it_lists_at_any_hour_and_for_any_reader(town: County):
    """Four lights share the rows out: none is in two lists, none that has a light is in no list."""
    both, own = accepted(town), accepted(town, at=later(-10))
    replied(town, track=Track.ORDER)
    for case, rule, office in ((both, "xf.assist", "hotline"), (own, "xf.supervise", "water")):
        duties.owe(
            about=case.pk, rule=rule, office_id=town.offices[office], place=case.place_path, from_=AT, at=AT
        )
        refresh_due(case)
        case.save()
    nearest = owed(both.pk)
    assert nearest["xf.assist"] < nearest["xf.handle"], "the case's nearest clock is another office's"
    assert {pk: Case.objects.get(pk=pk).due_by for pk in (both.pk, own.pk)} == {
        both.pk: "other",
        own.pk: "holder",
    }
    lights = (Light.GREEN, Light.YELLOW, Light.ORANGE, Light.RED)
    for by in (town["handler"], town["dispatcher"]):
        seen = set()
        for hours in range(0, 24 * 75, 31):
            now = later(hours=hours)
            rows = {row.id: row.light for row in worklist(by, now=now).rows}
            assert len(rows) == 3
            for light in lights:
                listed = {row.id for row in worklist(by, Filters(light=light), now=now).rows}
                assert listed == {pk for pk, shown in rows.items() if shown is light}, (hours, light)
            seen |= set(rows.values())
        assert seen >= set(lights)


def test_a_case_tells_whose_its_nearest_clock_is(town: County):
    """The holder's own, another office's, or nobody's, where only a right runs; every step keeps it."""
    case = accepted(town)
    assert Case.objects.get(pk=case.pk).due_by == "holder"
    assert {Case.objects.get(pk=replied(town, track=Track.ORDER).pk).due_by} == {"other"}
    for days, (rule, office), told in (
        (90, ("xf.assist", "hotline"), "holder"),
        (1, ("xf.assist", "water"), "holder"),
        (1, ("xf.assist", "hotline"), "other"),
        (1, ("xf.object", "water"), "other"),
    ):
        duty = Duty.objects.create(
            about_id=case.pk, rule=rule, office_id=town.offices[office], from_on=AT.date(), statutory_on=AT.date(),
            due_at=later(days),
        )  # fmt: skip
        refresh_due(case)
        assert case.due_by == told, (days, rule, office)
        Duty.objects.filter(pk=duty.pk).update(met_at=AT)
    Duty.objects.filter(about_id=case.pk).update(rule="xf.review.ask")
    refresh_due(case)
    assert case.due_by == "nobody"


def test_whose_the_nearest_clock_is_is_mended_overnight(town: County):
    case = accepted(town)
    Case.objects.filter(pk=case.pk).update(due_by="nobody")
    assert worklist(town["handler"], Filters(light="green"), now=AT).rows == []
    assert (mend_due(AT), mend_due(AT)) == (1, 0)
    assert [row.id for row in worklist(town["handler"], Filters(light="green"), now=AT).rows] == [case.pk]
