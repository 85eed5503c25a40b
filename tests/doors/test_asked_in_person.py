"""Who is asked something knows what about: with whom to mediate, whether a call is done, what a form refuses."""

from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client

from doors.office import signed_in, words
from makers import AT, County, county, register
from minqing.work.cases import commands as cases
from minqing.work.intake.queries import person_of
from minqing.work.judgement import commands as judgement
from minqing.work.judgement.models import Callback
from work import casework

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


@pytest.mark.parametrize(("lang", "said"), [("zh", "另一方：邻居罗家。双方都愿意才调解"), ("en", "The other side: 邻居罗家. ")])  # fmt: skip
def test_who_is_asked_to_mediate_is_told_with_whom(here: County, lang: str, said: str) -> None:
    told = register(word="2468", name="林小溪", phone="13900000021")
    case = casework.accepted(here, demand_id=told.demand_id)
    cases.open_mediation(
        by=here["handler"], case_id=case.pk, at=AT, mediator_id=here.accounts["mediator"], other_side="邻居罗家",
        no_violence=True,
    )  # fmt: skip
    client = Client()
    client.cookies["lang"] = lang
    client.post("/status", {"receipt": told.receipt, "word": "2468"})
    page = words(client.get(f"/status/cases/{case.pk}/consent"))
    assert said in page
    assert page.count("愿意请人调解吗？") <= 2, "the heading asks; the box does not ask again"


def test_a_call_that_is_done_says_so_and_asks_nothing(here: County) -> None:
    told = register(word="2468", name="林小溪", phone="13900000021")
    case = casework.served(here, demand_id=told.demand_id)
    judgement.open_callback(
        about=f"case:{case.pk}", voice_id=told.demand_id, person_id=person_of(told.demand_id), judged_id=case.holder_id,
        place_path=case.place_path, at=AT,
    )  # fmt: skip
    row = Callback.objects.get(voice_id=told.demand_id)
    desk, path = signed_in(here, "callback"), f"/desk/callbacks/{row.pk}/"
    assert 'name="solved"' in words(desk.get(path))
    desk.post(path, {"act": "miss"})
    assert "打过1次" in words(desk.get(path))
    assert desk.post(path, {"act": "reach", "solved": "yes", "explained": "yes"}).status_code == 303
    page = words(desk.get(path))
    assert "这次回访已经了结：已联系上" in page and 'name="solved"' not in page


def test_a_day_that_is_full_is_no_mistake_of_the_form(here: County) -> None:
    day = cases.plan_day(
        by=here["reception"], at=AT, on=date(2026, 7, 8), leader_id=here.accounts["leader"], place_words="一楼", seats=1,
    )  # fmt: skip
    cases.publish_day(by=here["reception"], day_id=day.pk, at=AT)
    path = f"/open/receptions/{day.pk}/book"
    assert Client().post(path, {"name": "林小溪", "phone": "13900000021"}).status_code < 400
    full = Client().post(path, {"name": "郑小河", "phone": "13900000022"})
    page = words(full)
    assert full.status_code == 422 and "预约已满" in page
    assert "没有办成，您写的都还在。" in page and "处需要改" not in page and "郑小河" in page
