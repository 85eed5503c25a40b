"""Reads of places."""

from dataclasses import dataclass
from datetime import date

from django.core.cache import cache
from django.db.models import Q

from minqing.ground.places.models import Place
from minqing.ground.places.rules import Level, PlaceEnded, UnknownPlace, full, parent_of


@dataclass(frozen=True)
class PlaceLine:
    code: str
    name: str
    name_en: str
    full_name: str
    path: str
    level: str


def line(place: Place) -> PlaceLine:
    return PlaceLine(place.code, place.name, place.name_en, place.full_name, place.path, place.level)


def valid_on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def place_by_code(code: str, *, on: date) -> PlaceLine:
    """The place of that code in force on the day; a code that has ended is refused with its successor's name."""
    place = Place.objects.select_related("successor").filter(pk=full(code)).first()
    if place is None:
        raise UnknownPlace(typed=code)
    if place.valid_to and place.valid_to < on:
        raise PlaceEnded(
            name=place.name,
            until=place.valid_to.isoformat(),
            successor=place.successor.name if place.successor else "—",
        )
    return line(place)


def current_code(code: str, *, on: date) -> str:
    """Follow successors from an ended code to the one in force on the day."""
    place = Place.objects.filter(pk=full(code)).first()
    if place is None:
        raise UnknownPlace(typed=code)
    seen = set()
    while place.valid_to and place.valid_to < on and place.successor_id and place.code not in seen:
        seen.add(place.code)
        place = Place.objects.get(pk=place.successor_id)
    return place.code


def place_now(code: str, *, on: date) -> PlaceLine:
    """The place of the code, or the successor of one that has ended; refused only when nothing follows it."""
    return place_by_code(current_code(code, on=on), on=on)


def find_places(typed: str, *, on: date, limit: int = 12) -> list[PlaceLine]:
    """Places whose name, full name, initials or code match what was typed, villages first."""
    words = typed.strip()
    if not words:
        return []
    match = Q(full_name__icontains=words) | Q(initials__istartswith=words) | Q(name_en__icontains=words)
    if words.isdigit():
        match |= Q(code__startswith=words)
    rows = Place.objects.filter(valid_on(on)).filter(match).order_by("-level", "code")[:limit]
    return [line(row) for row in rows]


def place_list(
    *, on: date, code: str = "", name: str = "", level: Level | None = None, after: str = "", size: int = 100
) -> tuple[list[PlaceLine], str]:
    """Places in force on the day by code, narrowed by its beginning and by a part of the name, and where to go on."""
    rows = Place.objects.filter(valid_on(on), code__startswith=code, code__gt=after)
    if name:
        rows = rows.filter(
            Q(full_name__icontains=name) | Q(name_en__icontains=name) | Q(initials__istartswith=name)
        )
    found = (rows.filter(level=level) if level else rows).order_by("code")[: size + 1]
    lines = [line(row) for row in found]
    return lines[:size], lines[size - 1].code if len(lines) > size else ""


def places_below(path: str, *, level: Level | None = None) -> list[PlaceLine]:
    rows = Place.objects.filter(path__startswith=path)
    if level:
        rows = rows.filter(level=level)
    return [line(row) for row in rows.order_by("code")]


@dataclass(frozen=True)
class Pick:
    """A place in a list to choose from; `also`: the initials and the pinyin by which it is found as well."""

    code: str
    name: str
    also: str


def found(typed: str, *, on: date, english: bool = False) -> list[Pick]:
    """`find_places` with names that say where: the township before the village, in the language of the page."""
    rows = find_places(typed, on=on)
    above = (
        names_of({parent for row in rows if (parent := parent_of(row.code))}, english=True) if english else {}
    )
    return [
        Pick(row.code, ", ".join(part for part in (row.name_en or row.name, above.get(parent_of(row.code) or "", "")) if part)
             if english else row.full_name, "")
        for row in rows
    ]  # fmt: skip


def picks(*, on: date, english: bool = False) -> list[tuple[str, list[Pick]]]:
    """Villages grouped by township, the township itself first; cached a minute."""
    key = f"places.picks.{on}.{english:d}"
    known: list[tuple[str, list[Pick]]] | None = cache.get(key)
    if known is None:
        rows = Place.objects.filter(valid_on(on), level__in=[Level.TOWNSHIP, Level.VILLAGE]).order_by("code")
        groups: dict[str, tuple[str, list[Pick]]] = {}
        for row in rows:
            name = (row.name_en or row.name) if english else row.name
            pick = Pick(row.code, name, f"{row.initials} {row.name_en}".lower().strip())
            if row.level == Level.TOWNSHIP:
                groups[row.code] = (name, [pick])
            elif row.parent_id in groups:
                groups[row.parent_id][1].append(pick)
        known = list(groups.values())
        cache.set(key, known, 60)
    return known


def names_of(codes: set[str], *, english: bool = False) -> dict[str, str]:
    """Code → name with what lies above it; in English the name alone where there is one."""
    rows = Place.objects.filter(pk__in=codes).values_list("code", "full_name", "name_en")
    return {code: (name_en or name) if english else name for code, name, name_en in rows}


def names_in_both(codes: set[str]) -> dict[str, tuple[str, str]]:
    """Code → (name with what lies above it, English name); "" where there is none."""
    rows = Place.objects.filter(pk__in=codes).values_list("code", "full_name", "name_en")
    return {code: (name, name_en) for code, name, name_en in rows}


def guess(text: str, *, on: date) -> PlaceLine | None:
    """The one place in force whose name the words contain, longest name first; None when there is none or a tie."""
    rows = [
        row for row in Place.objects.filter(valid_on(on)) if row.level != Level.COUNTY and row.name in text
    ]
    rows.sort(key=lambda row: (-len(row.name), row.code))
    if not rows or (
        len(rows) > 1 and len(rows[0].name) == len(rows[1].name) and rows[0].name != rows[1].name
    ):
        return None
    deepest = max((row for row in rows if row.name == rows[0].name), key=lambda row: len(row.path))
    return line(deepest)
