"""The numbers of the leader's charts are those of the plain definitions, however they are added up."""

from datetime import timedelta

import pytest

from makers import AT, County
from minqing.methods.odds import quantile
from minqing.work.cases.models import Case
from minqing.work.cases.queries.flow import LEAST, answer_days
from work.casework import opened

pytestmark = pytest.mark.django_db
PERIOD = {"since": AT - timedelta(days=200), "until": AT}


def answered(town: County, n: int) -> list[float]:
    """n cases answered after 1, 2, 3 … days; returns those days."""
    days = [float(k + 1) for k in range(n)]
    for took in days:
        case = opened(town)
        came = AT - timedelta(days=100)
        Case.objects.filter(pk=case.pk).update(registered_at=came, replied_at=came + timedelta(days=took))
    return days


def test_half_and_nine_in_ten_are_the_nearest_ranks(town: County) -> None:
    days = answered(town, LEAST + 3)
    (line,) = answer_days(None, **PERIOD)
    assert (line.n, line.p50, line.p90) == (len(days), quantile(days, 0.5), quantile(days, 0.9))


def test_fewer_than_thirty_answers_are_counted_and_not_drawn(town: County) -> None:
    answered(town, LEAST - 1)
    (line,) = answer_days(None, **PERIOD)
    assert (line.n, line.p50, line.p90) == (LEAST - 1, None, None)
