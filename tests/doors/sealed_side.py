"""The sealed side as it runs: its pages' role in the clues' database, the courier in the county's, its own addresses."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.hashers import make_password
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from clue_county import PASSPHRASE, Sealed, sealed_county
from minqing.ground.offices.models import Account
from minqing.watch.clues.models import Clue
from minqing.wiring import home
from minqing.wiring.settings import database

PASSWORD = "长而又长的登录密码"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
TEXT = "上湾村支书张某把征地补偿款扣下了三成，分给自己的亲戚。"
RESTATED = "反映某村负责人截留土地补偿，请核查发放清单。"


def switched(alias: str, role: str) -> None:
    connections[alias].close()
    wanted = database(home.current().side_url(role) if role != home.APP else home.current().app_url())
    connections[alias].settings_dict.update(
        {key: wanted[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    )


@contextmanager
def sealed_side(settings: Any) -> Iterator[None]:
    """Only in tests whose rows are committed. Leaves again, whatever happens."""
    before = settings.ROOT_URLCONF, settings.SIDE
    settings.ROOT_URLCONF, settings.SIDE = "minqing.wiring.sealed_urls", "sealed"
    switched("default", home.COURIER)
    switched("clues", home.CLUES)
    try:
        yield
    finally:
        settings.ROOT_URLCONF, settings.SIDE = before
        switched("default", home.APP)
        switched("clues", home.CLUES_WORKER)


@contextmanager
def worker(settings: Any) -> Iterator[None]:
    """In the middle of it: what the worker's process does, with its own role."""
    switched("clues", home.CLUES_WORKER)
    try:
        yield
    finally:
        switched("clues", home.CLUES)


@contextmanager
def county_side(settings: Any) -> Iterator[None]:
    """In the middle of it: what somebody does in the county meanwhile."""
    before = settings.SIDE
    settings.SIDE = "both"
    switched("default", home.APP)
    switched("clues", home.CLUES_WORKER)
    try:
        yield
    finally:
        settings.SIDE = before
        switched("default", home.COURIER)
        switched("clues", home.CLUES)


def county_with_sign_ins() -> Sealed:
    """Everybody of the county has a password and a second factor."""
    here = sealed_county()
    Account.objects.update(password=make_password(PASSWORD))
    for one in Account.objects.all():
        TOTP.activate(one, SECRET)
    return here


def code_now() -> str:
    """What the authenticator shows."""
    return format_hotp_value(hotp_value(SECRET, max(yield_hotp_counters_from_time())))


def signed_in(name: str, *, passphrase: str = PASSPHRASE) -> Client:
    """A browser of an officer with the key in hand."""
    browser = Client()
    came = sign_in(browser, name)
    assert came.status_code == 303, came.content.decode()
    opened = browser.post("/work/key", {"password": passphrase})
    assert opened.status_code == 303, opened.content.decode()
    return browser


def sign_in(browser: Client, name: str, *, password: str = PASSWORD, code: str | None = None) -> HttpResponse:
    return browser.post("/work/sign-in", {"username": name, "password": password, "code": code or code_now()})


def write(browser: Client | None = None, **more: Any) -> HttpResponse:
    """The form as somebody sends it who filled in nothing but the first box and a word."""
    browser = browser or Client()
    page = browser.post("/", {"step": "write"}).content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket
    told = {"step": "send", "ticket": ticket[1], "text": TEXT, "word": "4321"}
    return browser.post("/", told | more)


def code_of(page: HttpResponse) -> str:
    found = re.search(r'<p class="code">(.*?)</p>', page.content.decode(), re.S)
    assert found, page.content.decode()
    return "".join(re.findall(r"\d", found[1]))


def one_clue() -> UUID:
    return Clue.objects.values_list("pk", flat=True).get()
