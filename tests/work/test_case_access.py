"""What one person alone may not open: asked with a reason, agreed to by another unit, thirty minutes, told to the person."""

import os
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

import makers
from doors.office import seat
from makers import AT, DAY, VILLAGE, County, register
from minqing.charter import Role
from minqing.ground.offices import commands as offices
from minqing.ground.offices.queries import actor
from minqing.ground.people import commands as people
from minqing.ground.people.models import Access, Look, Person
from minqing.ground.people.queries import access_for, access_line, access_lines, accesses_waiting, looks_of
from minqing.ground.people.rules import (
    AccessDecided,
    AccessExpired,
    AccessKind,
    ApproverIsAsker,
    AskOld,
    FactorNeeded,
    NotApproved,
    Purpose,
    ReasonNeeded,
    SameUnit,
    SeatGone,
)
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.means.notify.models import Message
from minqing.methods import seal
from minqing.record.facts.queries import kinds_about
from minqing.wiring.worker import Worker
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Case
from minqing.work.cases.rules import HiddenIdentity
from minqing.work.intake.queries import person_of
from work.casework import accepted
from work.openings import SOON, agreed, asked, opened, town_of_openings

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> County:
    return town_of_openings()


@pytest.fixture
def demand() -> UUID:
    told = register("停水", name="周五河", phone="13844445555", anonymity="confidential", place=VILLAGE)
    return told.demand_id


@pytest.fixture
def case(here: County, demand: UUID) -> Case:
    return accepted(here, demand_id=demand)


def test_two_persons_of_different_units_open_a_confidential_contact_and_the_person_sees_it(
    here: County, case: Case, demand: UUID
) -> None:
    access_id = asked(here, case, demand)
    agreed(here, access_id)
    (contact,) = opened(here, access_id)
    assert (contact.name, contact.phone) == ("周五河", "13844445555")
    (look,) = looks_of(person_of(demand))
    assert (look.office, look.purpose, look.role_label) == ("棠川县信访局", Purpose.HANDLE, "派办员")
    assert kinds_about(access_id) == ["access.asked", "access.approved", "access.opened"]
    assert opened(here, access_id) and len(looks_of(person_of(demand))) == 2, (
        "each opening is a look of its own"
    )


def test_the_office_that_handles_it_neither_asks_nor_agrees_nor_learns_of_it(
    here: County, case: Case, demand: UUID
) -> None:
    with pytest.raises(HiddenIdentity):
        asked(here, case, demand, who="handler")
    access_id = asked(here, case, demand)
    for who in ("head", "handler", "other_handler"):
        with pytest.raises(NotFound):
            access_for(here[who], access_id)
    with pytest.raises(NotFound):
        agreed(here, access_id, who="head")
    assert access_lines(here["head"], now=AT) == [] and accesses_waiting(here["head"], now=AT) == 0
    assert agreed(here, access_id, who="other_head").state == "approved"


@pytest.mark.parametrize(("who", "why"), [
    ("dispatcher", NotAllowed), ("desk_head", SameUnit), ("handler", NotAllowed), ("auditor", NotAllowed), ("sysadmin", NotAllowed),
])  # fmt: skip
def test_who_is_no_second_pair_of_eyes_is_refused(
    here: County, case: Case, demand: UUID, who: str, why: type[Exception]
) -> None:
    access_id = asked(here, case, demand)
    with pytest.raises(why):
        agreed(here, access_id, who=who)
    assert Access.objects.get(pk=access_id).state == "asked"


def test_nobody_agrees_to_their_own_request_from_another_seat(here: County, case: Case, demand: UUID) -> None:
    """A dispatcher who also sits as head of another office is still one person; the table itself refuses it."""
    access_id = asked(here, case, demand)
    post = offices.add_post(
        office_id=here.offices["roads"], title="副局长", title_en="", role=Role.OFFICE_HEAD
    )
    offices.appoint(account_id=here.accounts["dispatcher"], post_id=post, on=DAY, deputising=True)
    with pytest.raises(ApproverIsAsker):
        agreed(here, access_id, who="dispatcher")
    with pytest.raises(DatabaseError), transaction.atomic():
        Access.objects.filter(pk=access_id).update(
            state="approved", decided_by_id=here.accounts["dispatcher"], decided_at=AT
        )


