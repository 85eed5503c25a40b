"""Loading the demo county goes on where it stopped, and adds nothing to what is there."""

from typing import Any

import pytest
from django.db import connection, transaction

from minqing.work.intake.models import Demand
from wiring.counties import ITEMS, fill

pytestmark = pytest.mark.django_db
KEPT = {
    "cases_case": "id, number, state, holder_id, due_at, due_from, ended_at, n_voices, n_confirmed",
    "cases_link": "id, case_id, demand_id, left_at, confirmed_at",
    "cases_hold": "id, case_id, office_id, role, state",
    "cases_reply": "id, case_id, text",
    "intake_demand": "id, text, state",
    "duties_duty": "id, about_id, rule, due_at, met_at",
    "documents_document": "id, number, body::text",
    "judgement_verdict": "id, solved, words",
    "promises_promise": "id, words, state",
    "facts_fact": "about_id, n, kind, at, body",
}


class CutOff(Exception):
    """The load stops here, as by kill -9."""


def everything() -> dict[str, list[Any]]:
    """What a county holds, without what is drawn by chance (keys, seals, verify numbers)."""
    found = {}
    with connection.cursor() as cursor:
        for table, columns in KEPT.items():
            cursor.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2")
            found[table] = cursor.fetchall()
    return found


def test_loading_again_adds_nothing_and_a_cut_off_load_comes_to_the_same_end() -> None:
    fill(0)  # the frame and what is done by hand; their ids are drawn by chance
    frame = Demand.objects.count()
    with transaction.atomic():
        assert fill()["added"] == ITEMS
        whole = everything()
        assert fill()["added"] == 0
        assert everything() == whole
        transaction.set_rollback(True)
    assert Demand.objects.count() == frame

    def stop(done: int, total: int, what: str) -> None:
        if done == 100:
            raise CutOff

    with pytest.raises(CutOff):
        fill(batch=50, progress=stop)
    assert fill(batch=50)["added"] == ITEMS - 100
    again = everything()
    assert {name: len(rows) for name, rows in again.items()} == {
        name: len(rows) for name, rows in whole.items()
    }
    for name, rows in whole.items():
        assert not [(one, other) for one, other in zip(rows, again[name], strict=True) if one != other][:3], (
            name
        )
