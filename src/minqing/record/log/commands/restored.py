"""After a restore: the signer's memory decides whether the log goes on, and nothing happens silently (trust specification §1.6).

The memory (`high-water`) lies outside the database and outside every backup. When the tree that came back contains what was
signed last, the county signs on. When it does not, it may not: more WAL must be found, or a person opens the log anew under
another origin, whose first leaf is the head signed last under the old one and whose second says what happened.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from minqing.kernel.db import read
from minqing.kernel.ids import uuid7
from minqing.methods import tree
from minqing.methods.clock import CHINA
from minqing.record.log.commands.heads import alone, remember
from minqing.record.log.commands.order import AT_A_TIME, append, hand_in
from minqing.record.log.models import Checkpoint as Head
from minqing.record.log.models import Witness
from minqing.record.log.queries import LeafLine, high_water, nodes, size, without_fact
from minqing.record.log.rules import HIGH_WATER, Entry, Incident, Standing, incident_leaf, old_head_leaf


def standing() -> Standing:
    """What came back, against what was signed last."""
    known, found = high_water(), size()
    if known is None:
        return Standing.UNKNOWN if _newest() is not None else Standing.NEW
    if known.origin != settings.MINQING_LOG_ORIGIN:
        return Standing.OTHER_ORIGIN
    if found < known.size:
        return Standing.BEHIND
    node = nodes(found)
    return Standing.GOES_ON if tree.root_at(node, known.size) == known.root else Standing.FORK


def take_newest(*, at: datetime) -> tree.Checkpoint:
    """The signer's memory is lost too: the newest head of the database becomes it, and the log says so in a leaf."""
    with alone():
        head = _newest()
        if head is None or standing() != Standing.UNKNOWN:
            raise ValueError(standing())
        known = tree.Checkpoint(head.origin, head.size, bytes(head.root))
        if size() < known.size or tree.root_at(nodes(size()), known.size) != known.root:
            raise ValueError(Standing.FORK)
        remember(known)
    with transaction.atomic():
        hand_in(
            fact_id=uuid7(), leaf=incident_leaf(Incident.SIGNER_LOST, day=_day(at), kept=size(), signed=known)
        )
    return known


@transaction.atomic
def open_anew(*, at: datetime, known: tree.Checkpoint) -> int:
    """The same leaves as a new log, behind the head signed last under the old origin and a leaf that says what happened.

    Needs the owner's connection. The caller then lets the new origin be known, and `forget_old_origin`. Returns its size.
    """
    kept = size()
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE log_leaf, log_state, log_tile IN ACCESS EXCLUSIVE MODE")
        cursor.execute("CREATE TEMPORARY TABLE log_before ON COMMIT DROP AS SELECT * FROM log_leaf")
        cursor.execute("CREATE UNIQUE INDEX ON log_before (idx)")
        cursor.execute("TRUNCATE log_leaf, log_tile")
        cursor.execute("UPDATE log_state SET size = 0, stack = ''::bytea")
    first = (
        old_head_leaf(known, day=_day(at)),
        incident_leaf(Incident.RESTORED, day=_day(at), kept=kept, signed=known),
    )
    append([Entry(uuid7(), leaf, at) for leaf in first])
    for start in range(0, kept, AT_A_TIME):
        append(list(_before(start, min(kept, start + AT_A_TIME))))
    Witness.objects.update(known=0, failures=0, error="")
    return size()


def _before(start: int, stop: int) -> Iterable[Entry]:
    """What spoke of facts; what the old log said of itself speaks of another tree."""
    for row in read(
        "SELECT idx, id, leaf, put_at FROM log_before WHERE idx >= %s AND idx < %s ORDER BY idx", start, stop
    ):
        line = LeafLine(*row)
        if not without_fact(line.leaf):
            yield Entry(line.id, bytes(line.leaf), line.put_at)


def forget_old_origin() -> None:
    """The memory of the old origin is laid aside, so that the first head of the new one may be signed."""
    with alone():
        path = Path(settings.MINQING_SIGNER) / HIGH_WATER
        known = high_water()
        if known is not None:
            path.rename(path.with_name(f"{HIGH_WATER}.{known.origin.replace('/', '_')}"))


def _newest() -> Head | None:
    return Head.objects.filter(origin=settings.MINQING_LOG_ORIGIN).order_by("-size").first()


def _day(at: datetime) -> str:
    return at.astimezone(CHINA).date().isoformat()
