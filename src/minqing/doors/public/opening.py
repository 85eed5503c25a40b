"""What this browser has opened with a query code, and how wrong tries are slowed without ever locking a case."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest

from minqing.charter import Actor
from minqing.doors.parts.web import client_of
from minqing.ground.law.queries import now
from minqing.kernel.errors import NotFound
from minqing.work.intake.queries import Opened

OPEN_FOR = timedelta(minutes=20)
KEY = "opened"
FREE_TRIES, LONGEST_WAIT_S, FORGOTTEN_AFTER_S = 5, 300, 3600


@dataclass(frozen=True)
class Opening:
    """One demand for twenty minutes. `word`: texts may be shown. Behind an accusation there is no demand."""

    demand_id: UUID | None
    word: bool
    has_word: bool
    registered_at: datetime
    arrived_on: date
    verify_no: str

    @property
    def by(self) -> Actor:
        if self.demand_id is None:
            raise NotFound()
        return Actor(account_id=None, demand_id=self.demand_id)


def open_for(request: HttpRequest, opened: Opened) -> Opening:
    request.session.cycle_key()
    request.session[KEY] = {
        "demand": str(opened.demand_id or ""), "word": opened.word_ok, "has_word": opened.has_word,
        "at": opened.registered_at.isoformat(), "on": opened.arrived_on.isoformat(), "verify_no": opened.verify_no,
        "until": (now() + OPEN_FOR).timestamp(),
    }  # fmt: skip
    found = opening_of(request)
    assert found is not None
    return found


def opening_of(request: HttpRequest) -> Opening | None:
    kept = request.session.get(KEY)
    if not kept or kept["until"] < now().timestamp():
        return None
    return Opening(
        UUID(kept["demand"]) if kept["demand"] else None, kept["word"], kept["has_word"],
        datetime.fromisoformat(kept["at"]), date.fromisoformat(kept["on"]), kept["verify_no"],
    )  # fmt: skip


# Five tries are free; then each wrong one doubles the wait, up to five minutes. What waits is the sender, never the case:
# a wrong word only shuts the texts of that case for the wait, its dates stay open to whoever has the code.


def sender_key(request: HttpRequest) -> str:
    return f"wrong-codes:{client_of(request)}"


def word_key(demand_id: UUID | str) -> str:
    return f"wrong-words:{demand_id}"


def wait_for(key: str) -> int:
    """Seconds until the next try; 0 when it may be now."""
    wrong, last = cache.get(key, (0, 0.0))
    wait = min(2 ** (wrong - FREE_TRIES), LONGEST_WAIT_S) if wrong >= FREE_TRIES else 0
    return max(0, round(last + wait - now().timestamp()))


def count_wrong(key: str) -> None:
    cache.set(key, (cache.get(key, (0, 0.0))[0] + 1, now().timestamp()), FORGOTTEN_AFTER_S)
