"""Who calls: a bearer token's account or nobody known; and the answers that come once per Idempotency-Key."""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.security import HttpBearer

from minqing.charter import PUBLIC, Actor
from minqing.doors.parts.web import client_of
from minqing.ground.law.queries import now
from minqing.ground.offices.queries import actor_of_token
from minqing.kernel.errors import NotSignedIn
from minqing.kernel.keys import secret
from minqing.methods.clock import CHINA
from minqing.record.inbox.commands import once

REPLAYED = "idempotency.replayed"
NEVER_TOLD = frozenset({"person_id", "to_person_id", "household_id", "voice_id"})
"""By these one list could be joined with another into what one person or one home says, everywhere. No act needs them."""


class Token(HttpBearer):
    """`Authorization: Bearer mq_…`; the actor is `request.auth`."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        return actor_of_token(token, at=now())


def caller_of(request: HttpRequest) -> Actor:
    """Staff when a token is shown (a bad one is refused), else the public."""
    shown = request.META.get("HTTP_AUTHORIZATION", "")
    if not shown:
        return PUBLIC
    kind, _, token = shown.partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise NotSignedIn()
    return actor_of_token(token.strip(), at=now())


def sender_of(request: HttpRequest, by: Actor) -> str:
    """The caller's name in the inbox: the account, or a keyed hash of address and browser (never these themselves)."""
    if by.account_id is not None:
        return f"api:{by.account_id}"
    seen = f"caller/v1\n{client_of(request)}\n{request.headers.get('User-Agent', '')}"
    return "api:" + hmac.digest(secret("pepper"), seen.encode(errors="replace"), "sha256").hex()[:32]


def answer_once(
    request: HttpRequest,
    by: Actor,
    run: Callable[[], dict[str, Any]],
    *,
    status: int = 200,
    secrets: tuple[str, ...] = (),
) -> HttpResponse:
    """Without Idempotency-Key: run and answer. With one: the same answer again, its secrets left out."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return told(run(), status=status)

    def act() -> tuple[dict[str, Any], dict[str, Any]]:
        answer = plain(run())
        kept = {name: None if name in secrets else value for name, value in answer.items()}
        return answer, kept | ({"note": REPLAYED} if secrets else {})

    answer, replayed = once(
        sender=sender_of(request, by),
        key=key,
        body=request.body,
        act=f"{request.method} {request.path}",
        at=now(),
        run=act,
    )
    response = told(answer, status=status)
    if replayed:
        response["Idempotency-Replayed"] = "true"
    return response


def told(answer: Any, *, status: int = 200) -> HttpResponse:
    response = HttpResponse(
        json.dumps(answer, ensure_ascii=False), status=status, content_type="application/json"
    )
    response["Cache-Control"] = "no-store"
    response._csp_exempt = True  # type: ignore[attr-defined]  # JSON runs nothing
    return response


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as JSON would hold it, for keeping."""
    found: dict[str, Any] = shape(answer)
    return found


def shape(value: Any) -> Any:
    """Frozen lines, dates and ids as plain JSON values. A trailing underscore (`from_`) is Python's, not ours."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(CHINA).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return {
            one.name.rstrip("_"): shape(getattr(value, one.name))
            for one in fields(value)
            if one.name not in NEVER_TOLD
        }
    if isinstance(value, Mapping):
        return {str(key): shape(inside) for key, inside in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [shape(inside) for inside in value]
    return str(value)
