"""What this browser has opened with a query code."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import HttpRequest

from minqing.charter import Actor
from minqing.ground.law.queries import now
from minqing.kernel.errors import NotFound
from minqing.work.intake.queries import Opened

OPEN_FOR = timedelta(minutes=20)
KEY = "opened"


@dataclass(frozen=True)
class Opening:
    """One demand for twenty minutes. `word`: texts may be shown. Behind an accusation there is no demand."""

    demand_id: UUID | None
    word: bool
    has_word: bool
    registered_at: datetime
    arrived_on: date
    verify_no: str
    leaf: bytes = b""

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
        "leaf": opened.leaf.hex(),
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
        bytes.fromhex(kept["leaf"]),
    )  # fmt: skip
