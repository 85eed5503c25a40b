"""The headings of a page go down one step at a time, also where a list is empty."""

import re
from itertools import pairwise

import pytest
from django.core.cache import cache

import makers
from doors.test_desk import signed_in
from makers import AT

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("handler", "/desk/cases/"), ("callback", "/desk/callbacks/"), ("callback", "/desk/withdrawals/"),
        ("handler", "/desk/notices/"), ("registrar", "/desk/scans/"), ("reception", "/desk/receptions/"), ("cadre", "/desk/pairs/"),
    ],
)  # fmt: skip
def test_no_step_is_left_out(monkeypatch: pytest.MonkeyPatch, who: str, where: str) -> None:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    page = signed_in(makers.county(), who).get(where)
    assert page.status_code == 200
    steps = [int(n) for n in re.findall(r"<h([1-6])[ >]", page.content.decode().partition("<main")[2])]
    assert steps[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(steps)), steps
