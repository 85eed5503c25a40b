"""Two sides: the county's, and the sealed one with a database of its own. Which table lives where."""

from typing import Any

from django.conf import settings
from django.db.models import Model

CLUES = "clues"
SESSIONS = "sessions"
OWN = (CLUES, SESSIONS)


class Router:
    """The clues' tables are in their own database; so are the sessions of who signs in on the sealed side."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        label = model._meta.app_label
        if label == CLUES or (label == SESSIONS and settings.SIDE == "sealed"):
            return CLUES
        return "default"

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        if db == CLUES:
            return app_label in OWN
        return app_label != CLUES
