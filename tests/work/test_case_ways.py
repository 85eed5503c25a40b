"""After the answer each voice goes its own way: own verdict, own service, own review; nobody acts for the others."""

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from makers import AT, County, register
from minqing.kernel.errors import NotAllowed, Refusal
from minqing.means.files.queries import files_of
from minqing.means.files.rules import FileClass
from minqing.record.facts.queries import facts_about
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Case
from minqing.work.cases.queries import case_page, status_of
from minqing.work.cases.queries.flow import weekly_flow
from minqing.work.cases.rules import (
    BadArrival,
    CaseState,
    EndedBefore,
    NotServed,
    NotYourVoice,
    ReviewLate,
    Track,
)
from minqing.work.intake.queries import demand_line
from minqing.work.judgement.models import Callback, Verdict
from work.casework import accepted, answer, later, opened, owed, picture, replied, resident, served, voice

pytestmark = pytest.mark.django_db
S = CaseState


def neighbours(town: County, n: int, *, track: Track = Track.PETITION) -> tuple[Case, list]:
    """A case in hand with n voices, all of whom left a telephone."""
    first = register("第一户：夜里太吵。", name="赵一", phone="13811110000").demand_id
    case = accepted(town, track=track, demand_id=first)
    words = [first]
    for k in range(1, n):
        slip = register(f"第{k}户：夜里太吵。", name=f"钱{k}", phone=f"138111100{k:02d}", at=later(hours=k))
        words.append(slip.demand_id)
        cases.join_demand(
            by=town["dispatcher"],
            demand_id=slip.demand_id,
            case_id=case.pk,
            at=later(hours=k),
            reason="同一家厂。",
        )
    case.refresh_from_db()
    return case, words


def says(demand_id, case_id, solved: str, at=AT) -> tuple[int, bool]:
    return cases.give_verdict(by=resident(demand_id), case_id=case_id, at=at, solved=solved, explained="yes")


def serves(town: County, case: Case, on: date, demand_id=None, at=None) -> Case:
    return cases.serve_case(
        by=town["handler"], case_id=case.pk, at=at or later(5), way="by_hand", on=on, demand_id=demand_id
    )


def now_in(demand_id) -> Case:
    return Case.objects.get(links__demand_id=demand_id, links__left_at__isnull=True)


# Verdicts


def test_one_persons_no_opens_the_matter_for_that_person_and_leaves_the_others_as_they_are(
    town: County,
) -> None:
    case, (yes, no, silent) = neighbours(town, 3)
    case = answer(town, case, at=later(2))
    says(yes, case.pk, "yes", later(3))
    serves(town, case, later(3).date(), at=later(3))
    before = {one: status_of(one, now=later(4)) for one in (yes, silent)}
    clocks = picture(case.pk)["clocks"]
    assert says(no, case.pk, "no", later(4)) == (1, True)
    case.refresh_from_db()
    assert (case.state, case.n_voices, case.n_confirmed) == (S.SERVED, 2, 1)
    assert picture(case.pk)["clocks"] == clocks, "their thirty days run on"
    assert {one: status_of(one, now=later(4)) for one in (yes, silent)} == {
        one: told.__class__(
            **{
                **vars(told),
                "parts": [part.__class__(**{**vars(part), "n_others": 1}) for part in told.parts],
            }
        )
        for one, told in before.items()
    }
    onward = now_in(no)
    assert (onward.continues_id, onward.state, onward.n_voices) == (case.pk, S.ACCEPTED, 1)
    assert set(owed(onward.pk)) == {"xf.reopen"}
    told = status_of(no, now=later(4))
    assert (told.state, told.holder.until) == ("accepted", onward.due_at)
    assert len(told.parts) == 1 and told.parts[0].replies and told.parts[0].papers, (
        "the answer stays on their page"
    )
    assert [one.solved for one in told.verdicts] == ["no"]


def test_those_who_say_no_before_the_next_answer_go_on_together_each_with_a_day(town: County) -> None:
    case, words = neighbours(town, 4, track=Track.ORDER)
    answer(town, case, at=later(1))
    assert says(words[1], case.pk, "no", later(2)) == (1, True)
    assert says(words[2], case.pk, "no", later(4)) == (1, True)
    onward = now_in(words[1])
    assert now_in(words[2]) == onward and onward.n_voices == 2
    first, second = (status_of(word, now=later(4)).holder.until for word in words[1:3])
    assert first is not None and second is not None and second > first
    answer(town, onward, at=later(5))
    assert not owed(words[2]) and status_of(words[2], now=later(5)).state == "replied"
    assert says(words[2], onward.pk, "yes", later(6)) == (2, False), "versions go on"
    assert Verdict.objects.filter(voice_id=words[2], latest=True).count() == 1, "one person counts once"


