"""Reads of the inbox."""

from collections.abc import Iterable

from minqing.record.inbox.models import Item


def known_keys(sender: str, keys: Iterable[str]) -> set[str]:
    """Which of the keys this sender has already handed in."""
    return set(Item.objects.filter(sender=sender, key__in=list(keys)).values_list("key", flat=True))
