"""The invented residents: who, how old, where they live, how they are reached. Person p is the same at every scale."""

from dataclasses import dataclass
from functools import cache

from minqing.wiring.demo.dice import draws, wheel
from minqing.wiring.demo.matters import Kind, voices
from minqing.wiring.demo.names import resident_name
from minqing.wiring.demo.offices import SEED
from minqing.wiring.demo.places import Village, village, villages

PHONES = 100_000_000
STEP = 48_271  # shares no factor with PHONES, so that no two people have one number
AGE_OF_VOICE = {"farmer": 0, "migrant": 1, "parent": 1, "shop": 1, "student": 2, "teacher": 1, "cadre": 0}


@dataclass(frozen=True, slots=True)
class Resident:
    person: int
    name: str
    phone: str
    email: str
    voice: str
    place: str
    group: int
    address: str


@cache
def _homes() -> tuple[Village, ...]:
    return wheel([(place, place.weight) for place in villages()], 16384)


@cache
def _voices(town: bool) -> tuple[Kind, ...]:
    key = "weight_town" if town else "weight_rural"
    return wheel([(voice, float(voice.settings[key])) for voice in voices()], 1024)


def home(dice: tuple[int, ...]) -> tuple[Village, int, Kind]:
    """Where a person with these dice lives (village, group) and how they speak."""
    homes = _homes()
    place = homes[dice[0] % len(homes)]
    speaks = _voices(place.town)
    return place, 1 + dice[1] % len(place.groups), speaks[dice[2] % len(speaks)]


def person_dice(person: int) -> tuple[int, ...]:
    return draws(SEED, person, 11)


def phone(person: int) -> str:
    """154 and eight digits: no operator has been given 154."""
    return f"154{(person * STEP + 20_260_101) % PHONES:08d}"


def resident(person: int, place_code: str = "", group: int = 0) -> Resident:
    """Who the person is; a story that knows better where they live says so."""
    dice = person_dice(person)
    place, at_home, voice = home(dice)
    if place_code:
        place, at_home = village(place_code), group
    group = at_home
    name = resident_name(dice[4:], AGE_OF_VOICE[voice.key])
    where = place.groups[group - 1]
    number = (
        f"{1 + dice[8] % 9}栋{1 + dice[9] % 4}单元{101 + dice[10] % 11 * 100 + dice[11] % 4}"
        if place.town
        else f"{1 + dice[8] % 96}号"
    )
    address = f"棠川县{place.township}{place.name}{where}{number}"
    mail = f"p{person}@mail.invalid" if dice[12] % 5 == 0 else ""
    return Resident(person, name, phone(person), mail, voice.key, place.code, group, address)
