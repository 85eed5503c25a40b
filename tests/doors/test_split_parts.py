"""A word that was split: each part has its own card, and a part can be put back by the person and by the desk."""

import pytest
from django.core.cache import cache
from django.test import Client

from doors.office import signed_in, words
from makers import AT, County, county, register
from minqing.work.cases import commands as cases
from minqing.work.cases.commands.joining import Part
from minqing.work.cases.models import Case
from work.casework import forwarded

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def split(here: County) -> tuple[Client, Case, Case]:
    told = register(word="2468", name="林小溪", phone="13900000021")
    whole = forwarded(here, demand_id=told.demand_id)
    parts = [Part("修田埂"), Part("界墙调解")]
    made = cases.split_demand(
        by=here["dispatcher"],
        demand_id=told.demand_id,
        case_id=whole.pk,
        at=AT,
        parts=parts,
        reason="两件事。",
    )
    client = Client()
    client.post("/status", {"receipt": told.receipt, "word": "2468"})
    return client, whole, made[1]


def test_the_person_puts_a_part_back_and_is_not_asked_to_take_apart_what_is_apart(here: County) -> None:
    client, whole, part = split(here)
    page = words(client.get("/status/page"))
    assert "不分开办了，并回原来那一件" in page and "我的事要分开单独办" not in page
    form = words(client.get(f"/status/cases/{part.pk}/leave"))
    assert "为什么不分开了" in form and "为什么要分开办" not in form and "期限不受影响" not in form
    done = client.post(f"/status/cases/{part.pk}/leave", {"reason": "其实是一件事。"}, follow=True)
    assert "并回去了，由原来那一件一起答复您" in words(done)
    assert Case.objects.get(pk=part.pk).merged_into_id == whole.pk


def test_the_desk_puts_a_part_back_and_lands_on_the_whole(here: County) -> None:
    _client, whole, part = split(here)
    desk = signed_in(here, "dispatcher")
    link = f"{part.pk}"
    page = words(desk.get(f"/desk/cases/{part.pk}/"))
    assert "并回原来那一件" in page, "the way back stands on the part's page"
    path = page.split("/leave/?case_id=")[0].rsplit('"', 1)[1] + f"/leave/?case_id={link}"
    form = words(desk.get(path))
    assert "<h1>并回原来那一件</h1>" in form and "分出来" not in form
    done = desk.post(path, {"case_id": link, "reason": "本人说一起办。"}, follow=True)
    assert done.redirect_chain[-1][0] == f"/desk/cases/{whole.pk}/"
    assert "“并回原来那一件”已记下" in words(done)


def test_what_a_part_is_called_is_said_in_its_own_tongue(here: County) -> None:
    client, _whole, _part = split(here)
    client.cookies["lang"] = "en"
    page = words(client.get("/status/page"))
    assert 'lang="zh-Hans">界墙调解</span></h2>' in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_refusal_at_the_sorting_desk_is_in_one_language(here: County, lang: str) -> None:
    told = register(text="桥面塌了。")
    ended = forwarded(here)
    Case.objects.filter(pk=ended.pk).update(state="withdrawn")
    desk = signed_in(here, "dispatcher")
    desk.cookies["lang"] = lang
    path = f"/desk/demands/{told.demand_id}/join/?case_id={ended.pk}"
    answer = desk.post(path, {"case_id": str(ended.pk), "reason": "同一处。"})
    alert = words(answer).split('role="alert"')[1].split("</ul>")[0]
    assert answer.status_code == 409 or answer.status_code == 422
    assert ("本人撤回" in alert) == (lang == "zh"), alert
