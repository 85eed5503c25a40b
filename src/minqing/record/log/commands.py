"""Everything that writes the log."""

from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from minqing.record.log.models import Beat, Pending
from minqing.record.log.rules import BATCH, ORIGIN


def hand_in(*, fact_id: UUID, leaf: bytes) -> None:
    """Leave a leaf to be put in order; call inside the transaction of its fact."""
    Pending.objects.create(id=fact_id, leaf=leaf)


@transaction.atomic
def put_in_order(*, batch: int = BATCH) -> list[UUID]:
    """Move at most `batch` pending leaves to dense places under the fencing row; returns their ids in order.

    Two relays at once, or one killed half-way, lose nothing: the queue is the rows' existence.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO log_state (origin, size, stack) VALUES (%s, 0, ''::bytea) ON CONFLICT DO NOTHING",
            [ORIGIN],
        )
        cursor.execute("SELECT size FROM log_state WHERE origin = %s FOR UPDATE", [ORIGIN])
        size = cursor.fetchone()[0]
        cursor.execute(
            "WITH moved AS (DELETE FROM log_pending WHERE id IN"
            " (SELECT id FROM log_pending ORDER BY id LIMIT %s) RETURNING id, leaf)"
            " INSERT INTO log_leaf (idx, id, leaf, put_at)"
            " SELECT %s::bigint + row_number() OVER (ORDER BY id) - 1, id, leaf, clock_timestamp() FROM moved"
            " RETURNING idx, id",
            [batch, size],
        )
        moved = sorted(cursor.fetchall())
        cursor.execute("UPDATE log_state SET size = size + %s WHERE origin = %s", [len(moved), ORIGIN])
    return [fact_id for _, fact_id in moved]


def beat(name: str) -> None:
    """The process of that name lives now, by the database's own clock."""
    Beat.objects.update_or_create(name=name, defaults={"at": Now()})
