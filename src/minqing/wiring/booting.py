"""Bring Django and the database up for a command, and load the modules that may only be imported after that."""

import contextlib
import importlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType

import django
import psycopg
from django.apps import apps

from minqing.wiring import home, postgres
from minqing.wiring.saying import Trouble, t

SETTINGS = "minqing.wiring.settings"


def boot(*, as_owner: bool = False) -> None:
    """Once a process. The owner's connection is for migrations, grants, backup and restore only."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if as_owner:
        os.environ["MINQING_AS_OWNER"] = "1"
    if not apps.ready:
        django.setup()


def module(name: str, *, as_owner: bool = False) -> ModuleType:
    """A module of the product that needs Django, or a clear word that this version does not have it."""
    boot(as_owner=as_owner)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and name.startswith(error.name):
            raise Trouble(
                t(f"这个版本没有 {name}。", f"This version does not have {name}."), code=2
            ) from None
        raise


def exists(name: str) -> bool:
    """True when the module can be found, without importing it."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@contextlib.contextmanager
def database() -> Iterator[None]:
    """The database for one command: ours is started if it stands still, an empty one gets its tables."""
    here = home.current()
    with postgres.running(here):
        with psycopg.connect(here.app_url()) as connection:
            row = connection.execute("SELECT to_regclass('django_migrations') IS NULL").fetchone()
        if row and row[0]:
            subprocess.run([sys.executable, "-m", "minqing.wiring.cli", "migrate"], check=True)
        yield
