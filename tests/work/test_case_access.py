"""What one person alone may not open: asked with a reason, agreed to by another unit, thirty minutes, told to the person."""

import os
from datetime import date, datetime, timedelta
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
    AccessUsed,
    ApproverIsAsker,
    AskOld,
    DelayWrong,
    FactorNeeded,
    InstrumentNeeded,
    NotApproved,
    NothingToTell,
    OnePerson,
    OutsideBody,
    Purpose,
    ReasonNeeded,
    SameUnit,
    SeatGone,
    TooManyAlone,
    latest_delay,
)
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.methods import seal
from minqing.record.facts.queries import kinds_about
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Case
from minqing.work.cases.rules import HiddenIdentity, NotHolder
from minqing.work.intake.queries import person_of
from work.casework import accepted

pytestmark = pytest.mark.django_db
SOON = AT + timedelta(minutes=5)


@pytest.fixture
def here() -> County:
    made = makers.county()
    seat(made, "disciplinary", "government", Role.DISCIPLINE)
    seat(made, "auditor", "government", Role.AUDITOR)
    seat(made, "desk_head", "desk", Role.OFFICE_HEAD)
    return made


@pytest.fixture
def demand() -> UUID:
    told = register("停水", name="周五河", phone="13844445555", anonymity="confidential", place=VILLAGE)
    return told.demand_id


@pytest.fixture
def case(here: County, demand: UUID) -> Case:
    return accepted(here, demand_id=demand)


def asked(here: County, case: Case, demand: UUID | None, who: str = "dispatcher", **more: Any) -> UUID:
    values: dict[str, Any] = {
        "kind": AccessKind.CONFIDENTIAL,
        "words": "要当面送达",
        "proved_at": AT,
        "at": AT,
    } | more
    return cases.ask_access(by=here[who], case_id=case.pk, demand_id=demand, **values)


def agreed(here: County, access_id: UUID, who: str = "arbiter", at: datetime = SOON) -> Access:
    return people.approve_access(by=here[who], access_id=access_id, at=at, proved_at=at)


def opened(here: County, access_id: UUID, who: str = "dispatcher", at: datetime = SOON) -> list[Any]:
    return list(people.open_access(by=here[who], access_id=access_id, at=at, proved_at=at).values())


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


# Outside requests

POLICE = {
    "kind": AccessKind.OUTSIDE, "body": OutsideBody.POLICE, "instrument": "棠公调字〔2026〕12号", "article": "刑事诉讼法第五十四条",
    "words": "来函调取",
}  # fmt: skip


def test_an_instrument_opens_one_person_and_the_person_is_told_at_once(
    here: County, case: Case, demand: UUID
) -> None:
    access_id = asked(here, case, demand, **POLICE)
    agreed(here, access_id, who="other_head")
    assert opened(here, access_id)[0].name == "周五河"
    (look,) = looks_of(person_of(demand))
    assert (look.purpose, look.body) == (Purpose.OUTSIDE, OutsideBody.POLICE)


@pytest.mark.parametrize("missing", [{"body": None}, {"instrument": " "}, {"article": ""}])
def test_no_outside_request_without_body_number_and_article(
    here: County, case: Case, demand: UUID, missing: dict[str, Any]
) -> None:
    with pytest.raises(InstrumentNeeded):
        asked(here, case, demand, **POLICE | missing)


def test_only_the_desk_answers_instruments_and_never_in_bulk(here: County, case: Case, demand: UUID) -> None:
    with pytest.raises(HiddenIdentity):
        asked(here, case, demand, who="handler", **POLICE)
    with pytest.raises(OnePerson):
        people.ask_access(
            by=here["dispatcher"], at=AT, person_ids=[person_of(demand), person_of(register("路").demand_id)],
            about="case:x", proved_at=AT, **POLICE,
        )  # fmt: skip


TODAY = date(2026, 6, 30)


