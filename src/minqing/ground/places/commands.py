"""Everything that writes places."""

from collections.abc import Callable, Iterable
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


RENEWED = (
    "name", "name_en", "initials", "full_name", "level", "parent", "path", "households", "valid_from", "valid_to", "successor",
)  # fmt: skip
BATCH = 5000
Told = Callable[[int, int], None]


@transaction.atomic
def load_places(rows: Iterable[PlaceRow], progress: Told | None = None) -> dict[str, int]:
    """Add new places and renew known ones, parents before children; returns {"added", "renewed"}.

    The list of a whole country is one list: rows go in by the thousand, `progress` hears (done, all) after each batch.
    Of a code that stands twice in a list the later row counts.
    """
    given = {full(row.code): row for row in rows}
    ordered = sorted(given.items(), key=lambda one: (one[0].count("-"), path_of(one[0]).count("/"), one[0]))
    names: dict[str, str] = dict(Place.objects.values_list("code", "full_name"))
    known = names.keys() & given.keys()
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        Place.objects.bulk_create(
            [_place(code, row, names) for code, row in batch],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=RENEWED,
        )
        if progress:
            progress(start + len(batch), len(ordered))
    followed = [Place(code=code, successor_id=full(row.successor)) for code, row in ordered if row.successor]
    Place.objects.bulk_update(followed, ["successor"], batch_size=BATCH)
    return {"added": len(given) - len(known), "renewed": len(known)}


def _place(code: str, row: PlaceRow, names: dict[str, str]) -> Place:
    parent = parent_of(code)
    above = names.get(parent or "", "")
    names[code] = (
        (above.partition("县")[2] if above.endswith("县") else above) + row.name if above else row.name
    )
    return Place(
        code=code, name=row.name, name_en=row.name_en, initials=row.initials, full_name=names[code], level=level_of(code),
        parent_id=parent if parent in names else None, path=path_of(code), households=row.households,
        valid_from=row.valid_from, valid_to=row.valid_to,
    )  # fmt: skip
