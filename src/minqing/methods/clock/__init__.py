"""Legal time: terms, workdays, due dates, and why that day. Pure; knows no law and no office.

`due_of("15D", date(2026, 2, 13), calendar).due` is 2026-02-28; `explain(due, "en")` says why.
"""

from minqing.methods.clock.calendar import Calendar, Run, calendar_of
from minqing.methods.clock.due import Due, Pause, Step, due_of
from minqing.methods.clock.festivals import festival_days, festival_on
from minqing.methods.clock.terms import (
    CHINA,
    BadDate,
    BadTerm,
    ClockError,
    DateTooEarly,
    DateTooLate,
    Moment,
    Term,
    Unit,
    day_of,
    end_of,
    moment_of,
    term_of,
)
from minqing.methods.clock.words import explain, moment_words, sentences, term_words

__all__ = [
    "CHINA",
    "BadDate",
    "BadTerm",
    "Calendar",
    "ClockError",
    "DateTooEarly",
    "DateTooLate",
    "Due",
    "Moment",
    "Pause",
    "Run",
    "Step",
    "Term",
    "Unit",
    "calendar_of",
    "day_of",
    "due_of",
    "end_of",
    "explain",
    "festival_days",
    "festival_on",
    "moment_of",
    "moment_words",
    "sentences",
    "term_of",
    "term_words",
]
