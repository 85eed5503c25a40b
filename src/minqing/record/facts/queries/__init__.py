"""Reads of facts, and the check of the whole log against them."""

from minqing.record.facts.queries.checking import Finding, Kind, Verdict, verify
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
    "stories",
    "stuck",
    "verify",
]
