"""Supervision, carried cases, appraisals, earlier cases, mediation, reception days."""

from datetime import date

import pytest

from makers import AT, County, register
from minqing.ground.offices import commands as offices
from minqing.ground.people.rules import Contact
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.means.documents.queries import documents_about
from minqing.work.cases import commands as cases
from minqing.work.cases import jobs
from minqing.work.cases.commands import Agreed
from minqing.work.cases.models import Appraisal, Booking, Supervision
from minqing.work.cases.queries import Filters, bookings_for, case_page, reception_days, worklist
from minqing.work.cases.rules import (
    CaseState,
    DayFull,
    DayGone,
    DutiesNeeded,
    LinkRing,
    NamesUntilTheDay,
    NoConsent,
    NotHolder,
    NotNeutral,
    TooManyRepresentatives,
    ViolenceFirst,
)
from minqing.work.duties.queries import late_by_office
from minqing.work.promises.queries import promises_about
from work.casework import accepted, forwarded, later, opened, owed, resident, served, voice

pytestmark = pytest.mark.django_db
S = CaseState
ASK = {"ground": "推诿拖延", "words": "限期答复本人。"}


def test_a_supervision_letter_has_a_clock_of_its_own_and_closing_does_not_hide_it(town: County):
    case = served(town)
    case = cases.supervise_case(by=town["leader"], case_id=case.pk, at=AT, answer_by=date(2026, 7, 6), **ASK)
    assert owed(case.pk)["xf.supervise"] == "2026-07-06"
    assert documents_about(f"case:{case.pk}")[-1].title == "督办函"
    jobs.lapse(later(60))
    case.refresh_from_db()
    assert case.state == S.CLOSED
    assert set(owed(case.pk)) == {"xf.supervise"}
    assert [line.id for line in worklist(town["handler"], Filters(queue="supervised")).rows] == [case.pk]
    letter = Supervision.objects.get()
    with pytest.raises((NotHolder, NotFound)):
        cases.answer_supervision_case(
            by=town["other_handler"], case_id=case.pk, at=AT, supervision_id=letter.pk, answer="已办。"
        )
    case = cases.answer_supervision_case(
        by=town["handler"], case_id=case.pk, at=later(1), supervision_id=letter.pk, answer="已当面说明。"
    )
    assert case.due_at is None


def test_the_letter_goes_to_the_office_whose_turn_it_is(town: County):
    case = forwarded(town)
    cases.supervise_case(by=town["dispatcher"], case_id=case.pk, at=AT, **ASK)
    assert Supervision.objects.get().office_id == town.offices["water"]


def test_a_leader_carries_a_case(town: County):
    case = accepted(town)
    cases.carry_case(by=town["leader"], case_id=case.pk, at=AT, leader_id=town.accounts["leader"])
    page = case_page(town["handler"], case.pk, now=AT)
    assert page.line.carried and page.carried_by == "leader"


def test_an_appraisal_says_who_chose_and_who_paid_stops_no_clock_and_is_told_to_the_person(town: County):
    case = accepted(town)
    before = owed(case.pk)["xf.handle"]
    cases.appraise_case(
        by=town["handler"],
        case_id=case.pk,
        at=AT,
        body="市鉴定所",
        subject="伤情",
        chosen_by="本人",
        paid_by="水务局",
    )
    assert owed(case.pk)["xf.handle"] == before
    row = Appraisal.objects.get()
    cases.appraise_case(
        by=town["handler"], case_id=case.pk, at=later(5), appraisal_id=row.pk, result="九级。"
    )
    assert set(owed(case.pk)) == {"xf.handle", "xf.appraise.tell"}
    cases.appraise_case(
        by=town["handler"], case_id=case.pk, at=later(6), appraisal_id=row.pk, told_on=later(6).date()
    )
    assert set(owed(case.pk)) == {"xf.handle"}


def test_older_cases_of_the_same_matter_are_read_together_and_form_no_ring(town: County):
    new, old, older = opened(town), opened(town), opened(town)
    cases.link_case(by=town["dispatcher"], case_id=new.pk, at=AT, earlier_id=old.pk)
    cases.link_case(by=town["dispatcher"], case_id=new.pk, at=AT, earlier_id=older.pk)
    assert [one.id for one in case_page(town["dispatcher"], new.pk, now=AT).earlier] == [old.pk, older.pk]
    with pytest.raises(LinkRing):
        cases.link_case(by=town["dispatcher"], case_id=older.pk, at=AT, earlier_id=new.pk)


def test_the_state_systems_number_is_found(town: County):
    case = opened(town)
    cases.number_case(by=town["dispatcher"], case_id=case.pk, at=AT, external_no="5300123456")
    assert [line.id for line in worklist(town["dispatcher"], Filters(q="5300123456")).rows] == [case.pk]
    assert [line.id for line in worklist(town["dispatcher"], Filters(q=case.number)).rows] == [case.pk]


# Mediation


def mediation(town: County, case, **more):
    return cases.open_mediation(
        by=town["handler"], case_id=case.pk, mediator_id=town.accounts["mediator"], at=AT,
        **{"other_side": "邻居王某", "no_violence": True} | more,
    )  # fmt: skip


def test_where_there_is_violence_nobody_mediates(town: County):
    with pytest.raises(ViolenceFirst):
        mediation(town, accepted(town), no_violence=False)


def test_a_mediator_of_a_partys_office_or_their_kin_is_refused(town: County):
    case = accepted(town)
    with pytest.raises(NotNeutral):
        mediation(town, case, other_office_id=town.offices["town"])
    offices.declare_kin(
        account_id=town.accounts["mediator"],
        relation="配偶",
        other_id=town.accounts["other_handler"],
        office_id=None,
        on=AT.date(),
    )
    with pytest.raises(NotNeutral):
        mediation(town, case, other_office_id=town.offices["roads"])