def test_a_voice_that_went_on_keeps_its_own_days_of_review(town: County) -> None:
    case, (no, other, silent) = neighbours(town, 3)
    answer(town, case, at=later(1))
    serves(town, case, date(2026, 7, 1), no, later(1))
    serves(town, case, date(2026, 7, 3), other, later(3))
    says(no, case.pk, "no", later(4))
    says(other, case.pk, "no", later(5))
    onward = now_in(no)
    assert now_in(other) == onward
    days = [
        next(one.due for one in status_of(word, now=later(6)).clocks if one.key == "xf.review.ask")
        for word in (no, other)
    ]
    assert days == [date(2026, 7, 31), date(2026, 8, 3)], "each from the day of their own service"
    cases.ask_review(by=resident(other), case_id=onward.pk, at=later(6), reason="不同意。")
    asked = now_in(other)
    assert (asked.state, asked.continues_id) == (S.REVIEWING, onward.pk)
    assert not owed(other)
    onward.refresh_from_db()
    assert (onward.state, onward.n_voices) == (S.ACCEPTED, 1), "for the other the office works on"
    assert "ask-review" in status_of(no, now=later(6)).acts
    assert "ask-review" not in status_of(silent, now=later(6)).acts, "nothing served to them yet"


def test_the_last_voice_opens_the_case_itself(town: County) -> None:
    case, (one, other) = neighbours(town, 2)
    answer(town, case, at=later(1))
    says(one, case.pk, "no", later(2))
    says(other, case.pk, "no", later(3))
    case.refresh_from_db()
    assert (now_in(other), case.state, case.n_voices) == (case, S.ACCEPTED, 1)


def test_the_others_are_told_nothing_and_only_the_one_is_told_of_the_new_day(town: County) -> None:
    case, (content, no) = neighbours(town, 2)
    answer(town, case, at=later(1))
    says(no, case.pk, "no", later(2))
    assert all("没解决" not in line.text for line in status_of(content, now=later(2)).timeline)
    assert any("没解决" in line.text for line in status_of(no, now=later(2)).timeline)
    assert [fact.kind for fact in facts_about(now_in(no).pk)] == ["case.continued", "case.reopened"]
    page = case_page(town["handler"], case.pk, now=later(2))
    assert [one.id for one in page.continued] == [now_in(no).pk]
    page = case_page(town["handler"], now_in(no).pk, now=later(2))
    assert page.continues is not None and page.continues.id == case.pk
    assert page.replies and page.voices[0].solved == "no"


def test_who_has_judged_the_answer_is_not_called_about_it(town: County) -> None:
    case, (content, silent) = neighbours(town, 2, track=Track.ORDER)
    answer(town, case, at=later(1))
    says(content, case.pk, "yes", later(2))
    cases.conclude_case(by=town["dispatcher"], case_id=case.pk, at=later(3))
    assert set(Callback.objects.values_list("voice_id", flat=True)) == {silent}


def test_a_no_on_the_telephone_reopens_for_that_voice_only(town: County) -> None:
    case, (called, content) = neighbours(town, 2, track=Track.ORDER)
    answer(town, case, at=later(1))
    cases.conclude_case(by=town["dispatcher"], case_id=case.pk, at=later(2))
    row = Callback.objects.get(voice_id=called)
    _line, reopened = cases.work_callback(
        by=town["callback"], callback_id=row.pk, at=later(3), act="reach", solved="no", explained="yes"
    )
    case.refresh_from_db()
    assert reopened and case.state == S.CONCLUDED and now_in(content) == case
    assert now_in(called).state == S.ACCEPTED and demand_line(content).state.value == "closed"


def test_a_word_does_not_join_what_has_been_answered(town: County) -> None:
    case = replied(town)
    with pytest.raises(EndedBefore):
        cases.join_demand(
            by=town["dispatcher"],
            demand_id=register().demand_id,
            case_id=case.pk,
            at=later(1),
            reason="同一件。",
        )


