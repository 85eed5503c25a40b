"""How a line of the log is written: what happened and where, never what somebody wrote.

Codes, words, numbers, names and texts get into logs by two ways that no caller sees: values of a statement, and
messages of exceptions, which quote what they stumbled over (a row, a form, a template's whole context).
"""

import logging
from copy import copy
from traceback import format_tb
from typing import Any

from minqing.kernel.errors import kind_of

STATEMENTS = "django.db.backends"


class Discreet(logging.Formatter):
    """Statements without their values, exceptions without their words, whatever the level."""

    def format(self, record: logging.LogRecord) -> str:
        line = copy(record)  # other handlers may have written their own text into the record
        line.exc_text = None
        if line.name.startswith(STATEMENTS) and hasattr(line, "sql"):
            line.msg, line.args = "(%.3f) %s", (getattr(line, "duration", 0.0), line.sql)
        return super().format(line)

    def formatException(self, ei: Any) -> str:
        error: BaseException | None = ei[1]
        blocks: list[str] = []
        while error is not None:
            blocks.append("".join(format_tb(error.__traceback__)) + kind_of(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(reversed(blocks))
