"""Helpers on constraints. The only kernel file that knows Django."""

from django.db.models import CheckConstraint, Q

from minqing.kernel.words import Word


def both_or_neither(a: str, b: str, *, name: str) -> CheckConstraint:
    empty = Q(**{f"{a}__isnull": True, f"{b}__isnull": True})
    full = Q(**{f"{a}__isnull": False, f"{b}__isnull": False})
    return CheckConstraint(condition=empty | full, name=name)


def known(field: str, words: type[Word], *, name: str) -> CheckConstraint:
    """The column holds only values of the enumeration."""
    return CheckConstraint(condition=Q(**{f"{field}__in": words.values()}), name=name)