def test_the_way_home_stays_open_for_one_who_went_on(town: County) -> None:
    home, target = accepted(town), accepted(town)
    mine = voice(home)
    cases.join_demand(by=town["dispatcher"], demand_id=mine, case_id=target.pk, at=AT, reason="同一处。")
    answer(town, target, at=later(1))
    says(mine, target.pk, "no", later(2))
    home.refresh_from_db()
    assert home.merged_into_id == now_in(mine).pk
    back = cases.leave_case(
        by=resident(mine), demand_id=mine, case_id=now_in(mine).pk, at=later(3), reason="另一回事。"
    )
    assert back is not None and back.pk == home.pk and back.merged_into_id is None and owed(back.pk)


# Service


def test_each_voice_is_served_on_its_own_day_and_the_case_moves_on_with_the_last(town: County) -> None:
    case, (early, late) = neighbours(town, 2)
    answer(town, case, at=AT)
    case = serves(town, case, later(1).date(), early)
    assert case.state == S.REPLIED and "xf.serve" in owed(case.pk)
    assert (
        status_of(early, now=later(5)).state == "served" and status_of(late, now=later(5)).state == "replied"
    )
    assert "ask-review" in status_of(early, now=later(5)).acts
    assert "ask-review" not in status_of(late, now=later(5)).acts
    assert all(one.key != "xf.serve" or one.met_at for one in status_of(early, now=later(5)).clocks)
    case = serves(town, case, later(4).date())
    assert case.state == S.SERVED
    assert owed(case.pk)["xf.review.ask"] == "2026-08-03", "thirty days after the last of them"
    assert any("交到了您手上" in line.text for line in status_of(late, now=later(5)).timeline)


def test_nobody_is_served_twice_and_a_stranger_not_at_all(town: County) -> None:
    case, (one, _two) = neighbours(town, 2)
    answer(town, case, at=AT)
    serves(town, case, later(1).date(), one)
    with pytest.raises(Refusal) as again:
        serves(town, case, later(2).date(), one)
    assert again.value.code == "document.served-already"
    with pytest.raises(NotYourVoice):
        serves(town, case, later(2).date(), register().demand_id)


def test_the_case_moves_on_when_the_last_without_the_paper_goes(town: County) -> None:
    case, (one, gone) = neighbours(town, 2)
    answer(town, case, at=AT)
    serves(town, case, later(1).date(), one)
    cases.leave_case(by=resident(gone), demand_id=gone, case_id=case.pk, at=later(5), reason="另一回事。")
    case.refresh_from_db()
    assert case.state == S.SERVED


# Review


def test_a_request_for_review_is_one_persons_own(town: County) -> None:
    case, (asks, content) = neighbours(town, 2)
    answer(town, case, at=AT)
    serves(town, case, later(1).date())
    cases.ask_review(by=resident(asks), case_id=case.pk, at=later(6), reason="不同意。")
    case.refresh_from_db()
    assert (case.state, now_in(content)) == (S.SERVED, case)
    assert now_in(asks).state == S.REVIEWING and set(owed(now_in(asks).pk)) == {"xf.review"}
    done = cases.review_case(
        by=town["leader"], case_id=now_in(asks).pk, at=later(8), outcome="support", text="撤销。", reasons="漏查。",
        basis="《信访工作条例》第三十五条", remedy="市级主管部门",
    )  # fmt: skip
    assert done.state == S.REVIEWED


def test_who_has_the_paper_may_ask_before_the_others_have_it(town: County) -> None:
    case, (early, late) = neighbours(town, 2)
    answer(town, case, at=AT)
    serves(town, case, later(1).date(), early)
    with pytest.raises(NotServed):
        cases.ask_review(by=resident(late), case_id=case.pk, at=later(6), reason="不同意。")
    cases.ask_review(by=resident(early), case_id=case.pk, at=later(6), reason="不同意。")
    assert now_in(early).state == S.REVIEWING and now_in(late).state == S.REPLIED


class Scan:
    """A page as a door hands it in."""

    name, size = "shenqing.png", None

    def __init__(self, content: bytes) -> None:
        self.content = content

    def chunks(self) -> list[bytes]:
        return [self.content]


PAPER = {"reason": "不同意，漏查了两户。"}


def on_paper(town: County, case: Case, on: date, *, who: str = "dispatcher", at=None, **more) -> Case:
    said = {"demand_id": voice(case), **PAPER} | more
    return cases.ask_review_case(by=town[who], case_id=case.pk, at=at or later(10), on=on, **said)


