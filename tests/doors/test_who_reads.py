"""Who types a word for the person or for another office is told beside the box which of the two it is; and it is so."""

from typing import Any

import pytest
from django.core.cache import cache

import makers
from doors.test_desk import signed_in
from makers import AT, County
from minqing.doors.parts import acts
from minqing.doors.parts.act_forms.fields import ANSWER, INSIDE, READ
from minqing.doors.parts.forms import TextField
from minqing.work.cases.models import Case
from minqing.work.cases.queries import status_of
from work.casework import accepted, forwarded, replied, voice

TYPED = "周四上午到三组看过了。"
PAPER = {"request", "facts", "reasons", "basis", "remedy", "result"}
"""Parts of a paper, whose names say where they go."""
OWN = {"ask-review", "ask-rereview"}
"""Acts that write down the person's own words."""


@pytest.fixture
def county(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return makers.county()


def test_every_box_for_words_about_a_case_says_who_reads_it() -> None:
    silent = {
        f"{act.name}.{name}"
        for act in (*acts.CASE_ACTS, *acts.MEDIATION_ACTS)
        for name, box in act.form.base_fields.items()
        if type(box) is TextField and str(box.help_text) not in {str(READ), str(INSIDE), str(ANSWER)}
        if name not in PAPER and act.name not in OWN
    }
    assert silent == set()


def waiting(county: County) -> Case:
    return forwarded(county)


def order(county: County) -> Case:
    return replied(county, track="order")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "who", "name", "box", "more"),
    [
        (waiting, "handler", "accept", "words", {}),
        (accepted, "handler", "contact", "words", {}),
        (accepted, "handler", "park", "reason", {"authority": "县财政局", "next_on": "2026-09-01"}),
        (accepted, "handler", "settle", "text", {}),
        (order, "head", "conclude", "words", {}),
        (waiting, "handler", "object", "reason", {"basis": "职责清单第三条"}),
        (accepted, "handler", "ask-extension", "reason", {"days": "10"}),
        (accepted, "dispatcher", "assist", "words", {"office_id": "roads"}),
        (accepted, "leader", "supervise", "words", {"ground": "群众等水", "answer_by": "2026-07-10"}),
    ],
)  # fmt: skip
def test_what_the_box_says_is_so(
    county: County, make: Any, who: str, name: str, box: str, more: dict[str, str]
) -> None:
    case = make(county)
    mine, client = voice(case), signed_in(county, who)
    told = {key: str(county.offices.get(value, value)) for key, value in more.items()}
    url = f"/desk/cases/{case.pk}/{name}/"
    page = client.get(url).content.decode()
    answer = client.post(url, {box: TYPED, **told})
    assert answer.status_code in {302, 303}, answer.content.decode()
    seen = TYPED in repr(status_of(mine, now=AT))
    said = str(acts.BY_NAME[name].form.base_fields[box].help_text)
    assert said == str(READ if seen else INSIDE)
    assert said in page
