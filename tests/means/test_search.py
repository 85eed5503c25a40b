"""Promises of finding."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minqing.means.search import rules
from minqing.means.search.commands import Findable, drop, put, put_many
from minqing.means.search.queries import find

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEXT = st.text(alphabet="村口路灯坏了水渠塌方𠮷野家ABc123 ，。\n", max_size=60)


@given(TEXT, st.data())
def test_every_part_of_a_text_is_among_its_pairs(text, data):
    whole = rules.normal(text)
    words = [word for word in whole.split(" ") if len(word) > 1]
    if words:
        word = data.draw(st.sampled_from(words))
        start = data.draw(st.integers(0, len(word) - 2))
        end = data.draw(st.integers(start + 2, len(word)))
        assert set(rules.grams_asked([word[start:end]])) <= set(rules.grams_of(text))


@given(st.text(max_size=40))
def test_any_text_at_all_gives_numbers_the_database_can_hold(text):
    assert all(-(2**31) <= gram < 2**31 for gram in rules.grams_of(text, text))


def add(
    text: str,
    *,
    n: int = 0,
    kind: str = "demand",
    title: str = "",
    place: str = "99/01",
    status: str = "open",
):
    doc_id = uuid4()
    put(
        id=doc_id, kind=kind, text=text, title=title, created_at=AT + timedelta(minutes=n),
        place_path=place, status=status,
    )  # fmt: skip
    return doc_id


def ids(q: str, **how) -> list[UUID]:
    return [hit.id for hit in find(q, **how).hits]


@pytest.mark.django_db
def test_two_characters_are_enough_and_the_newest_comes_first():
    old, new = add("村口的路灯坏了"), add("路灯不亮，晚上看不见", n=5)
    add("水渠塌了", n=9)
    assert ids("路灯") == [new, old]
    assert ids("路灯 坏了") == [old]
    assert ids("ＬＵ") == []


@pytest.mark.django_db
def test_pairs_from_different_places_are_not_taken_for_the_word():
    add("路上有灯笼，笼灯下有路；路灯")
    far = add("甲乙 乙丙 丙丁")
    assert ids("甲乙丙丁") == []
    assert ids("乙丙") == [far]


@pytest.mark.django_db
def test_one_character_is_found_in_titles():
    doc = add("要求修一修", title="路的事")
    add("路也不好走")
    assert ids("路") == [doc]


@pytest.mark.django_db
def test_signs_of_the_pattern_language_are_only_signs():
    doc = add("补贴少发了100%_整")
    add("补贴少发了100元整")
    assert ids("100%_整") == [doc]
    assert ids("%_") == [doc]


@pytest.mark.django_db
def test_reach_and_filters_are_the_callers():
    here = add("路灯", place="99/01/02")
    there = add("路灯", n=1, place="99/03", status="closed")
    case = add("路灯", n=2, kind="case", place="99/01")
    assert ids("路灯", place="99/01") == [case, here]
    assert ids("路灯", kinds=["demand"]) == [there, here]
    assert ids("路灯", status="closed") == [there]
    assert ids("路灯", kinds=["case"], place="99/03") == []


@pytest.mark.django_db
def test_paging_goes_through_all_once_even_past_false_candidates():
    put_many(
        Findable(uuid4(), "demand", "丙甲 甲乙 乙丁" if n % 3 else "甲乙", AT + timedelta(minutes=n))
        for n in range(150)
    )
    put_many(Findable(uuid4(), "demand", "乙丁甲乙丙", AT + timedelta(minutes=-n)) for n in range(30))
    seen, after = [], None
    while True:
        page = find("乙丙", after=after, limit=7)
        seen += [hit.id for hit in page.hits]
        after = page.after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 30


@pytest.mark.django_db
def test_putting_again_replaces_and_dropping_forgets():
    doc = add("路灯坏了")
    put(id=doc, kind="demand", text="水渠塌了", created_at=AT, status="open")
    assert ids("路灯") == []
    assert ids("水渠") == [doc]
    put(id=doc, kind="demand", text="水渠塌了", created_at=AT, status="closed")
    assert ids("水渠", status="open") == []
    drop([doc])
    assert ids("水渠") == []


@pytest.mark.django_db
def test_nothing_asked_finds_nothing_and_hostile_text_is_only_text():
    doc = add("a\x00b\ud800c" + "长" * 60_000)
    assert ids("") == ids(" \u3000 ") == []
    assert ids("长长长") == [doc]
    assert ids("') OR 1=1 --") == []
    assert ids("路" * 5000) == []
