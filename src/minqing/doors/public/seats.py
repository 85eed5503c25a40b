"""A seat booked in this browser: kept there sealed for some hours, so that a second booking of one day shows the first."""

import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from minqing.kernel.keys import secret, shut, unshut

COOKIE: Final = "seat"
PATH: Final = "/open/receptions/"
KEPT_FOR: Final = timedelta(hours=12)
AAD: Final = b"seat-cookie/v1"
MOST: Final = 5


@dataclass(frozen=True)
class Kept:
    """The booking code of one day, and who booked as far as another person can be told from them: digests only."""

    code: str
    phone: str
    name: str
    until: float

    def another(self, *, phone: str, name: str) -> bool:
        """Somebody else at the same screen: another number, or without numbers another name. They get a seat of their own."""
        if self.phone and phone:
            return self.phone != _digest(phone)
        return bool(self.name and name) and self.name != _digest(name)


def _digest(said: str) -> str:
    return hmac.digest(secret("pepper"), f"seat/v1\n{said}".encode(), "sha256").hex()[:32] if said else ""


def kept_here(request: HttpRequest, *, at: datetime) -> dict[str, Kept]:
    """By day; what is not ours, or too old, is as if it were not there."""
    try:
        found = json.loads(unshut(AAD, bytes.fromhex(request.COOKIES.get(COOKIE, ""))))
    except ValueError:
        return {}
    kept = {day: Kept(**one) for day, one in found.items()}
    return {day: one for day, one in kept.items() if one.until > at.timestamp()}


def keep_seat(
    shown: HttpResponse, request: HttpRequest, *, day_id: UUID, code: str, phone: str, name: str, at: datetime
) -> HttpResponse:
    mine = Kept(code, _digest(phone), _digest(name), (at + KEPT_FOR).timestamp())
    others = {day: one for day, one in kept_here(request, at=at).items() if day != str(day_id)}
    kept = {**dict(list(others.items())[1 - MOST :]), str(day_id): mine}
    plain = json.dumps({day: vars(one) for day, one in kept.items()}).encode()
    shown.set_cookie(
        COOKIE, shut(AAD, plain).hex(), max_age=int(KEPT_FOR.total_seconds()), httponly=True,
        samesite="Lax", secure=request.is_secure(), path=PATH,
    )  # fmt: skip
    return shown
