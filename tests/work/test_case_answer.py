"""Answers, service, review, parking, time: what must be written, and from when the days run."""

from datetime import date

import pytest

from makers import AT, County
from minqing.kernel.states import IllegalMove
from minqing.means.documents.models import Document
from minqing.means.documents.queries import documents_about
from minqing.work.cases import commands as cases
from minqing.work.cases import jobs
from minqing.work.cases.models import ExtensionAsk
from minqing.work.cases.rules import (
    CaseState,
    ExtendedBefore,
    ExtensionTooLong,
    NoNextDate,
    NotOffered,
    NotServed,
    OpinionIncomplete,
    ReasonNeeded,
    ReplyKind,
    ReviewLate,
    Track,
)
from minqing.work.duties.queries import duties_about
from minqing.work.promises.queries import promises_about
from work.casework import (
    OPINION,
    accepted,
    answer,
    later,
    on,
    owed,
    replied,
    resident,
    reviewing,
    served,
    voice,
)

pytestmark = pytest.mark.django_db
S = CaseState


def test_an_opinion_without_its_parts_is_refused_and_every_missing_part_is_named(town: County):
    case = accepted(town)
    with pytest.raises(OpinionIncomplete) as no:
        cases.reply_case(
            by=town["handler"],
            case_id=case.pk,
            at=AT,
            kind=ReplyKind.OPINION,
            text="支持。",
            request="供水。",
        )
    missing = str(no.value)
    assert "依据" in missing and "不服怎么办" in missing and "事实和理由" in missing and "处理结论" in missing
    assert "本人的请求" not in missing
    case.refresh_from_db()
    assert case.state == S.ACCEPTED


def test_a_claim_cannot_be_answered_by_a_bare_sentence(town: County):
    case = accepted(town)
    with pytest.raises(OpinionIncomplete):
        cases.reply_case(
            by=town["handler"],
            case_id=case.pk,
            at=AT,
            kind=ReplyKind.ANSWER,
            text="已办。",
            outcome="support",
        )


def test_an_interim_word_ends_no_clock(town: County):
    case = accepted(town)
    before = owed(case.pk)
    case = cases.reply_case(
        by=town["handler"], case_id=case.pk, at=AT, kind=ReplyKind.INTERIM, text="正在挖。"
    )
    assert case.state == S.ACCEPTED
    assert owed(case.pk) == before


def test_the_days_of_review_run_only_from_service(town: County):
    case = replied(town)
    assert set(owed(case.pk)) == {"xf.serve"}
    with pytest.raises(NotServed):
        cases.ask_review(by=resident(voice(case)), case_id=case.pk, at=later(1), reason="不服。")
    case = cases.serve_case(
        by=town["handler"], case_id=case.pk, at=later(10), way="by_hand", on=later(9).date()
    )
    assert owed(case.pk) == {"xf.review.ask": "2026-08-10"}
    assert case.state == S.SERVED


def test_electronic_service_needs_consent(town: County):
    case = replied(town)
    with pytest.raises(Exception, match="同意"):
        cases.serve_case(by=town["handler"], case_id=case.pk, at=AT, way="electronic", on=AT.date())


def test_a_review_goes_to_the_organ_above_and_not_to_the_office_itself(town: County):
    case = reviewing(town)
    said = {
        "outcome": "support",
        "text": "维持。",
        "reasons": "清楚。",
        "basis": "第三十五条",
        "remedy": "市级主管部门",
    }
    assert owed(case.pk) == {"xf.review": "2026-07-30"}
    with pytest.raises(NotOffered):
        cases.review_case(by=town["head"], case_id=case.pk, at=AT, **said)
    assert cases.review_case(by=town["leader"], case_id=case.pk, at=AT, **said).state == S.REVIEWED


def test_a_review_asked_too_late_is_refused_and_the_answer_lapses_silently(town: County):
    case = served(town)
    with pytest.raises(ReviewLate):
        cases.ask_review(by=resident(voice(case)), case_id=case.pk, at=later(60), reason="不服。")
    assert jobs.lapse(later(29)) == 0
    assert jobs.lapse(later(60)) == 1
    case.refresh_from_db()
    assert case.state == S.CLOSED
    window = next(line for line in duties_about([case.pk])[case.pk] if line.rule == "xf.review.ask")
    assert window.met_at == window.due_at, "the office is not late because the person stayed silent"