def test_who_deputises_in_the_askers_unit_is_of_that_unit(here: County, case: Case, demand: UUID) -> None:
    access_id = asked(here, case, demand)
    post = offices.add_post(office_id=here.offices["desk"], title="代班", title_en="", role=Role.REGISTRAR)
    offices.appoint(account_id=here.accounts["arbiter"], post_id=post, on=DAY, deputising=True)
    with pytest.raises(SameUnit):
        agreed(here, access_id)


def test_discipline_stands_apart_from_the_line(here: County, case: Case, demand: UUID) -> None:
    assert agreed(here, asked(here, case, demand), who="disciplinary").state == "approved"


def test_an_approval_counts_once(here: County, case: Case, demand: UUID) -> None:
    access_id = asked(here, case, demand)
    agreed(here, access_id)
    for again in ("arbiter", "other_head"):
        with pytest.raises((AccessDecided, NotFound)):
            agreed(here, access_id, who=again)
    with pytest.raises(AccessExpired):
        opened(here, access_id, at=SOON + timedelta(minutes=31))


def test_a_no_is_a_no(here: County, case: Case, demand: UUID) -> None:
    access_id = asked(here, case, demand)
    people.refuse_access(by=here["arbiter"], access_id=access_id, at=SOON, proved_at=SOON, words="理由不足")
    with pytest.raises(NotApproved):
        opened(here, access_id)
    with pytest.raises(AccessDecided):
        agreed(here, access_id)


@pytest.mark.parametrize("proved", [None, AT - timedelta(minutes=6), AT + timedelta(minutes=1)])
def test_every_step_needs_a_factor_of_the_last_five_minutes(
    here: County, case: Case, demand: UUID, proved: datetime | None
) -> None:
    with pytest.raises(FactorNeeded):
        asked(here, case, demand, proved_at=proved)
    access_id = asked(here, case, demand)
    with pytest.raises(FactorNeeded):
        people.approve_access(by=here["arbiter"], access_id=access_id, at=AT, proved_at=proved)
    agreed(here, access_id, at=AT)
    with pytest.raises(FactorNeeded):
        people.open_access(by=here["dispatcher"], access_id=access_id, at=AT, proved_at=proved)
    assert not Look.objects.exists()


def test_a_revoked_officers_old_tab_opens_nothing(here: County, case: Case, demand: UUID) -> None:
    access_id = asked(here, case, demand)
    agreed(here, access_id)
    old = here["dispatcher"]
    gone = old.__class__(account_id=old.account_id, seats=())
    with pytest.raises(SeatGone):
        people.open_access(by=gone, access_id=access_id, at=SOON, proved_at=SOON)
    moved = seat(here, "moved", "roads", Role.DISPATCHER)
    offices.appoint(account_id=here.accounts["dispatcher"], post_id=moved, on=DAY, deputising=True)
    elsewhere = tuple(one for one in here["dispatcher"].seats if one.office_id == here.offices["roads"])
    with pytest.raises(SeatGone):
        people.open_access(
            by=old.__class__(account_id=old.account_id, seats=elsewhere),
            access_id=access_id,
            at=SOON,
            proved_at=SOON,
        )
    assert not Look.objects.exists()


def test_nobody_else_opens_what_was_agreed_to(here: County, case: Case, demand: UUID) -> None:
    access_id = asked(here, case, demand)
    agreed(here, access_id)
    for who in ("arbiter", "auditor"):
        with pytest.raises((NotApproved, NotFound)):
            opened(here, access_id, who=who)
    with pytest.raises(NotFound):
        opened(here, access_id, who="handler")


def test_a_request_that_nobody_answers_lapses_after_a_day(here: County, case: Case, demand: UUID) -> None:
    access_id = asked(here, case, demand)
    with pytest.raises(AskOld):
        agreed(here, access_id, at=AT + timedelta(hours=25))
    assert access_line(here["dispatcher"], access_id, now=AT + timedelta(hours=25)).stale


def test_a_reason_is_wanted(here: County, case: Case, demand: UUID) -> None:
    with pytest.raises(ReasonNeeded):
        asked(here, case, demand, words="  ")


