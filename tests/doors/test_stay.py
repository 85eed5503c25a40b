"""How long a sign-in lasts, how many there are at once, and what a browser keeps after it."""

import time
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client

from doors.office import signed_in
from makers import AT, County, county, register
from minqing.doors.parts.stay import SEEN, SHARED, SINCE, STAFF
from minqing.ground.offices.models import Account

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def aged(client: Client, *, since: float = 0, seen: float = 0) -> None:
    """As if the session of this browser had begun, and been used last, so many seconds ago."""
    session, at = client.session, time.time()
    session[SINCE], session[SEEN] = at - since, at - seen
    session.save()


def shared(client: Client) -> Client:
    client.get("/?kiosk=1")
    return client


def by_password(here: County, name: str = "handler") -> Client:
    account = Account.objects.get(pk=here.accounts[name])
    if not account.has_usable_password() or not account.check_password(PASSWORD):
        account.set_password(PASSWORD)
        account.save()
    client = Client()
    cache.clear()
    client.post("/accounts/login/", {"login": account.username, "password": PASSWORD})
    assert client.get("/desk/law/").status_code == 200
    return client


def test_the_limits_are_those_of_the_specification() -> None:
    assert (STAFF.idle, STAFF.whole) == (30 * 60, 12 * 3600)
    assert (SHARED.idle, SHARED.whole) == (5 * 60, 20 * 60)


@pytest.mark.parametrize(
    ("ago", "on_shared", "still"),
    [
        ({"since": STAFF.idle, "seen": STAFF.idle - 60}, False, True),
        ({"since": STAFF.idle + 60, "seen": STAFF.idle + 60}, False, False),
        ({"since": STAFF.whole + 60, "seen": 1}, False, False),
        ({"since": SHARED.idle + 60, "seen": SHARED.idle - 60}, True, True),
        ({"since": SHARED.idle + 60, "seen": SHARED.idle + 60}, True, False),
        ({"since": SHARED.whole + 60, "seen": 1}, True, False),
    ],
)
def test_a_sign_in_ends_when_idle_and_in_any_case_in_the_end(
    here: County, ago: dict[str, float], on_shared: bool, still: bool
) -> None:
    client = signed_in(here, "handler")
    if on_shared:
        shared(client)
    assert client.get("/desk/law/").status_code == 200
    aged(client, **ago)
    assert client.get("/desk/law/").status_code == (200 if still else 401)
    assert client.get("/desk/law/").status_code == (200 if still else 401), "and not only once"


def test_a_request_counts_as_use_and_never_moves_the_beginning(here: County) -> None:
    client = signed_in(here, "handler")
    client.get("/desk/law/")
    aged(client, since=5000, seen=100)
    before = client.session[SINCE]
    client.get("/desk/law/")
    assert client.session[SINCE] == before
    assert time.time() - client.session[SEEN] < 60


def test_words_that_were_being_written_are_there_after_the_end(here: County) -> None:
    client = signed_in(here, "dispatcher")
    client.get("/desk/register/")
    aged(client, since=STAFF.whole + 60)
    late = client.post("/desk/register/", {"text": "东头的桥断了"})
    assert late.status_code == 401 and "东头的桥断了" in late.content.decode()
    assert "Clear-Site-Data" not in late, "a draft in the browser stays too"


def test_an_opened_case_of_a_resident_is_shut_on_a_shared_machine(here: County) -> None:
    told, client = register(), shared(Client())
    client.post("/status", {"receipt": told.receipt})
    assert client.get("/status/page").status_code == 200
    aged(client, since=SHARED.idle + 60, seen=SHARED.idle + 60)
    assert client.get("/status/page").status_code == 302


def test_the_mark_of_a_shared_machine_is_set_by_a_link_and_survives_signing_out(here: County) -> None:
    client = shared(signed_in(here, "handler"))
    assert client.cookies["kiosk"].value == "1"
    page = client.get("/")
    assert "data-kiosk" in page.content.decode() and "no-store" in page["Cache-Control"]
    gone = client.post("/accounts/logout/")
    assert '"cookies"' not in gone["Clear-Site-Data"] and '"storage"' in gone["Clear-Site-Data"]
    assert gone.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0
    assert "data-kiosk" in client.get("/").content.decode()
    for path in ("/leave", "/leave/start"):
        assert '"cookies"' not in client.get(path)["Clear-Site-Data"]
    client.get("/?kiosk=0")
    assert "data-kiosk" not in client.get("/").content.decode()


def test_signing_out_wipes_what_the_browser_kept(here: County) -> None:
    client = by_password(here)
    gone = client.post("/accounts/logout/")
    assert gone["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert not Session.objects.exists()
    assert Account.objects.get(pk=here.accounts["handler"]).signed_on == []


def test_no_page_behind_the_sign_in_is_kept_by_a_browser(here: County) -> None:
    client = signed_in(here, "dispatcher")
    for path in (
        "/desk/",
        "/desk/cases/",
        "/desk/waiting/",
        "/desk/law/",
        "/accounts/login/",
        "/accounts/2fa/",
    ):
        for one in (client, Client()):
            assert "no-store" in one.get(path)["Cache-Control"], path
    assert "no-store" not in Client().get("/help").get("Cache-Control", "")


def test_with_a_fourth_browser_the_first_is_signed_out(here: County) -> None:
    browsers = [by_password(here) for _ in range(4)]
    assert [one.get("/desk/law/").status_code for one in browsers] == [401, 200, 200, 200]
    browsers[1].post("/accounts/logout/")
    browsers.append(by_password(here))
    assert [one.get("/desk/law/").status_code for one in browsers[2:]] == [200, 200, 200], (
        "who left makes room"
    )


def test_what_is_known_of_a_browser_is_no_time(here: County) -> None:
    """Three keys of sessions stand with an account; when somebody came and went stands nowhere."""
    by_password(here)
    kept: Any = Account.objects.get(pk=here.accounts["handler"]).signed_on
    assert kept == [Session.objects.get().session_key]


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        ("short9!", False),
        ("password123", False),
        ("nine-char", False),
        ("水渠里的月亮照着三组人", True),
        ("lower case words only", True),
        ("x" * 30 + " long enough for anybody " * 4, True),
    ],
)
def test_a_password_is_long_and_not_common_and_of_any_signs(password: str, fits: bool) -> None:
    try:
        validate_password(password)
    except ValidationError:
        assert not fits
    else:
        assert fits


def test_a_session_cannot_be_guessed(here: County) -> None:
    keys = {by_password(here).session.session_key for _ in range(3)}
    assert len(keys) == 3
    assert all(len(str(key)) >= 32 for key in keys), "letters and digits: over 160 bits"
