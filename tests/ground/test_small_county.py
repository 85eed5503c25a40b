"""小县模式: one page of who must do what each week, and what stands open while a role is empty."""

from uuid import uuid4

import pytest

from minqing.charter import MAY, Role
from minqing.ground.offices.queries import small_county
from minqing.ground.offices.rules import FALLS_TO, PER_WEEK, PROTECTION, WORK_MINUTES, Holder, week_of
from work.town import AT, build_town, somebody


def holder(*roles: Role, name: str = "林一") -> Holder:
    return Holder(uuid4(), name, "信访局", roles)


def test_work_is_only_asked_of_roles_that_may_do_it() -> None:
    assert [work for work in WORK_MINUTES if work.verb not in MAY[work.role]] == []


def test_the_work_of_an_empty_role_falls_only_to_those_who_may_do_it() -> None:
    for role in FALLS_TO:
        found = week_of(
            [holder(other) for other in Role if other is not role], {work.verb: 5 for work in WORK_MINUTES}
        )
        strays = [task for week in found.people for task in week.tasks if task.verb not in MAY[week.roles[0]]]
        assert strays == []


def test_twelve_demands_a_week_fit_into_half_an_hour_each() -> None:
    people = [holder(role) for role in Role]
    found = week_of(
        people, {"demand.register": 8, "case.open": 12, "case.accept": 2, "case.reply": 2, "callback.work": 6}
    )
    assert found.undone == ()
    assert found.off == ()
    assert [week for week in found.people if week.over] == []
    assert max(week.minutes for week in found.people) <= PER_WEEK


def test_two_who_hold_a_role_share_its_work() -> None:
    found = week_of([holder(Role.HANDLER), holder(Role.HANDLER)], {"case.reply": 10})
    assert [week.minutes for week in found.people] == [50.0, 50.0]
    assert all(week.over for week in found.people)


def test_an_empty_role_says_what_stands_open() -> None:
    found = week_of([holder(role) for role in Role if role is not Role.CALLBACK], {"callback.work": 5})
    assert [line.text for line in found.off] == [PROTECTION[Role.CALLBACK]]
    assert [(task.role, task.n) for task in found.undone] == [(Role.CALLBACK, 5)]


def test_calls_about_results_never_fall_to_those_who_are_judged() -> None:
    assert Role.CALLBACK not in FALLS_TO
    assert Role.ARBITER not in FALLS_TO


def test_two_roles_in_one_hand_that_should_be_in_two_are_named() -> None:
    found = week_of([holder(Role.SYSADMIN, Role.AUDITOR, name="周二")], {})
    assert [line.holder for line in found.off if len(line.roles) == 2] == ["周二"]


@pytest.mark.django_db
def test_the_page_is_read_from_appointments_in_force() -> None:
    town = build_town()
    somebody(Role.DISPATCHER, town.desk)
    found = small_county(AT.date(), {"case.open": 4})
    (week,) = found.people
    assert week.minutes == 8
    assert len(found.off) == len(PROTECTION) - 1


def test_each_role_s_work_is_summed_once_and_told_per_person() -> None:
    found = week_of(
        [holder(role) for role in Role] + [holder(Role.HANDLER)], {"case.reply": 6, "demand.register": 4}
    )
    roles = {one.role: one for one in found.roles}
    assert (roles[Role.HANDLER].n_people, roles[Role.HANDLER].minutes) == (2, 30)
    assert [task.n for task in roles[Role.OPERATOR].tasks] == [2]
    assert [task.n for task in roles[Role.VILLAGE_CADRE].tasks] == [2]
    assert sum(one.minutes * one.n_people for one in found.roles) == sum(
        week.minutes for week in found.people
    )


def test_those_with_nothing_to_do_are_counted_apart() -> None:
    found = week_of(
        [holder(Role.HANDLER), holder(Role.DISPATCHER), holder(Role.CALLBACK)],
        {"case.reply": 4, "case.open": 1},
    )
    assert [week.roles[0] for week in found.over] == [Role.HANDLER]
    assert [week.roles[0] for week in found.within] == [Role.DISPATCHER]
    assert found.n_idle == 1
