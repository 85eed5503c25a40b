"""A demo county that all tests of a file only read: loaded once, taken back after the last of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.test import override_settings

from minqing.wiring.demo.load import load

TODAY = date(2026, 6, 30)
ITEMS = 150


def fill(items: int = ITEMS, **options: Any) -> dict[str, Any]:
    return load(today=TODAY, items=items, processes=1, **options)


@contextmanager
def taken_back(blocker: Any, make: Callable[[], Any]) -> Iterator[None]:
    """Each test goes on inside this transaction, in one of its own that is taken back alone."""
    with (
        TemporaryDirectory() as folder,
        override_settings(MINQING_SIGNER=str(Path(folder) / "signer")),
        blocker.unblock(),
        transaction.atomic(),
    ):
        make()
        yield
        transaction.set_rollback(True)
