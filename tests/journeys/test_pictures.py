"""The pictures of the README, taken from the running product: `MINQING_PICTURES=1 make test ARGS=tests/journeys/test_pictures.py`."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from journeys.desk import Walk
from makers import AT, VILLAGE, register
from work import casework

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        os.environ.get("MINQING_PICTURES") != "1", reason="pictures are taken when MINQING_PICTURES=1"
    ),
]
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MATTERS = (
    ("三组停水", "三组的水管裂了，停水两天。"), ("村口路灯不亮", "村口三盏路灯坏了，学生晚上看不见路。"), ("渠边护栏断了", "水渠边的护栏断了一段。"),
    ("水费算错了", "这个月的水费多算了一倍。"), ("泵站半夜太响", "泵站半夜很响，睡不着。"), ("井盖松动", "学校门口的井盖一踩就响。"),
    ("水表换了没人签字", "水表换了没人来核对。"), ("雨后积水", "下一场雨，院子里的水三天不退。"),
)  # fmt: skip


def take(page: Page, name: str, *, whole: bool = False) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png", full_page=whole)


def test_pictures_for_the_readme(site: Any, visit: Callable[..., Page], walk: Callable[..., Walk]) -> None:
    here, shown = site.county, []
    for n, (title, text) in enumerate(MATTERS):
        at = AT - timedelta(days=3 * n + 2)
        receipt = register(text, at=at, word="2468", place=VILLAGE, name="林小溪", phone="13900000021")
        step = (casework.accepted, casework.forwarded, casework.served)[n % 3]
        shown.append((receipt, step(here, demand_id=receipt.demand_id, title=title, at=at)))
    page = visit("/", width=360)
    take(page, "home")
    page.goto(site.url + "/report")
    page.fill("textarea[name=text]", "三组的水管裂了，停水两天。")
    page.locator("#ask button[name=now]").click()
    page.wait_for_url("**/report/slip")
    take(page, "slip")
    page.goto(site.url + "/status")
    page.fill("[name=receipt]", shown[2][0].receipt)
    page.fill("[name=word]", "2468")
    page.locator("#ask .btn-main").click()
    page.wait_for_url("**/status/page")
    take(page, "status")
    desk = walk("zh-hans")
    take(desk.at("handler", "/desk/cases/"), "worklist")
    take(desk.at("handler", f"/desk/cases/{shown[0][1].pk}/"), "case")
    take(desk.at("leader", "/desk/leader/"), "leader")
    assert sum(one.stat().st_size for one in FOLDER.glob("*.png")) <= 1_500_000
