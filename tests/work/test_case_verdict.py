"""A verdict and what follows from it are one transaction: both stand, or neither."""

import psycopg
import pytest
from django.db import OperationalError, connection

from makers import AT, VILLAGE, county, register
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Case
from minqing.work.cases.rules import CaseState
from minqing.work.judgement.queries import verdicts_of
from work.casework import replied, resident, voice


def beside() -> psycopg.Connection:
    """A second session of the same role on the same database."""
    known = connection.settings_dict
    return psycopg.connect(
        host=known["HOST"], port=known["PORT"], dbname=known["NAME"], user=known["USER"], password=known["PASSWORD"]
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_where_the_clock_cannot_start_again_the_no_is_not_taken_either() -> None:
    town = county()
    case = replied(town, demand_id=register("水停了", place=VILLAGE).demand_id)
    person = resident(voice(case))
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
    try:
        with beside() as other:
            other.execute("SELECT id FROM duties_duty WHERE about_id = %s FOR UPDATE", [case.pk])
            with pytest.raises(OperationalError):
                cases.give_verdict(by=person, case_id=case.pk, at=AT, solved="no", explained="yes")
            other.rollback()
    finally:
        connection.close()
    assert verdicts_of([f"case:{case.pk}"], voice(case)) == {}
    assert Case.objects.get(pk=case.pk).state == CaseState.REPLIED
    assert cases.give_verdict(by=person, case_id=case.pk, at=AT, solved="no", explained="yes") == (1, True)
