"""Deciding again: what two offices said, and the answer a person disagrees with, stand beside the form that decides."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from doors.office import signed_in, words
from makers import AT, County, county, register
from minqing.means.documents.models import Document
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Case, Reply
from work import casework
from work.casework import forwarded, reviewing

pytestmark = pytest.mark.django_db
LOOK = {
    "outcome": "partly",
    "text": "桥要修，灯也要装。",
    "reasons": "两件都归交通局。",
    "basis": "《公路法》第八条",
}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def returned(here: County, times: int = 2) -> Case:
    case = forwarded(here)
    for n in range(times):
        if n:
            cases.forward_case(by=here["dispatcher"], case_id=case.pk, at=AT, office_id=here.offices["water"])
        cases.object_case(
            by=here["handler"], case_id=case.pk, at=AT, reason="这座桥归镇里管。", basis="《公路法》第八条"
        )
        cases.return_case(by=here["dispatcher"], case_id=case.pk, at=AT, words="同意退回。")
    return Case.objects.get(pk=case.pk)


def test_whoever_decides_between_offices_reads_what_they_said_beside_the_form(here: County) -> None:
    case = returned(here)
    page = words(signed_in(here, "arbiter").get(f"/desk/cases/{case.pk}/arbitrate/"))
    assert page.count("这座桥归镇里管。") == 2 and "同意退回。" in page
    assert page.index('name="office_id"') < page.index('name="reason"'), "who handles it comes first"


@pytest.mark.parametrize("act", ["object", "decline", "redirect"])
def test_a_basis_that_is_needed_is_not_called_optional(here: County, act: str) -> None:
    case = forwarded(here)
    client = signed_in(here, "handler")
    path = f"/desk/cases/{case.pk}/{act}/"
    label = words(client.get(path)).split("id_basis")[1].split("</label>")[0]
    assert "可不填" not in label
    answer = client.post(path, {"reason": "不归我们。", "way": "court"})
    assert answer.status_code == 422 and "不归我们。" in words(answer)
    assert "依据</a>" in words(answer), "the box that is empty is named"


def test_a_reviewer_reads_the_answer_and_finds_the_next_remedy_written(here: County) -> None:
    case = reviewing(here)
    page = words(signed_in(here, "leader").get(f"/desk/cases/{case.pk}/review/"))
    assert "三日内修好。" in page, "the answer that is looked at again"
    assert "请求复核。</textarea>" in page
    assert '<option value="" selected>请选择' in page, "nothing is supported before somebody says so"
    assert "（正在复查）" in page and "等接收" not in page


def test_the_preview_of_a_review_is_the_reviewing_organs_and_says_what_it_lacks(here: County) -> None:
    case = reviewing(here)
    client, path = signed_in(here, "leader"), f"/desk/cases/{case.pk}/review/"
    page = words(client.post(path, {**LOOK, "basis": "", "request": "装灯。", "_preview": "1"}))
    paper = page.split('class="preview"')[1].split('class="split"')[0]
    organ = words(client.get(path)).split(" → ")[1].split("（")[0].strip()
    assert organ in paper and "水务局" not in paper
    assert "这份文书还缺：依据、不服怎么办" in paper


@pytest.mark.parametrize(("lang", "said"), [("zh", "复查意见书还缺：不服怎么办"), ("en", "Review decision still lacks: remedy")])  # fmt: skip
def test_an_incomplete_review_is_refused_by_its_own_name_in_the_readers_language(
    here: County, lang: str, said: str
) -> None:
    case = reviewing(here)
    client = signed_in(here, "leader")
    client.cookies["lang"] = lang
    answer = client.post(f"/desk/cases/{case.pk}/review/", {**LOOK, "request": "装灯。"})
    assert answer.status_code == 422 and said in words(answer)
    assert ("没有办成" if lang == "zh" else "This was not done.") in words(answer), "no box is wrong"


@pytest.mark.parametrize(("lang", "said"), [("zh", "处理意见书还缺：事实和理由、依据"), ("en", "facts and reasons, ")])  # fmt: skip
def test_every_missing_part_of_an_opinion_is_named_in_the_readers_language(
    here: County, lang: str, said: str
) -> None:
    case = casework.accepted(here)
    client = signed_in(here, "handler")
    client.cookies["lang"] = lang
    told = {"kind": "opinion", "outcome": "support", "text": "修好了。", "request": "修桥。", "remedy": "可以请求复查。"}  # fmt: skip
    answer = client.post(f"/desk/cases/{case.pk}/reply/", told)
    assert answer.status_code == 422 and said in words(answer)


def seen(here: County, step: str) -> tuple[Client, Case]:
    receipt = register(word="2468", name="林小溪", phone="13900000021")
    case = getattr(casework, step)(here, demand_id=receipt.demand_id)
    client = Client()
    client.post("/status", {"receipt": receipt.receipt, "word": "2468"})
    return client, case


def test_not_solved_promises_a_new_start_only_where_there_is_one(here: County) -> None:
    client, case = seen(here, "served")
    assert "这件事马上重新办" in words(client.get("/status/page"))
    assert "原单位不再重新办" not in words(client.get(f"/status/cases/{case.pk}/review"))
    client.post(f"/status/cases/{case.pk}/review", {"reason": "没说清楚。"})
    page = words(client.get("/status/page"))
    assert "您说的会记下来" in page and "马上重新办" not in page
    assert "马上重新办" not in words(client.get(f"/status/cases/{case.pk}/verdict"))


def test_who_asks_the_level_above_while_it_is_worked_on_again_is_told_what_that_changes(here: County) -> None:
    client, case = seen(here, "served")
    client.post(f"/status/cases/{case.pk}/verdict", {"solved": "no", "explained": "no"})
    assert "原单位不再重新办" in words(client.get(f"/status/cases/{case.pk}/review"))


def test_a_persons_own_last_day_is_not_shown_as_the_offices(here: County) -> None:
    client, _case = seen(here, "served")
    page = words(client.get("/status/page"))
    assert "您要请上一级重新看，最迟哪天提" in page and "<dt>最迟哪天</dt>" not in page
    waiting, _case = seen(here, "accepted")
    assert "<dt>最迟哪天</dt>" in words(waiting.get("/status/page"))


def test_an_answer_not_yet_in_hand_has_the_offices_day(here: County) -> None:
    client, case = seen(here, "replied")
    assert case.state == "replied"
    assert "<dt>最迟哪天</dt>" in words(client.get("/status/page"))


def test_nobody_looks_again_at_what_they_decided_themselves(here: County) -> None:
    case = casework.review_served(here)
    cases.ask_rereview(
        by=casework.resident(casework.voice(case)), case_id=case.pk, at=AT, reason="仍不同意。"
    )
    told = {**LOOK, "request": "装灯。"}
    path = f"/desk/cases/{case.pk}/rereview/"
    leader = signed_in(here, "leader")
    assert path not in words(leader.get(f"/desk/cases/{case.pk}/")), "the leader made the review"
    refused = leader.post(path, told)
    assert refused.status_code == 403 and "您自己作出的" in words(refused) and LOOK["text"] in words(refused)
    joint = signed_in(here, "arbiter")
    assert path in words(joint.get(f"/desk/cases/{case.pk}/")), "the office that is asked can decide"
    assert joint.post(path, told).status_code == 303
    assert Case.objects.get(pk=case.pk).state == "rereviewed"


def test_two_officers_see_both_versions_in_words_and_no_button_that_cannot_work(here: County) -> None:
    case = casework.opened(here)
    mine, path = signed_in(here, "dispatcher"), f"/desk/cases/{case.pk}/forward/"
    seen = words(mine.get(path)).split('name="seen" value="')[1].split('"')[0]
    cases.forward_case(by=here["dispatcher"], case_id=case.pk, at=AT, office_id=here.offices["roads"])
    typed = {"office_id": str(here.offices["water"]), "words": "请当天看现场。", "seen": seen}
    answer = mine.post(path, typed)
    page = words(answer)
    both = page.split('role="alert"')[1].split('class="split"')[0]
    assert answer.status_code == 409 and "棠川县交通局" in both
    assert "棠川县水务局" in both and "请当天看现场。" in both and str(here.offices["water"]) not in both
    assert "这一步现在不能做了" in both
    assert '<button class="btn btn-main">转给能办的单位</button>' not in page


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("act", "who", "step"), [("reply", "handler", casework.accepted), ("review", "leader", reviewing)])  # fmt: skip
def test_the_remedy_that_the_form_offers_stands_once_on_the_paper(
    here: County, lang: str, act: str, who: str, step: Callable[[County], Case]
) -> None:
    case = step(here)
    client, path = signed_in(here, who), f"/desk/cases/{case.pk}/{act}/"
    client.cookies["lang"] = lang
    offered = words(client.get(path)).split('name="remedy"')[1].split(">", 1)[1].split("<")[0].strip()
    told = {**LOOK, "kind": "opinion", "request": "装灯。", "facts": "看过现场。", "remedy": offered}
    assert client.post(path, told).status_code == 303
    paper = Document.objects.get(pk=Reply.objects.filter(case=case).latest("at", "id").document_id)
    assert len(offered) > 10 and "remedy_organ" in str(paper.body) and offered not in str(paper.body)
