"""What another body asks for, lists of many, and telling the person later: two persons, each time."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from makers import AT, VILLAGE, County, register
from minqing.ground.people import commands as people
from minqing.ground.people.models import Look
from minqing.ground.people.queries import looks_of
from minqing.ground.people.rules import (
    AccessKind,
    AccessUsed,
    DelayWrong,
    InstrumentNeeded,
    NotApproved,
    NothingToTell,
    OnePerson,
    OutsideBody,
    Purpose,
    TooManyAlone,
    latest_delay,
)
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Case
from minqing.work.cases.rules import HiddenIdentity, NotHolder
from minqing.work.intake.queries import person_of
from work.casework import accepted
from work.openings import agreed, asked, opened, town_of_openings

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
