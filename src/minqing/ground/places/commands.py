"""Everything that writes places."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from minqing.ground.places.models import Place
from minqing.ground.places.rules import full, level_of, parent_of, path_of


@dataclass(frozen=True)
class PlaceRow:
    """One row of a list of divisions; `code` may have 6, 9 or 12 digits and a local suffix."""

    code: str
    name: str
    name_en: str = ""
    initials: str = ""
    households: int | None = None
    valid_from: date = date(1949, 10, 1)
    valid_to: date | None = None
    successor: str | None = None


@transaction.atomic
def load_places(rows: Iterable[PlaceRow]) -> dict[str, int]:
    """Add new places and renew known ones, parents before children; returns {"added", "renewed"}."""
    ordered = sorted(rows, key=lambda row: (len(path_of(row.code)), full(row.code)))
    names: dict[str, str] = dict(Place.objects.values_list("code", "full_name"))
    added = renewed = 0
    for row in ordered:
        code, parent = full(row.code), parent_of(row.code)
        above = names.get(parent or "", "")
        names[code] = (
            (above.partition("县")[2] if above.endswith("县") else above) + row.name if above else row.name
        )
        values = {
            "name": row.name, "name_en": row.name_en, "initials": row.initials, "full_name": names[code], "level": level_of(code),
            "parent_id": parent if parent in names else None, "path": path_of(code), "households": row.households,
            "valid_from": row.valid_from, "valid_to": row.valid_to, "successor_id": None,
        }  # fmt: skip
        _, new = Place.objects.update_or_create(code=code, defaults=values)
        added, renewed = added + new, renewed + (not new)
    for row in ordered:
        if row.successor:
            Place.objects.filter(pk=full(row.code)).update(successor_id=full(row.successor))
    return {"added": added, "renewed": renewed}
