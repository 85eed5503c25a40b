"""What people say stays out of the logs: a whole way, everything switched on, and not one of their words in any line."""

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client

from makers import AT, VILLAGE, County, county
from minqing.kernel.errors import kind_of
from minqing.methods.codes import grouped
from minqing.methods.seal import SealError, open_
from minqing.record.facts.commands import react_once, relay
from minqing.record.facts.models import Reaction
from minqing.wiring import home, postgres
from minqing.wiring.cli.check import _quiet
from minqing.wiring.logs import Discreet
from minqing.wiring.reactions import REACTIONS
from minqing.wiring.worker import Worker
from minqing.work.cases.models import Case, Link
from minqing.work.intake.models import Demand
from work import casework

TEXT, NAME, PHONE, WORD = "我家的水窖被推土机压裂了", "欧阳水窖", "13900004321", "7316"
VERDICT, TALK = "水窖还是漏的", "昨天夜里又漏了一整夜"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything the product's own handler writes, with every logger at DEBUG and every statement logged."""
    (handler,) = [one for one in logging.root.handlers if isinstance(one.formatter, Discreet)]
    written = io.StringIO()
    # Set by hand: `setStream` would flush the stream of a test that is over, which is closed.
    before, handler.stream = handler.stream, written  # type: ignore[attr-defined]
    usual = {name: logging.getLogger(name).level for name in (None, *logging.root.manager.loggerDict)}
    for name in usual:
        if name is None or not name.startswith(("PIL", "faker", "hypothesis", "asyncio")):
            logging.getLogger(name).setLevel(logging.DEBUG)
    connection.force_debug_cursor = True
    yield written
    connection.force_debug_cursor = False
    handler.stream = before  # type: ignore[attr-defined]
    for name, level in usual.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def here(db: None, monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


class Walk:
    """A browser that remembers every address it was sent to and every page it was shown."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)
        self.addresses: list[str] = []

    def __call__(self, path: str, typed: dict[str, Any] | None = None) -> Any:
        answer = self.client.get(path) if typed is None else self.client.post(path, typed)
        self.addresses += [path, answer.headers.get("Location", ""), answer.headers.get("HX-Redirect", "")]
        self.addresses += re.findall(
            r'(?:href|action|src)="([^"]*)"', answer.content.decode(errors="replace")
        )
        return answer


def the_whole_way(here: County, walk: Walk) -> str:
    """Say it, slip, word, status, answer, talk, verdict; with the mistakes people make on the way."""
    walk("/report")
    walk("/report", {"step": "1", "text": TEXT})
    walk("/report", {"step": "3", "text": TEXT, "name": NAME, "phone": "没有"})
    typed = {
        "step": "4",
        "text": TEXT,
        "name": NAME,
        "phone": PHONE,
        "place": VILLAGE,
        "reply_by": "sms",
        "word": "1",
    }
    assert walk("/report", typed).status_code == 422
    assert walk("/report", typed | {"word": ""}).status_code == 303
    page = walk("/report/slip").content.decode()
    code = re.sub(r"\D", "", re.sub(r"<[^>]+>", "", re.search(r'class="code">(.*?)</p>', page, re.S)[1]))  # type: ignore[index]
    assert walk("/report/slip", {"word": WORD}).status_code == 303
    assert walk("/report/slip/print").status_code == 200
    assert walk("/status", {"receipt": code[:-1], "word": WORD}).status_code == 404
    assert walk("/status", {"receipt": code, "word": WORD}).status_code == 303
    Worker().run_until_idle()
    case = casework.served(here, demand_id=Demand.objects.get().pk)
    assert walk("/status", {"receipt": code, "word": WORD}).status_code == 303
    assert TEXT not in walk("/").content.decode()
    assert "三日内修好" in walk("/status/page").content.decode()
    at = f"/status/cases/{case.pk}"
    assert walk(f"{at}/say", {"text": TALK}).status_code == 303
    assert walk(f"{at}/verdict", {"solved": "", "words": VERDICT}).status_code == 422
    assert walk(f"{at}/verdict", {"solved": "no", "explained": "no", "words": VERDICT}).status_code == 303
    walk("/status/page")
    Worker().run_until_idle()
    return code


def test_no_line_no_address_and_no_session_holds_what_a_person_said(here: County, lines: io.StringIO) -> None:
    walk = Walk()
    code = the_whole_way(here, walk)
    logged = lines.getvalue()
    assert "INSERT INTO intake_demand" in logged, "statements are logged"
    assert Case.objects.get().state == "accepted", "the whole way was gone"
    sessions = " ".join(f"{one.session_data} {one.get_decoded()}" for one in Session.objects.all())
    for what, secret in people_said(code).items():
        assert secret not in logged, f"{what} in the log: …{around(logged, secret)}…"
        assert not [one for one in walk.addresses if secret in one], f"{what} in an address"
        assert secret not in sessions, f"{what} in a session"


def people_said(code: str) -> dict[str, str]:
    return {
        "code": code, "grouped code": grouped(code), "text": TEXT, "name": NAME, "telephone": PHONE, "talk": TALK,
        "verdict": VERDICT, "word": f"'{WORD}'",
    }  # fmt: skip


def around(logged: str, secret: str) -> str:
    at = logged.index(secret)
    return logged[max(0, at - 200) : at + 40]


def test_a_bug_on_the_way_shows_and_logs_its_place_and_not_what_was_typed(
    here: County, lines: io.StringIO
) -> None:
    """Every statement fails with the very words that were sent, as a database does that quotes the row."""

    def broken(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "INSERT" in sql:
            raise ValueError(f"cannot take {params!r} {TEXT} {PHONE}")
        return execute(sql, params, many, context)

    client = Client(raise_request_exception=False)
    typed = {"step": "1", "text": TEXT, "name": NAME, "phone": PHONE, "word": WORD, "now": "1"}
    with connection.execute_wrapper(broken):
        page = client.post("/report", typed)
        api = client.post("/api/v1/demands", {"text": TEXT, "phone": PHONE}, content_type="application/json")
        elsewhere = Client(raise_request_exception=False).get("/report")
    logged = lines.getvalue()
    assert (page.status_code, api.status_code) == (500, 500)
    assert "ValueError" in logged
    assert "test_logs.py" in logged, "the place is told"
    for secret in (TEXT, NAME, PHONE):
        assert secret not in logged
        assert secret not in api.content.decode()
        assert secret not in elsewhere.content.decode()
    assert TEXT in page.content.decode(), "to whoever typed it, it is given back"
    assert WORD not in page.content.decode(), "but never a secret"


def test_a_stopped_reaction_names_its_kind_and_not_the_row_it_stumbled_over(here: County) -> None:
    """The page of what stopped is read by those who run the machine, and they read no matter."""
    register_one = Client().post(
        "/api/v1/demands", {"text": TEXT, "phone": PHONE}, content_type="application/json"
    )
    assert register_one.status_code == 201
    relay(REACTIONS)

    def quoting(fact: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE intake_demand SET state = %s", [TEXT])

    while react_once(dict.fromkeys((name for names in REACTIONS.values() for name in names), quoting)):
        pass
    errors = list(Reaction.objects.values_list("error", flat=True))
    assert errors
    assert all("23514 intake_demand_state_known" in error and TEXT not in error for error in errors), errors


def test_the_kind_of_an_error_names_the_line_of_ours_and_none_of_its_words(here: County) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Link.objects.create(case_id=None, reason=TEXT)
    assert re.fullmatch(r"IntegrityError 23502 \w+\.py:\d+", kind_of(caught.value))
    with pytest.raises(SealError) as wrong:
        open_(b"k" * 32, b"", TEXT.encode())
    assert re.fullmatch(r"UnknownAlgorithm seal\.py:\d+", kind_of(wrong.value))


@pytest.mark.database
@pytest.mark.parametrize(
    ("verbosity", "length", "quiet"), [("terse", 0, True), ("default", 0, False), ("terse", -1, False)]
)
def test_a_check_tells_whether_a_county_s_own_database_keeps_a_quiet_log(
    server: home.Home, verbosity: str, length: int, quiet: bool
) -> None:
    if server.external:
        pytest.skip("only a superuser may try other settings")
    with psycopg.connect(server.url(home.SUPER, "postgres")) as root:
        root.execute(f"SET log_error_verbosity = '{verbosity}'")
        root.execute(f"SET log_parameter_max_length = {length}")
        assert _quiet(root) is quiet


@pytest.mark.database
def test_the_database_s_own_log_quotes_no_row_and_no_value(empty_home: home.Home) -> None:
    postgres.up(empty_home)
    with psycopg.connect(empty_home.url(home.SUPER, "postgres"), autocommit=True) as root:
        root.execute("SET log_min_duration_statement = 0")
        root.execute("CREATE TABLE word (text text CONSTRAINT short CHECK (length(text) < 3))")
        with pytest.raises(psycopg.errors.CheckViolation):
            root.execute("INSERT INTO word VALUES (%s)", [TEXT])
        root.execute("SET log_error_verbosity = 'default'")  # either setting alone leaves the values out
        root.execute("SELECT %s::text", [PHONE])
    written = "".join(path.read_text("utf-8", "replace") for path in empty_home.data.rglob("*.log"))
    assert 'violates check constraint "short"' in written, written[-2000:]
    assert TEXT not in written
    assert PHONE not in written