def test_a_request_by_letter_runs_from_the_day_it_arrived(town: County) -> None:
    case = on_paper(town, served(town), later(7).date())
    by_hand = cases.ask_review(
        by=resident(voice(other := served(town))), case_id=other.pk, at=later(7), reason="不同意。"
    )
    assert case.state == S.REVIEWING and owed(case.pk) == owed(by_hand.pk), "the same as their own"
    told = facts_about(case.pk)[-1]
    assert (told.kind, told.body["on"]) == ("case.review-asked", later(7).date().isoformat())
    assert status_of(voice(case), now=later(10)).state == "reviewing"


def test_the_paper_is_kept_with_the_persons_own_word(town: County) -> None:
    page = BytesIO()
    Image.new("RGB", (40, 60), "white").save(page, "PNG")
    case = on_paper(town, served(town), later(7).date(), scan=[Scan(page.getvalue())])
    kept = files_of([f"demand:{voice(case)}"], classes=[FileClass.SEALED])
    assert [one.name for one in kept] == ["shenqing.png"]


def test_a_letter_that_arrived_in_time_counts_even_when_it_is_entered_after_the_last_day(
    town: County,
) -> None:
    case = served(town)
    last = date(2026, 7, 30)
    assert owed(case.pk)["xf.review.ask"] == last.isoformat()
    cases.lapse_case(case_id=case.pk, at=later(33))
    case.refresh_from_db()
    assert case.state == S.CLOSED and "ask-review" not in status_of(voice(case), now=later(33)).acts
    with pytest.raises(ReviewLate):
        on_paper(town, case, later(31).date(), at=later(33))
    case = on_paper(town, case, last, at=later(33))
    assert case.state == S.REVIEWING and case.ended_at is None
    assert demand_line(voice(case)).state.value == "in_case"


def test_a_re_review_by_letter_follows_the_review(town: County) -> None:
    case = on_paper(town, served(town), later(2).date())
    case = cases.review_case(
        by=town["leader"], case_id=case.pk, at=later(12), outcome="support", text="维持。", reasons="清楚。",
        basis="《信访工作条例》第三十五条", remedy="市级主管部门",
    )  # fmt: skip
    asking = {"case_id": case.pk, "demand_id": voice(case), **PAPER}
    with pytest.raises(NotServed):
        cases.ask_rereview_case(by=town["dispatcher"], at=later(13), on=later(13).date(), **asking)
    cases.serve_case(by=town["dispatcher"], case_id=case.pk, at=later(13), way="post", on=later(13).date())
    case = cases.ask_rereview_case(by=town["dispatcher"], at=later(15), on=later(14).date(), **asking)
    assert case.state == S.REREVIEWING and set(owed(case.pk)) == {"xf.rereview"}


def test_a_day_that_cannot_be_and_a_person_who_is_not_in_it_are_refused(town: County) -> None:
    case = served(town)
    for day in (later(11).date(), date(2026, 6, 1)):
        with pytest.raises(BadArrival):
            on_paper(town, case, day)
    with pytest.raises(NotYourVoice):
        on_paper(town, case, later(7).date(), demand_id=register().demand_id)
    with pytest.raises(NotServed):
        on_paper(town, replied(town), later(7).date())


def test_only_who_carries_the_verb_enters_a_request(town: County) -> None:
    with pytest.raises(NotAllowed):
        on_paper(town, served(town), later(7).date(), who="leader")
    assert on_paper(town, served(town), later(7).date(), who="operator").state == S.REVIEWING
    assert opened(town).state == S.REGISTERED


def test_a_page_made_before_still_leads_to_the_word_that_went_on(town: County) -> None:
    case, (no, _content) = neighbours(town, 2)
    answer(town, case, at=later(1))
    says(no, case.pk, "no", later(2))
    part = status_of(no, now=later(2)).parts[0]
    assert part.case_id != case.pk and set(part.trail) == {part.case_id, case.pk}


def test_a_matter_that_goes_on_did_not_come_again(town: County) -> None:
    case, (no, _content) = neighbours(town, 2)
    answer(town, case, at=later(1))
    before = weekly_flow(None, since=later(-7), until=later(7))
    says(no, case.pk, "no", later(2))
    assert weekly_flow(None, since=later(-7), until=later(7)) == before
    assert sum(week.came for week in before) == 1
