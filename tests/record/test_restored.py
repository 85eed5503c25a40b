"""After a restore the signer's memory decides: nothing is unsaid, and nothing begins again silently."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from minqing.kernel.ids import uuid7
from minqing.methods import tree
from minqing.record.facts.commands import open_subject, record, relay
from minqing.record.facts.queries import verify
from minqing.record.log.commands import (
    append,
    forget_old_origin,
    log_second_head,
    open_anew,
    put_in_order,
    sign_head,
    standing,
    take_newest,
)
from minqing.record.log.models import Checkpoint, Leaf
from minqing.record.log.queries import high_water, newest_head, signer, size
from minqing.record.log.rules import (
    HIGH_WATER,
    INCIDENT_LEAF,
    OLD_HEAD_LEAF,
    SM3_LEAF,
    Entry,
    Standing,
    next_origin,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 30, 1, 20, tzinfo=UTC)


def say(count: int, at: datetime = AT) -> None:
    for _ in range(count):
        about = uuid7()
        open_subject(about)
        record(kind="demand.registered", about=about, at=at, by=None)
    relay({}, at=at)


def earlier(upto: int, *, other: bool = False) -> list[Leaf]:
    """As if an older copy of the database had been put in place: the tree ends at `upto`, heads behind it are gone."""
    kept = list(Leaf.objects.order_by("idx"))[:upto]
    heads = list(Checkpoint.objects.filter(size__lte=upto))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE log_leaf, log_tile, log_checkpoint")
        cursor.execute("UPDATE log_state SET size = 0, stack = ''::bytea")
    if other:
        kept[1].leaf = json.dumps({"h": "ab", "n": 1, "t": "step", "v": 1}).encode()
    with transaction.atomic():
        append([Entry(line.id, bytes(line.leaf), line.put_at) for line in kept])
    Checkpoint.objects.bulk_create(heads)
    return kept


def test_what_came_back_to_the_last_word_goes_on() -> None:
    assert standing() == Standing.NEW
    say(5)
    sign_head(at=AT)
    assert standing() == Standing.GOES_ON
    say(3)
    assert standing() == Standing.GOES_ON, "more than was signed is no loss"


def test_t05_a_database_set_back_is_not_signed() -> None:
    say(8)
    sign_head(at=AT)
    earlier(5)
    assert standing() == Standing.BEHIND
    with pytest.raises(tree.Refused, match="rollback"):
        sign_head(at=AT)
    say(6)  # longer again, by other words
    assert standing() == Standing.FORK
    with pytest.raises(tree.Refused, match="fork"):
        sign_head(at=AT)
    assert newest_head() is None
    known = high_water()
    assert known is not None and known.size == 8


def test_a_log_opened_anew_begins_with_the_old_head_and_says_what_is_lost(settings: Any) -> None:
    say(300)
    log_second_head(at=AT)
    put_in_order(at=AT)
    sign_head(at=AT)
    kept = earlier(260)  # the last facts' places and all heads never came back
    known = high_water()
    assert known is not None and standing() == Standing.BEHIND
    later = AT + timedelta(days=1)
    after = open_anew(at=later, known=known)
    settings.MINQING_LOG_ORIGIN = next_origin(known.origin, year=2026)
    assert settings.MINQING_LOG_ORIGIN.endswith("/log2026b")
    assert standing() == Standing.OTHER_ORIGIN, "the old memory still forbids"
    forget_old_origin()
    assert sign_head(at=later)
    old, incident, *rest = [
        json.loads(bytes(leaf)) for leaf in Leaf.objects.order_by("idx").values_list("leaf", flat=True)
    ]
    assert (old["t"], old["origin"], old["size"], old["root"]) == (
        OLD_HEAD_LEAF, known.origin, known.size, known.root.hex(),
    )  # fmt: skip
    assert (incident["t"], incident["what"], incident["kept"], incident["signed"]) == (INCIDENT_LEAF, "restored", 260, known.size)  # fmt: skip
    assert [bytes(line.leaf) for line in kept if SM3_LEAF not in str(bytes(line.leaf))] == [
        bytes(leaf) for leaf in Leaf.objects.order_by("idx").values_list("leaf", flat=True)[2:]
    ]
    assert len(rest) == after - 2
    head = newest_head()
    assert head is not None and (head.origin, head.size) == (settings.MINQING_LOG_ORIGIN, after)
    tree.verified(tree.read_note(head.note), [tree.log_key(head.origin, signer())])
    say(3, later)
    assert sign_head(at=later), "and it goes on"
    found = verify(full=True)
    assert [one.kind for one in found.findings] == ["missing"] * len(found.findings), (
        "only what is lost is a finding"
    )


def test_a_lost_memory_is_replaced_once_and_the_log_says_so() -> None:
    say(4)
    sign_head(at=AT)
    (Path(settings.MINQING_SIGNER) / HIGH_WATER).unlink()
    assert standing() == Standing.UNKNOWN
    assert take_newest(at=AT).size == 4
    assert standing() == Standing.GOES_ON
    put_in_order(at=AT)
    told = json.loads(bytes(Leaf.objects.get(idx=4).leaf))
    assert (told["t"], told["what"], told["signed"]) == (INCIDENT_LEAF, "signer-lost", 4)
    with pytest.raises(ValueError, match="goes-on"):
        take_newest(at=AT)
    assert verify(full=True).ok


def test_a_lost_memory_does_not_hide_that_leaves_were_changed() -> None:
    say(4)
    sign_head(at=AT)
    (Path(settings.MINQING_SIGNER) / HIGH_WATER).unlink()
    earlier(4, other=True)
    with pytest.raises(ValueError, match="fork"):
        take_newest(at=AT)
    assert size() == 4


def test_origins_follow_one_another() -> None:
    assert next_origin("county.example/log", year=2026) == "county.example/log2026b"
    assert next_origin("county.example/log2026b", year=2026) == "county.example/log2026c"
    assert next_origin("county.example/log2026c", year=2027) == "county.example/log2027b"
