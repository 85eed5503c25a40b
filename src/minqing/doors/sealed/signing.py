"""An officer at this side: the county's password and second factor, read alone; then a passphrase for their own key.

The session is a row of the clues' database under a cookie of its own, and holds no key in clear: the private half lies
there closed under a second cookie that stands in no row. Fifteen minutes idle, four hours in all.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from minqing.charter import Role
from minqing.doors.parts.sessions import SessionStore
from minqing.doors.sealed.here import View, sealed
from minqing.ground.law.queries import now, today
from minqing.ground.offices import queries as offices
from minqing.ground.offices.queries.finding import password_fits
from minqing.kernel.errors import Refusal
from minqing.methods import seal
from minqing.watch.clues.commands import tries

ROLES = frozenset({Role.DISCIPLINE, Role.ORGANISATION})
# Over HTTPS a browser takes cookies of these names from HTTPS alone (not "__Host-": they are for PATH only).
SESSION, HOLD = (("__Secure-" if settings.BEHIND_HTTPS else "") + name for name in ("officer", "hold"))
PATH = "/work/"
IDLE, WHOLE = timedelta(minutes=15), timedelta(hours=4)
AAD = b"officer-session/v1|"


class SignInFailed(Refusal):
    """One answer for a wrong name, password or code, and for whoever has no business here."""

    code, status, text = (
        "sealed.sign-in",
        403,
        "没有登录成功。请核对用户名、密码和动态验证码；连着输错，要等一会儿才能再试。",
    )


class WrongFactor(Refusal):
    code, status, text = "sealed.factor", 403, "动态验证码不对，或者已经用过。请等下一个再试。"


@dataclass(frozen=True)
class Officer:
    """Who sits here: the private half of their key while it is unlocked, and when they last proved who they are."""

    id: UUID
    key: str
    signed_at: datetime
    seen_at: datetime
    factor_at: datetime | None
    private: bytes | None = None

    def holds(self) -> dict[str, Any]:
        """The first arguments of every act."""
        assert self.private is not None
        return {"officer": self.id, "private": self.private, "at": now()}


def sign_in(request: HttpRequest, *, username: str, password: str, code: str) -> SessionStore:
    """A new session for one of the few; refuses everybody else with the same words, and slows who tries on."""
    name = tries.own("sign-in", username.strip().lower())
    if tries.shut_for(name, at=now()):
        raise SignInFailed()
    account = password_fits(username.strip(), password)
    if account is None or not has_business(account) or not factor_fits(account, code):
        tries.count_wrong(name, at=now())
        raise SignInFailed()
    store = SessionStore()
    at = now().isoformat()
    store.update({"officer": str(account), "signed_at": at, "seen_at": at, "factor_at": at})
    store.set_expiry(int(WHOLE.total_seconds()))
    store.create()
    return store


def has_business(account: UUID) -> bool:
    """Only posts that may hold a part: of the discipline office, and of the unit that lets open."""
    return bool(ROLES & offices.actor(account, on=today()).roles)


def factor_fits(account: UUID, code: str) -> bool:
    """The six digits of this half minute or the last, once: whichever process they were shown to."""
    typed = "".join(code.split())
    row = Authenticator.objects.filter(user_id=account, type=Authenticator.Type.TOTP).first()
    if row is None or not (typed.isascii() and typed.isdigit()):
        return False
    secret = decrypt(row.data["secret"])
    taken = {counter - late for counter in yield_hotp_counters_from_time() for late in (0, 1)}
    for counter in sorted(taken, reverse=True):
        if f"{hotp_value(secret, counter):06d}" == typed:
            return tries.first_use(tries.own("factor", f"{account}|{counter}"), at=now())
    return False


def prove_again(officer: Officer, code: str) -> Officer:
    """A fresh second factor, for what two persons do; without a code whatever was proved last counts."""
    if not code.strip():
        return officer
    guessed = tries.own("factor-of", str(officer.id))
    if tries.shut_for(guessed, at=now()):
        raise WrongFactor()
    if not factor_fits(officer.id, code):
        tries.count_wrong(guessed, at=now())
        raise WrongFactor()
    at = now()
    store = SessionStore(officer.key)
    store["factor_at"] = at.isoformat()
    _keep(store)
    return replace(officer, factor_at=at)


def officer_of(request: HttpRequest) -> Officer | None:
    """Whoever is signed in and still in office; an old session is gone for good."""
    cookie = request.COOKIES.get(SESSION, "")
    store = SessionStore(cookie)
    kept = store.load() if cookie else {}
    if "officer" not in kept:
        return None
    at, account = now(), UUID(kept["officer"])
    signed, seen = (datetime.fromisoformat(kept[name]) for name in ("signed_at", "seen_at"))
    if at - seen > IDLE or at - signed > WHOLE or not has_business(account):
        store.delete()
        return None
    if at - seen > timedelta(seconds=30):
        store["seen_at"] = at.isoformat()
        _keep(store)
    factor = kept.get("factor_at")
    return Officer(
        account,
        cookie,
        signed,
        seen,
        datetime.fromisoformat(factor) if factor else None,
        _private(request, kept, account),
    )


def _keep(store: SessionStore) -> None:
    """Of a session that was signed out meanwhile nothing comes back."""
    with suppress(UpdateError):
        store.save()


def _private(request: HttpRequest, kept: dict[str, Any], account: UUID) -> bytes | None:
    try:
        return seal.open_(
            bytes.fromhex(request.COOKIES.get(HOLD, "")), AAD + account.bytes, bytes.fromhex(kept["key"])
        )
    except (KeyError, ValueError):
        return None


def hold_key(response: HttpResponse, request: HttpRequest, officer: Officer, private: bytes) -> HttpResponse:
    """Keep the private half for this session: closed in its row, the key to that in this browser alone."""
    under = os.urandom(seal.KEY_BYTES)
    store = SessionStore(officer.key)
    store["key"] = seal.seal(under, AAD + officer.id.bytes, private).hex()
    _keep(store)
    set_cookie(response, request, HOLD, under.hex())
    return response


def set_cookie(response: HttpResponse, request: HttpRequest, name: str, value: str) -> None:
    response.set_cookie(name, value, httponly=True, samesite="Strict", secure=request.is_secure(), path=PATH)


def sign_out(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if cookie := request.COOKIES.get(SESSION, ""):
        SessionStore(cookie).delete()
    for name in (SESSION, HOLD):
        response.delete_cookie(name, path=PATH, samesite="Strict")
    return response


def officers(view: Callable[..., HttpResponse]) -> View:
    """A page for who is signed in and holds their key in hand; others are led there."""

    @sealed
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        officer = officer_of(request)
        if officer is None:
            return HttpResponseRedirect(reverse("sealed-sign-in"), status=303)
        if officer.private is None:
            return HttpResponseRedirect(reverse("sealed-key"), status=303)
        return view(request, officer, *args, **kwargs)

    return shown
