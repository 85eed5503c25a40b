"""The demo county is invented, never says the same thing twice, and has somebody standing at every point of the way."""

import re
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from minqing.charter import Role
from minqing.ground.offices.rules import OfficeKind
from minqing.methods.clock import CHINA
from minqing.wiring.demo import grammar, offices, people, places
from minqing.wiring.demo.courses import MACHINES, courses
from minqing.wiring.demo.crowds import BLOCK
from minqing.wiring.demo.matters import WIDTH, compiled, kinds, read_kinds, voices
from minqing.wiring.demo.spoken import MADE
from minqing.wiring.demo.words import said
from minqing.wiring.demo.year import Year
from minqing.work.cases.rules import (
    ORDER,
    PETITION,
    CaseState,
    Category,
    Grade,
    Outcome,
    Path,
    Track,
)
from minqing.work.intake.rules import Alarm, Anonymity, Channel, Kind

NOW = datetime(2026, 6, 30, 9, tzinfo=CHINA)
SENTENCE = re.compile(r"[。！？；\n]")
GREETINGS = {"您好", "你好", "领导好"}
NEVER_TO_RESIDENTS = (
    "转送",
    "交办",
    "工单",
    "销号",
    "息诉",
    "重复访",
    "舆情",
    "存证",
    "置信区间",
    "响应率",
    "分流",
)
GRATITUDE = ("感谢", "谢谢", "感恩", "恩情", "好官", "青天", "锦旗", "流下", "热泪", "停访", "不再上访")
TOLD_TO_RESIDENTS = {
    "accept",
    "extend",
    "park",
    "redirect",
    "decline",
    "no-longer",
    "reply",
    "review",
    "rereview",
    "join",
    "talk",
}
COUNTY_CODES = {
    "xfj", "hotline", "jw", "zzb", "rd", "minzheng", "renshe", "zhujian", "ziran", "jiaotong", "jiaoyu", "weijian",
    "yibao", "huanbao", "nongye", "shuili", "gongan", "sifa", "shichang", "wenlv", "chengguan", "yingji", "fulian",
    "canlian", "caizheng", "fagai", "gongxin", "lin", "xiaofang", "dianli", "gongshui", "fuban", "lianxi",
}  # fmt: skip


@pytest.fixture(scope="module")
def year() -> Year:
    return Year(NOW)


@pytest.fixture(scope="module")
def stories(year):
    return list(year.stories(1))


def measured(bodies):
    """Share of bodies that stand once, and the most frequent sentence with its share of bodies."""
    seen, sentences, count = set(), Counter(), 0
    for body in bodies:
        count += 1
        seen.add(body)
        sentences.update({part for part in SENTENCE.split(body) if part and part not in GREETINGS})
    sentence, times = sentences.most_common(1)[0]
    return len(seen) / count, sentence, times / count


# What is said


def test_two_thousand_bodies_differ_and_no_sentence_is_common(stories):
    differ, sentence, share = measured(story.text for story in stories)
    assert differ >= 0.98
    assert share <= 0.005, sentence


def test_a_hundred_thousand_bodies_differ_and_no_sentence_is_common(year):
    differ, sentence, share = measured(year.story(item).text for item in range(100_000))
    assert differ >= 0.98
    assert share <= 0.005, sentence


def test_every_line_of_a_resident_can_come_out_in_many_ways():
    few = {
        (kind.key, mark, line.text)
        for kind in (*kinds(), *voices())
        for mark in "OFHAIJKC"
        for line in kind.lines.get(mark, ())
        if line.ways < 24
    }
    assert not few


def test_every_name_in_a_template_is_known():
    of_residents = set(WIDTH)
    for kind in (*kinds(), *voices()):
        for pool in kind.lines.values():
            for line in pool:
                assert set(line.names()) <= of_residents | set(kind.things), line.text
    of_offices = of_residents | set(MADE) | {"today"}
    for section in read_kinds(grammar.HERE / "replies.txt"):
        for pool in section.lines.values():
            for line in pool:
                assert set(line.names()) <= of_offices, line.text


def test_there_are_many_kinds_of_matter_with_an_english_gloss():
    assert len(kinds()) >= 40
    assert all(kind.en and kind.en.isascii() for kind in kinds())
    assert len({kind.key for kind in kinds()}) == len(kinds())


def test_a_template_chooses_counts_and_nests():
    line = compiled("{a|b}{1-3}{#2-3}{x{8-9}|y}")
    assert line.ways == 2 * 3 * 2 * 3
    assert line.fill(iter([1, 2, 0, 0, 1]).__next__, {}) == "b3两x9"


