"""One throwaway county for a test run: its own home and keys, and its own PostgreSQL, started by the first test
that needs one. DATABASE_URL and MINQING_OWNER_URL, when set, name another server; MINQING_TEST_PG=system takes the
system's PostgreSQL programs. The owner makes and migrates the test database; the tests then run as the app role,
so what the app may not do fails here too.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
NEED_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server", "server"}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def _make_home() -> subprocess.Popen[bytes]:
    folder = Path(tempfile.mkdtemp(prefix="minqing-test-"))
    (folder / "home").mkdir(mode=0o700)
    if os.geteuid() == 0:  # PostgreSQL runs under its own account, which must reach its data
        folder.chmod(0o755)
        (folder / "home" / "data-is-at").write_text(str(folder / "data"))
    os.environ["MINQING_HOME"] = str(folder / "home")
    os.environ["MINQING_PG"] = os.environ.get("MINQING_TEST_PG", os.environ.get("MINQING_PG", ""))
    os.environ["MINQING_SIDE"] = (
        "both"  # a test is the county and, where it asks for that database, the clues' side
    )
    os.environ["MINQING_STATIC"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    os.environ["DJANGO_SETTINGS_MODULE"] = "minqing.wiring.settings"
    for name in ("MINQING_NOW", "MINQING_AS_OWNER", "MINQING_KEYS", "MINQING_LANG"):
        os.environ.pop(name, None)
    return subprocess.Popen(
        [sys.executable, str(HERE / "throwaway.py"), str(folder)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


_keeper = None if "PYTEST_XDIST_WORKER" in os.environ else _make_home()

import django  # noqa: E402
import psycopg  # noqa: E402  the home must be known before anything of the product is read
from django.conf import settings as django_settings  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases  # noqa: E402

from minqing.kernel.db import hang_up  # noqa: E402
from minqing.wiring import grants, home, postgres, walls  # noqa: E402
from minqing.wiring.settings import database  # noqa: E402

django.setup()
import sealed  # noqa: E402
from minqing.wiring.postgres.quiet import hush  # noqa: E402
from sealed import named  # noqa: E402
from throwaway import a_home  # noqa: E402


def pytest_unconfigure(config: pytest.Config) -> None:
    if _keeper is not None and _keeper.stdin is not None:
        _keeper.stdin.close()
        _keeper.wait(60)


def _no_network(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = str(args[1][0])
        if host not in {"127.0.0.1", "::1", "localhost"}:
            raise RuntimeError(f"a test tried to reach {host}: tests speak to this machine only")


sys.addaudithook(_no_network)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    browser = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker("journey")
        names = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or names & NEED_DATABASE:
            item.add_marker("database")
        if item.get_closest_marker("journey") and browser is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))
        if item.get_closest_marker("root") and os.geteuid() != 0:
            item.add_marker(pytest.mark.skip(reason="needs root"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Nothing is skipped silently."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason] = reasons.get(reason, 0) + 1
    for reason, count in reasons.items():
        terminalreporter.write_line(f"{count} skipped: {reason.removeprefix('Skipped: ')}")


@pytest.fixture(scope="session")
def server() -> home.Home:
    """The running throwaway PostgreSQL; its owner may make databases."""
    here = home.current()
    unsafe_but_fast = {
        "shared_buffers": "256MB",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "200",
    }
    postgres.up(here, settings=unsafe_but_fast)
    if not here.external:
        with psycopg.connect(here.url(home.SUPER, "postgres"), autocommit=True) as root:
            root.execute(f"ALTER ROLE {home.OWNER} CREATEDB")
            root.execute(f"ALTER ROLE {home.CLUES_OWNER} CREATEDB")
    return here


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, server: home.Home) -> None:
    _connect_as(server.owner_url(), migrating=True)
    _connect_as(server.side_url(home.CLUES_OWNER), "clues", migrating=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, server: home.Home, django_db_blocker: Any) -> Iterator[None]:
    beside, ours = connections["clues"], []
    with django_db_blocker.unblock():
        if not beside.settings_dict["NAME"].startswith("test_"):  # no test of this run asks for it by name
            ours = setup_databases(verbosity=0, interactive=False, aliases={"clues"})
        app = grants.role_of(server.app_url())
        if grants.apply(connection):
            with connection.cursor() as cursor:  # only how Django empties tables between transactional tests
                cursor.execute(f'GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO "{app}"')
        walls.apply(beside)
        with beside.cursor() as cursor:
            cursor.execute(f"GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {home.CLUES_WORKER}")
        for one in (connection, beside):
            one.close()
        if not server.external:
            hush(server, connection.settings_dict["NAME"], beside.settings_dict["NAME"])
        _connect_as(server.app_url())
        _connect_as(server.side_url(home.CLUES_WORKER), "clues")
    django_settings.MINQING_DROP = named(server.side_url(home.DROP), beside.settings_dict["NAME"])
    yield
    with django_db_blocker.unblock():
        for one in (connection, beside):
            one.close()
        hang_up()
        sealed.hang_up()
        _connect_as(server.owner_url(), migrating=True)
        _connect_as(server.side_url(home.CLUES_OWNER), "clues", migrating=True)
        teardown_databases(ours, verbosity=0)


@pytest.fixture(autouse=True)
def nothing_sealed_left(request: pytest.FixtureRequest) -> None:
    """What a test before dropped into the clues' database stayed whatever became of its transaction: it goes now."""
    if "django_db_setup" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("django_db_setup")
        sealed.empty()


