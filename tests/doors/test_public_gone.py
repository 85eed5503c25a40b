"""The database is away: the page says so in the reader's language, asks again by itself, and gives back what was typed."""

import json
import re
from collections.abc import Iterator

import pytest

from serving import fetch, free_port, opener, web

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A web server whose database does not answer."""
    gone = f"postgresql://minqing@127.0.0.1:{free_port()}/minqing"
    with web({"DATABASE_URL": gone, "MINQING_OWNER_URL": gone}) as (url, _):
        yield url


@pytest.mark.parametrize(("lang", "said"), [("zh", "系统暂时连不上数据库"), ("en", "database")])
def test_reading_waits_and_writing_keeps_every_word(address: str, lang: str, said: str) -> None:
    browser = opener(Accept_Language=lang, Accept="text/html")
    status, page = fetch(browser, address + "/open")
    assert status == 503
    assert said in page
    assert 'http-equiv="refresh"' in page
    status, page = fetch(browser, address + "/report")
    assert status == 200
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    typed = {
        "csrfmiddlewaretoken": token[1],
        "step": "1",
        "text": "三组的水管裂了",
        "now": "1",
        "form_key": "0" * 32,
    }
    status, page = fetch(browser, address + "/report", typed)
    assert status == 503
    assert said in page
    assert "三组的水管裂了" in page
    assert "data-again" in page


def test_health_is_down_and_says_which_part(address: str) -> None:
    status, body = fetch(opener(), address + "/healthz")
    assert status == 503
    told = json.loads(body)
    assert (told["status"], told["database"], told["worker"]["state"]) == ("down", "down", "unknown")


def test_another_system_is_told_when_to_come_again(address: str) -> None:
    status, body = fetch(
        opener(Content_Type="application/json"), address + "/api/v1/demands", b'{"text":"x"}'
    )
    assert (status, json.loads(body)["code"]) == (503, "database.gone")