def test_nobody_is_thanked_and_nobody_is_asked_to_be_quiet(year, stories):
    for story in stories:
        words = [story.text, story.title, *(said(year, story, step).text for step in story.steps)]
        assert not [word for word in GRATITUDE if any(word in text for text in words)]


def test_the_concrete_plant_is_told_by_thirty_in_thirty_ways(stories):
    told = [s for s in stories if s.same == "0-0"]
    assert len(told) == 30
    assert {s.kind for s in told} == {"plant_dust"}
    assert len({s.place for s in told}) == 1
    assert len({s.text for s in told}) == 30
    assert len({s.person for s in told if s.person is not None}) == sum(s.person is not None for s in told)
    first, *others = sorted(told, key=lambda s: s.received_at)
    assert first.joins is None
    assert all(s.joins == first.item for s in others)
    assert others[-1].received_at - first.received_at <= timedelta(days=62)


def test_forty_ask_for_a_loan_and_none_can_be_given_one(stories):
    loans = [s for s in stories if s.same == "0-3"]
    assert len(loans) == 40
    assert len({s.place for s in loans}) > 30
    assert all(s.joins is None for s in loans)
    assert not [s for s in loans for step in s.steps if step.settings.get("solved") == "yes"]
    assert sum(s.state == CaseState.PARKED for s in loans) > 30


# When and how it goes


def test_an_item_is_the_same_at_every_scale_and_in_every_run(year):
    again = Year(NOW)
    for item in (0, 7, 230, 950, 1999, 2300, 41_999):
        assert again.story(item) == year.story(item)


def test_the_order_of_arrival_holds_every_item_once(year):
    order = year.in_order(2)
    assert sorted(order) == list(range(2 * BLOCK))
    minutes = [year.seed_of(item).minute for item in order]
    assert minutes == sorted(minutes)


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        NOW.replace(month=2, day=20),
        NOW.replace(month=11, day=22, hour=23),
        NOW.replace(year=2027, month=3, day=1),
    ],
    ids=str,
)
def test_every_state_of_both_procedures_has_somebody_in_it(now):
    stories = list(Year(now).stories(1))
    standing = {(s.track, s.state) for s in stories}
    for track, machine in (("petition", PETITION), ("order", ORDER)):
        reached = {leg.state for course in courses().values() if course.track == track for leg in course.legs}
        assert {state for state in reached if state} - {
            state for at, state in standing if at == track
        } == set()
        if track == "petition":
            assert {str(state) for state in machine.states()} - {str(CaseState.CONCLUDED)} <= {
                s for t, s in standing if t == track
            }
    assert {s.course for s in stories} == set(courses())
    assert max(s.received_at for s in stories) <= now
    assert max(step.at for s in stories for step in s.steps) <= now


def test_every_step_is_a_move_of_the_machine_and_follows_the_one_before(stories):
    for story in stories:
        at, state = story.received_at, CaseState.REGISTERED
        for step in story.steps:
            assert step.at >= at, (story.item, step)
            at = step.at
            machine = MACHINES.get(story.track)
            if machine is not None and step.act in machine.acts and machine.may(state, step.act):
                state = CaseState(machine.after(state, step.act))
            if machine is not None:
                assert step.state == state, (story.item, step)


def test_not_solved_opens_the_case_again_wherever_it_can(stories):
    for story in stories:
        machine = MACHINES.get(story.track)
        for step, after in zip(story.steps, (*story.steps[1:], None), strict=False):
            unsolved = step.act == "verdict" and step.settings["solved"] == "no"
            if machine and unsolved and machine.may(CaseState(step.state), "reopen"):
                assert after is not None, story.item
                assert (after.act, after.at) == ("reopen", step.at)


def test_offices_of_the_petition_way_work_on_workdays_only(year, stories):
    for story in stories:
        if story.track != "petition":
            continue
        for step in story.steps:
            if step.role not in ("person", "system") and step.act not in ("refer-up", "split-sealed"):
                assert year.calendar.is_workday(step.at.date()), (story.item, step)


def test_a_joined_word_comes_after_the_first_and_never_closes_itself(year, stories):
    for story in stories:
        if story.joins is not None:
            head = year.story(story.joins)
            assert head.joins is None
            assert head.received_at < story.received_at
            assert story.track == "joined"


def test_the_words_are_those_of_the_rooms(stories):
    for story in stories:
        Channel(story.channel), Kind(story.type), Anonymity(story.anonymity), Alarm(story.alarm)
        Grade(story.grade), Path(story.way), Category(story.category)
        assert story.track in ("joined", "clue") or Track(story.track)
        for step in story.steps:
            assert step.role in ("person", "system") or Role(step.role)
            assert "outcome" not in step.settings or Outcome(step.settings["outcome"])
            assert not step.office or offices.office(step.office)