def test_both_must_want_it_and_each_thing_agreed_is_a_dated_promise(town: County):
    case = accepted(town)
    row = mediation(town, case)
    parts = [Agreed(words="七月底前修好院墙。", due_on=date(2026, 7, 31), who="王某")]
    with pytest.raises(NoConsent):
        cases.agree_mediation(
            by=town["mediator"], mediation_id=row.pk, at=AT, agreement="修墙。", parts=parts
        )
    cases.consent_mediation(by=resident(voice(case)), mediation_id=row.pk, at=AT, person=True)
    cases.consent_mediation(by=town["mediator"], mediation_id=row.pk, at=AT, other=True)
    with pytest.raises(DutiesNeeded):
        cases.agree_mediation(by=town["mediator"], mediation_id=row.pk, at=AT, agreement="修墙。", parts=[])
    cases.agree_mediation(by=town["mediator"], mediation_id=row.pk, at=AT, agreement="修墙。", parts=parts)
    case.refresh_from_db()
    assert case.state == S.SETTLED
    [promise] = promises_about(f"case:{case.pk}", today=AT.date())
    assert (promise.words, promise.due_on) == ("七月底前修好院墙。", date(2026, 7, 31))
    assert documents_about(f"case:{case.pk}")[-1].title == "调解协议书"


def test_one_no_ends_the_mediation_and_the_case_goes_on(town: County):
    case = accepted(town)
    row = mediation(town, case)
    row = cases.consent_mediation(by=resident(voice(case)), mediation_id=row.pk, at=AT, person=False)
    case.refresh_from_db()
    assert (row.state, case.state, set(owed(case.pk))) == ("failed", S.ACCEPTED, {"xf.handle"})


def test_another_mediator_cannot_end_it(town: County):
    row = mediation(town, accepted(town))
    with pytest.raises(NotAllowed):
        cases.end_mediation(by=town["handler"], mediation_id=row.pk, at=AT, why="谈不拢。")


# Reception days

PERSON = Contact(name="吴六河", phone="13855556666")


def day_of(town: County, *, on=date(2026, 7, 15), seats: int = 1):
    day = cases.plan_day(
        by=town["reception"],
        at=AT,
        on=on,
        leader_id=town.accounts["leader"],
        place_words="信访局一楼",
        seats=seats,
    )
    cases.publish_day(by=town["reception"], day_id=day.pk, at=AT)
    return day


def test_a_seat_is_booked_without_a_reason_and_walk_ins_are_equal(town: County):
    day = day_of(town)
    me = resident(register().demand_id)
    booked = cases.book_day(by=me, day_id=day.pk, at=AT, contact=PERSON)
    assert booked.code and booked.queue_no == 1
    with pytest.raises(DayFull):
        cases.book_day(by=me, day_id=day.pk, at=AT, contact=PERSON)
    walked = cases.queue_walk_in(by=town["reception"], day_id=day.pk, at=later(15), contact=Contact())
    assert walked.queue_no == 2
    assert [one.taken for one in reception_days(since=AT.date())] == [1]


def test_more_than_five_do_not_speak_for_a_group(town: County):
    day = day_of(town)
    with pytest.raises(TooManyRepresentatives):
        cases.book_day(by=town["reception"], day_id=day.pk, at=AT, contact=PERSON, n_people=6)


def test_an_unpublished_or_past_day_cannot_be_booked(town: County):
    day = cases.plan_day(
        by=town["reception"],
        at=AT,
        on=date(2026, 7, 15),
        leader_id=town.accounts["leader"],
        place_words="院坝",
    )
    with pytest.raises(DayGone):
        cases.book_day(by=town["reception"], day_id=day.pk, at=AT, contact=PERSON)
    assert reception_days(since=AT.date()) == []


def test_until_the_day_only_the_reception_office_sees_who_comes(town: County):
    day = day_of(town)
    cases.book_day(by=town["reception"], day_id=day.pk, at=AT, contact=PERSON)
    assert bookings_for(town["reception"], day.pk, at=AT)[0].who == "吴*"
    with pytest.raises(NamesUntilTheDay):
        bookings_for(town["leader"], day.pk, at=AT)
    for name in ("handler", "dispatcher", "cadre"):
        with pytest.raises(NotAllowed):
            bookings_for(town[name], day.pk, at=later(15))
    assert bookings_for(town["leader"], day.pk, at=later(15))[0].queue_no == 1


def test_what_a_leader_says_on_the_spot_is_a_promise_with_its_words(town: County):
    day = day_of(town)
    seat = cases.book_day(by=town["reception"], day_id=day.pk, at=AT, contact=PERSON)
    promise = cases.hear(
        by=town["leader"], booking_id=seat.booking_id, at=later(15), notes="路灯。", promise_words="月底前装好路灯。",
        promise_due=date(2026, 7, 31),
    )  # fmt: skip
    assert promise is not None
    assert Booking.objects.get().state == "heard"


def test_a_booking_is_cancelled_by_its_code_and_who_did_not_come_is_only_marked(town: County):
    day = day_of(town, seats=2)
    first = cases.book_day(by=town["reception"], day_id=day.pk, at=AT, contact=PERSON)
    cases.book_day(by=town["reception"], day_id=day.pk, at=AT, contact=PERSON)
    cases.cancel_booking(by=resident(register().demand_id), at=AT, code=first.code)
    assert jobs.miss(later(20)) == 1
    assert sorted(Booking.objects.values_list("state", flat=True)) == ["cancelled", "missed"]


def test_the_leader_sees_what_is_late_and_with_whom(town: County):
    forwarded(town)
    assert [(one.name, one.n) for one in late_by_office(None, now=later(30))] == [("棠川县水务局", 1)]
