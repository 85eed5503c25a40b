"""Old heads: the last of each hour stays, so does what a witness has signed, and nothing younger than thirty days goes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from minqing.kernel.ids import uuid7
from minqing.record.facts.queries import verify
from minqing.record.log import queries as log
from minqing.record.log.commands import append, sign_head, thin_heads
from minqing.record.log.models import Checkpoint, Cosignature
from minqing.record.log.rules import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def signed(at: datetime) -> int:
    leaf = b'{"d":"2026-01-01","root":"00","size":0,"t":"checkpoint.sm3","v":1}'
    with transaction.atomic():
        size = append([Entry(uuid7(), leaf, at)])
    sign_head(at=at)
    return size


def test_the_last_of_each_hour_and_what_a_witness_signed_stay() -> None:
    hour = (timezone.now().astimezone(UTC) - timedelta(days=40)).replace(minute=0, second=0, microsecond=0)
    gone = [signed(hour + timedelta(minutes=n)) for n in (1, 20)]
    seen = signed(hour + timedelta(minutes=30))
    Cosignature.objects.create(origin=log.newest_head().origin, size=seen, name="w", line="—", at=hour)
    last = signed(hour + timedelta(minutes=60, seconds=20))
    young = [signed(timezone.now() - timedelta(minutes=n)) for n in (3, 2)]
    before = log.released_head(at=hour + timedelta(minutes=75))
    assert thin_heads() == len(gone)
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [seen, last, *young]
    after = log.released_head(at=hour + timedelta(minutes=75))
    assert before is not None and after is not None and before.size == after.size == last
    assert verify().findings == []
    assert thin_heads() == 0


def test_the_app_itself_deletes_no_head() -> None:
    signed(timezone.now() - timedelta(days=40))
    with pytest.raises(ProgrammingError), transaction.atomic():
        Checkpoint.objects.all().delete()
