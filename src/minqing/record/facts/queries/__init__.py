"""Reads of facts, and the check of the whole log against them."""

from minqing.record.facts.queries.checking import Finding, Kind, Rows, Verdict, rows_of, verify
from minqing.record.facts.queries.reading import (
    Story,
    abouts,
    facts_about,
    first_leaf,
    happened,
    is_erased,
    kinds_about,
    kinds_since,
    last_n,
    moments,
    queue_age_s,
    stories,
    stuck,
)

__all__ = [
    "Finding",
    "Kind",
    "Rows",
    "Story",
    "Verdict",
    "abouts",
    "facts_about",
    "first_leaf",
    "happened",
    "is_erased",
    "kinds_about",
    "kinds_since",
    "last_n",
    "moments",
    "queue_age_s",
    "rows_of",
    "stories",
    "stuck",
    "verify",
]