def test_without_a_durable_look_nothing_is_opened(here: County, case: Case, demand: UUID) -> None:
    """The key is broken, so that opening fails: the look stands there all the same."""
    access_id = asked(here, case, demand)
    agreed(here, access_id)
    Person.objects.filter(pk=person_of(demand)).update(key=seal.wrap(bytes(32), bytes(32)))
    with pytest.raises(seal.WrongSeal):
        opened(here, access_id)
    assert Look.objects.filter(person_id=person_of(demand), access_id=access_id).count() == 1


@pytest.mark.parametrize("way", ["one", "list"])
def test_nor_is_an_ordinary_one_and_a_list(here: County, way: str) -> None:
    demand = register("停水", name="李四河", phone="13833334444").demand_id
    case = accepted(here, demand_id=demand)
    Person.objects.filter(pk=person_of(demand)).update(key=seal.wrap(bytes(32), bytes(32)))
    with pytest.raises(seal.WrongSeal):
        if way == "one":
            cases.open_contact(by=here["handler"], case_id=case.pk, demand_id=demand, at=AT)
        else:
            cases.open_contacts(by=here["handler"], case_id=case.pk, at=AT)
    assert len(looks_of(person_of(demand))) == 1


# What the table itself holds


def test_the_app_cannot_take_back_who_asked_or_why(here: County, case: Case, demand: UUID) -> None:
    access_id = asked(here, case, demand)
    for change in ("words = 'x'", "asked_by_id = asked_by_id", "n = 1", "instrument = ''"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE people_access SET {change} WHERE id = %s", [access_id])
    for table in ("people_access", "people_accessperson", "people_look", "people_alarm"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


def test_reads_are_flat(here: County, case: Case, assert_flat: Any) -> None:
    people_of = [register("路", name="李四河", phone="13833334444", anonymity="confidential").demand_id]

    def make(n: int) -> None:
        for _ in range(n):
            people.ask_access(
                by=here["dispatcher"], at=AT, kind=AccessKind.CONFIDENTIAL, person_ids=[person_of(people_of[0])],
                about=f"case:{case.pk}", words="要送达", proved_at=AT,
            )  # fmt: skip

    assert_flat(make=make, look=lambda: access_lines(here["arbiter"], now=AT))
    one = Access.objects.order_by("id").first()
    assert one is not None
    assert_flat(make=make, look=lambda: access_line(here["arbiter"], one.pk, now=AT))


@pytest.mark.django_db(transaction=True)
def test_killed_between_the_log_and_the_answer_the_look_is_there() -> None:
    """No log, no look: the process dies the instant after the contact was opened, before a byte is sent."""
    made = makers.county()
    demand = register("停水", name="李四河", phone="13833334444").demand_id
    case = accepted(made, demand_id=demand)
    who, read, write = made["handler"], *os.pipe()
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            contact = cases.open_contact(by=who, case_id=case.pk, demand_id=demand, at=AT)
            os.write(write, contact.phone.encode())
        finally:
            os.kill(os.getpid(), 9)
    os.close(write)
    assert os.waitpid(child, 0)[1] == 9
    assert os.read(read, 100) == b"13833334444"
    os.close(read)
    (look,) = looks_of(person_of(demand))
    assert look.office == "棠川县水务局"
    assert actor(made.accounts["handler"], on=AT.date()).account_id == Look.objects.get().account_id


def test_those_outside_the_line_hear_that_it_waits_and_the_asker_what_came_of_it(
    here: County, case: Case, demand: UUID
) -> None:
    access_id = asked(here, case, demand)
    Worker(timetable=[]).run_until_idle()
    told = Message.objects.filter(template="desk.access-asked")
    assert {one.account_id for one in told} == {here.accounts["arbiter"], here.accounts["disciplinary"]}
    agreed(here, access_id)
    Worker(timetable=[]).run_until_idle()
    (heard,) = Message.objects.filter(template="desk.access-decided")
    assert heard.account_id == here.accounts["dispatcher"] and heard.params == {"result": "同意"}


def test_the_petition_desk_asks_also_where_the_hotline_took_the_word_down(here: County, demand: UUID) -> None:
    case = accepted(here, demand_id=demand)
    Case.objects.filter(pk=case.pk).update(first_holder_id=here.offices["hotline"])
    access_id = asked(here, case, demand)
    agreed(here, access_id)
    assert opened(here, access_id)[0].name == "周五河"