def test_some_are_late_some_supervised_some_reopened_some_speak_again(stories):
    acts = Counter(step.act for story in stories for step in story.steps)
    for act in (
        "supervise",
        "reopen",
        "carry",
        "appraise",
        "split",
        "leave",
        "join",
        "extend",
        "uphold",
        "arbitrate",
        "promise",
    ):
        assert acts[act], act
    assert sum(s.repeats is not None for s in stories) > 20
    assert {s.alarm for s in stories} == {"none", "life", "despair"}


def test_six_villages_speak_much_and_some_hardly_at_all(stories):
    heard = Counter(story.place for story in stories)
    assert sum(times >= 120 for times in heard.values()) == 6
    assert sum(heard[place.code] < 6 for place in places.villages()) >= 6


# What offices write


def test_every_answer_is_a_whole_letter_with_its_basis_and_remedy(year, stories):
    for story in stories:
        for step in story.steps:
            if step.act in ("reply", "review", "rereview"):
                letter = said(year, story, step).opinion
                assert letter is not None
                parts = (
                    letter.request,
                    letter.facts,
                    letter.reasons,
                    letter.opinion,
                    letter.basis_text,
                    letter.remedy,
                )
                assert all(parts), (story.kind, step)


def test_residents_read_no_office_jargon(year, stories):
    for story in stories:
        for step in story.steps:
            if step.act in TOLD_TO_RESIDENTS:
                words = said(year, story, step)
                text = f"{words.text}{words.opinion}".replace("雨污分流", "").replace(
                    "施工单位", ""
                )  # a drain, a builder
                assert not [w for w in NEVER_TO_RESIDENTS if w in text], text


def test_what_cannot_be_done_now_has_its_next_date(year, stories):
    parked = [(s, step) for s in stories for step in s.steps if step.act == "park"]
    assert parked
    for story, step in parked:
        assert said(year, story, step).due_on > step.at.date()


# The county itself


def test_the_county_has_eight_townships_and_sixty_villages_in_the_official_coding():
    assert len(places.townships()) == 8
    assert len(places.villages()) == 60
    assert all(re.fullmatch(r"990101[012]\d\d[02]\d\d", place.code) for place in places.villages())
    assert len({place.name for place in places.villages()}) == 60
    assert places.streets_csv().splitlines()[0] == "code,name,areaCode,provinceCode,cityCode"
    assert places.villages_csv().splitlines()[0] == "code,name,streetCode,provinceCode,cityCode,areaCode"


def test_one_village_ended_last_year_and_names_its_successor():
    rows = {row.code: row for row in places.places(NOW.date())}
    gone = [row for row in rows.values() if row.valid_to]
    assert [row.name for row in gone] == ["柴埠洲村"]
    assert gone[0].valid_to == date(2025, 6, 30)
    assert rows[gone[0].successor].name == "荻花洲村"
    assert all(row.parent is None or row.parent in rows for row in rows.values())


def test_every_office_has_a_known_kind_and_stands_below_one_named_before():
    seen = set()
    for office in offices.offices():
        assert OfficeKind(office.kind)
        assert office.superior is None or office.superior in seen
        seen.add(office.code)
    assert seen >= COUNTY_CODES
    assert len(seen) == len(COUNTY_CODES) + 8 + 60


def test_every_role_has_its_account_and_one_head_is_missing_with_a_deputy():
    staff = list(offices.staff(NOW.date()))
    assert set(offices.demo_accounts()) == set(Role.values())
    assert {
        one.username: one.role for one in staff if one.username in Role.values() and not one.deputising
    } == {role: role for role in Role.values()}
    left = [one for one in staff if one.until]
    stands_in = [one for one in staff if one.deputising]
    assert (
        [(one.office, one.post) for one in left]
        == [(one.office, one.post) for one in stands_in]
        == [offices.VACANT]
    )
    assert len({one.name for one in staff if not one.deputising}) == len(staff) - 1
    known = {one.username for one in staff}
    assert all(
        tie.username in known and (tie.other in known or tie.office) for tie in offices.kin(NOW.date())
    )


def test_no_telephone_number_can_be_rung_and_no_two_people_share_one():
    numbers = [people.phone(person) for person in range(20_000)]
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"154\d{8}", number) for number in numbers)
    assert all(
        office.telephone == "12345" or office.telephone.startswith("0000-") for office in offices.offices()
    )


def test_a_resident_is_the_same_person_wherever_the_story_says_they_live():
    here, there = people.resident(77), people.resident(77, "990101100200", 3)
    assert (here.name, here.phone) == (there.name, there.phone)
    assert there.address.startswith("棠川县石桅镇老桅村三组")