def test_an_instrument_that_forbids_it_delays_the_telling_and_two_more_delay_it_again(
    here: County, case: Case, demand: UUID
) -> None:
    until = date(2026, 10, 1)
    access_id = asked(here, case, demand, **POLICE, tell_from=until)
    agreed(here, access_id)
    opened(here, access_id)
    person = person_of(demand)
    assert looks_of(person, on=TODAY) == [] and looks_of(person, on=until - timedelta(1)) == []
    assert len(looks_of(person, on=until)) == 1
    assert Look.objects.count() == 1, "written down all the same"

    later = datetime(2026, 9, 20, 2, tzinfo=AT.tzinfo)
    longer = date(2027, 3, 1)
    again = people.delay_access(
        by=here["dispatcher"],
        access_id=access_id,
        at=later,
        words="仍在侦查",
        tell_from=longer,
        proved_at=later,
    )
    assert len(looks_of(person, on=until)) == 1, "asked is not agreed"
    people.approve_access(by=here["other_head"], access_id=again.pk, at=later, proved_at=later)
    assert looks_of(person, on=until) == [] and len(looks_of(person, on=longer)) == 1
    with pytest.raises(NotApproved):
        opened(here, again.pk, at=later)
    with pytest.raises(NothingToTell):
        people.delay_access(
            by=here["dispatcher"],
            access_id=again.pk,
            at=later,
            words="再推",
            tell_from=longer,
            proved_at=later,
        )


@pytest.mark.parametrize("when", [TODAY, TODAY - timedelta(1), date(2026, 12, 31), date(2030, 1, 1)])
def test_a_delay_begins_tomorrow_and_ends_within_six_months(
    here: County, case: Case, demand: UUID, when: date
) -> None:
    assert latest_delay(TODAY) == date(2026, 12, 30) and latest_delay(date(2026, 8, 31)) == date(2027, 2, 28)
    with pytest.raises(DelayWrong):
        asked(here, case, demand, **POLICE, tell_from=when)


def test_only_an_instrument_delays(here: County, case: Case, demand: UUID) -> None:
    with pytest.raises(DelayWrong):
        asked(here, case, demand, tell_from=date(2026, 10, 1))


# Lists


def joint(here: County, n: int) -> Case:
    first = register("停水一", name="周一河", phone="13800000100").demand_id
    case = accepted(here, demand_id=first)
    for k in range(1, n):
        mine = register(f"停水{k}", name=f"李{k}河", phone=f"138000001{k:02}").demand_id
        cases.join_demand(by=here["dispatcher"], demand_id=mine, case_id=case.pk, at=AT, reason="同一处。")
    return case


def test_the_office_in_charge_takes_a_short_list_alone_and_each_on_it_sees_it(here: County) -> None:
    case = joint(here, 3)
    hidden = register("停水", name="保密人", phone="13844445555", anonymity="confidential").demand_id
    cases.join_demand(by=here["dispatcher"], demand_id=hidden, case_id=case.pk, at=AT, reason="同一处。")
    found = cases.open_contacts(by=here["handler"], case_id=case.pk, at=AT)
    assert {one.name for one in found} == {"周一河", "李1河", "李2河"}, "who asked for secrecy is on no list"
    looks = Look.objects.all()
    assert looks.count() == 3 and {look.kind for look in looks} == {"exported"}
    with pytest.raises((NotHolder, NotFound, NotAllowed)):
        cases.open_contacts(by=here["other_handler"], case_id=case.pk, at=AT)
    with pytest.raises(NotHolder):
        cases.open_contacts(by=here["dispatcher"], case_id=case.pk, at=AT)


def test_a_long_list_takes_two_and_goes_out_once(here: County) -> None:
    case = joint(here, 21)
    with pytest.raises(TooManyAlone):
        cases.open_contacts(by=here["handler"], case_id=case.pk, at=AT)
    assert not Look.objects.exists()
    access_id = asked(here, case, None, who="handler", kind=AccessKind.EXPORT)
    agreed(here, access_id)
    assert len(opened(here, access_id, who="handler")) == 21
    assert Look.objects.filter(kind="exported", access_id=access_id).count() == 21
    with pytest.raises(AccessUsed):
        opened(here, access_id, who="handler")


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