@pytest.fixture
def as_courier() -> Callable[[], AbstractContextManager[None]]:
    """`with as_courier():` the county's database is the one that the clues' side sees of it. Needs committed rows."""

    @contextmanager
    def courier() -> Iterator[None]:
        connection.close()
        _connect_as(home.current().side_url(home.COURIER))
        try:
            yield
        finally:
            connection.close()
            _connect_as(home.current().app_url())

    return courier


def _connect_as(url: str, alias: str = "default", *, migrating: bool = False) -> None:
    wanted = database(url, migrating=migrating)
    connections[alias].settings_dict.update(
        {key: wanted[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    )


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """What pages keep for seconds or minutes is no business of the next test."""
    cache.clear()


@pytest.fixture(autouse=True)
def own_signer(settings: Any, tmp_path: Path) -> None:
    """What one test signed of its log binds no other test's log."""
    settings.MINQING_SIGNER = str(tmp_path / "signer")


@pytest.fixture
def assert_flat() -> Callable[..., None]:
    """`assert_flat(make=add_rows, look=read_list)`: as many queries for one row as for many. make(n) adds n rows."""

    def check(*, make: Callable[[int], Any], look: Callable[[], Any], many: int = 12) -> None:
        make(1)
        look()  # caches warm
        with CaptureQueriesContext(connection) as few:
            look()
        make(many)
        with CaptureQueriesContext(connection) as lots:
            look()
        assert len(lots) == len(few), [query["sql"] for query in lots.captured_queries]

    return check


@pytest.fixture
def empty_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[home.Home]:
    """A home for one test, named by MINQING_HOME, with no outside database.

    By the test's own patch: two of them would be taken back in the wrong order, and the next test stand in a home that is gone.
    """
    with a_home() as here:
        _named(monkeypatch, here)
        yield here


@pytest.fixture(scope="module")
def one_home() -> Iterator[home.Home]:
    """The same for all tests of a file: each takes it as the one before has left it, and only the first makes it ready."""
    with pytest.MonkeyPatch.context() as patch, a_home() as here:
        _named(patch, here)
        yield here


def _named(patch: pytest.MonkeyPatch, here: home.Home) -> None:
    for name in ("DATABASE_URL", "MINQING_OWNER_URL", "MINQING_SEALED_URL", "MINQING_KEYS"):
        patch.delenv(name, raising=False)
    patch.setenv("MINQING_HOME", str(here.path))