def test_time_is_given_once_by_the_head_with_a_reason_and_no_more_than_thirty_days(town: County):
    case = accepted(town)
    cases.ask_extension_case(by=town["handler"], case_id=case.pk, at=AT, days=20, reason="等管件。")
    with pytest.raises(ExtensionTooLong):
        cases.extend_case(by=town["head"], case_id=case.pk, at=AT, days=31, reason="等管件。")
    with pytest.raises(ReasonNeeded):
        cases.extend_case(by=town["head"], case_id=case.pk, at=AT, days=20, reason=" ")
    case = cases.extend_case(by=town["head"], case_id=case.pk, at=AT, days=20, reason="等管件。")
    assert owed(case.pk) == {"xf.handle": "2026-09-18"}
    assert ExtensionAsk.objects.get().granted
    assert "延期告知书" in [paper.title for paper in documents_about(f"case:{case.pk}")]
    with pytest.raises((ExtendedBefore, IllegalMove)):
        cases.extend_case(by=town["head"], case_id=case.pk, at=AT, days=5, reason="再等。")


def test_what_cannot_be_done_now_has_a_reason_an_authority_and_a_day(town: County):
    case = accepted(town)
    with pytest.raises(NoNextDate):
        cases.park_case(
            by=town["handler"],
            case_id=case.pk,
            at=AT,
            reason="等资金。",
            authority="",
            next_on=date(2026, 12, 1),
        )
    case = cases.park_case(
        by=town["handler"],
        case_id=case.pk,
        at=AT,
        reason="等资金。",
        authority="市水务局",
        next_on=date(2026, 12, 1),
    )
    assert owed(case.pk) == {"xf.park": "2026-12-01"}
    dropped = [line for line in duties_about([case.pk])[case.pk] if line.dropped]
    assert [line.dropped for line in dropped] == ["parked"], "counted apart from what was done"


def test_closing_late_stays_late(town: County):
    case = accepted(town)
    case = answer(town, case, at=on("2026-12-20"))
    handled = next(line for line in duties_about([case.pk])[case.pk] if line.rule == "xf.handle")
    assert handled.met_at > handled.due_at


def test_a_promise_in_an_answer_keeps_its_exact_words_and_day(town: County):
    case = accepted(town)
    cases.reply_case(
        by=town["handler"], case_id=case.pk, at=AT, kind=ReplyKind.OPINION, outcome="support", text="三日内修好。",
        promise_words="七月三日前通水。", promise_due=date(2026, 7, 3), **OPINION,
    )  # fmt: skip
    [promise] = promises_about(f"case:{case.pk}", today=AT.date())
    assert (promise.words, promise.due_on) == ("七月三日前通水。", date(2026, 7, 3))


def test_an_order_is_answered_plainly_and_concluded_by_the_desk(town: County):
    case = replied(town, track=Track.ORDER)
    assert set(owed(case.pk)) == {"hl.callback"}
    case = cases.conclude_case(by=town["dispatcher"], case_id=case.pk, at=later(2))
    assert (case.state, case.n_confirmed) == (S.CONCLUDED, 0)


@pytest.mark.parametrize("typed", ["县水行政主管部门", "不服的，三十日内可以向上一级机关请求复查。"])
def test_the_opinion_names_the_organ_of_the_review_however_the_officer_wrote_it(town: County, typed: str):
    case = accepted(town)
    case = cases.reply_case(
        by=town["handler"], case_id=case.pk, at=AT, kind=ReplyKind.OPINION, outcome="support", text="三日内修好。",
        **OPINION | {"remedy": typed},
    )  # fmt: skip
    paper = Document.objects.get(about=f"case:{case.pk}", kind="opinion")
    organ = paper.body["remedy_organ"]
    assert "，" not in organ and "请求" not in organ
    assert typed in (organ, paper.body.get("remedy_other"))
