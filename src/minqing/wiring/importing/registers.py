"""Lists a county already has: cadres, households, pairs of both, places."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from minqing.charter import Role, Verb
from minqing.ground.offices import commands as offices
from minqing.ground.offices.queries import account_by_username, actor, office_by_code, post_known
from minqing.ground.offices.queries import offices as all_offices
from minqing.ground.offices.rules import OfficeKind, UnknownOffice
from minqing.ground.people import commands as people
from minqing.ground.people.queries import household_by_key
from minqing.ground.people.rules import Contact, PhoneUnreadable, ReplyBy
from minqing.ground.places.commands import PlaceRow, load_places
from minqing.ground.places.queries import place_by_code
from minqing.ground.places.rules import BadPlaceCode, PlaceEnded, UnknownPlace, full
from minqing.record.inbox.commands import note
from minqing.wiring.importing import spelling
from minqing.wiring.importing.reasons import (
    BadDay,
    BadRow,
    CadreIncomplete,
    NoAccount,
    NoHousehold,
    NoPost,
    Reject,
    UnknownHousehold,
    UnknownKind,
)
from minqing.wiring.importing.sheets import rows_of, time_of
from minqing.wiring.saying import t
from minqing.work.visits import commands as visits
from minqing.work.visits.rules import (
    TEXT_MOST,
    AlreadyPaired,
    DaysBackwards,
    HouseholdRefused,
    Kept,
    PairKind,
    items_in,
)

Told = Callable[[int, int, str], None]
"""(done, of how many — 0 while that is unknown, at what)."""
SAID_EVERY = 2000
DIVISIONS = ("areas.csv", "streets.csv", "villages.csv", "villages.csv.gz", "groups.csv")


@dataclass
class Report:
    read: int = 0
    added: int = 0
    already: int = 0
    rejects: list[Reject] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "added": self.added,
            "already": self.already,
            "rejected": len(self.rejects),
            "late": {},
        }


def import_places(
    path: Path, mapping: Mapping[str, str], *, today: date, progress: Told | None = None
) -> Report:
    """Divisions in the form code,name[,valid_from,valid_to,successor,name_en,initials]; parents may stand anywhere in the file."""
    report, rows = Report(), []
    for number, row in rows_of(path):
        report.read += 1
        cell = {ours: row.get(theirs, "") for ours, theirs in mapping.items()}
        start, end = time_of(cell.get("valid_from", "")), time_of(cell.get("valid_to", ""))
        try:
            rows.append(
                PlaceRow(
                    code=typed_code(cell["code"]), name=cell["name"], name_en=cell.get("name_en") or spelling.english(cell["name"]),
                    initials=(cell.get("initials") or spelling.initials(cell["name"])).lower(),
                    valid_from=start.date() if start else date(1949, 10, 1),
                    valid_to=end.date() if end else None,
                    successor=typed_code(cell["successor"]) if cell.get("successor") else None,
                )
            )  # fmt: skip
        except BadPlaceCode as error:
            report.rejects.append((number, error, row))
        if progress and report.read % SAID_EVERY == 0:
            progress(report.read, 0, t("读取", "reading"))
    return _placed(report, rows, progress)


def import_division_folder(folder: Path, progress: Told | None = None) -> Report:
    """A folder with areas.csv, streets.csv and villages.csv (or .csv.gz) of the published division lists, and groups.csv
    for what has no national code: groups and courtyards, 12 digits and a local suffix."""
    report, rows = Report(), []
    for name in DIVISIONS:
        if not (folder / name).exists():
            continue
        for number, row in rows_of(folder / name):
            report.read += 1
            try:
                rows.append(
                    PlaceRow(
                        typed_code(row["code"]),
                        row["name"],
                        row.get("name_en") or spelling.english(row["name"]),
                        row.get("initials") or spelling.initials(row["name"]),
                    )
                )
            except BadPlaceCode as error:
                report.rejects.append((number, error, row))
            if progress and report.read % SAID_EVERY == 0:
                progress(report.read, 0, t("读取", "reading"))
    if not rows and not report.rejects:
        raise FileNotFoundError(2, "no division list", str(folder / "streets.csv"))
    return _placed(report, rows, progress)


def typed_code(typed: str) -> str:
    """A code as lists write it: full-width signs, any dash, or the local suffix without one (14 digits)."""
    plain = re.sub(r"[\s\u3000]", "", unicodedata.normalize("NFKC", typed))
    plain = re.sub(r"[‐‑‒–—―－]", "-", plain)
    return full(f"{plain[:12]}-{plain[12:]}" if len(plain) == 14 and plain.isdigit() else plain)


def _placed(report: Report, rows: list[PlaceRow], progress: Told | None) -> Report:
    stored = t("写入", "storing")
    done = load_places(rows, (lambda n, total: progress(n, total, stored)) if progress else None)
    report.added, report.already = done["added"], done["renewed"]
    return report


@transaction.atomic
def import_offices(path: Path, mapping: Mapping[str, str], *, today: date) -> Report:
    """code,name,kind,place[,superior,phone]: superiors stand before those below them; a known code is renewed."""
    report = Report()
    kinds = {str(kind): kind for kind in OfficeKind} | {kind.label: kind for kind in OfficeKind}
    for number, row in rows_of(path):
        report.read += 1
        cell = {ours: row.get(theirs, "") for ours, theirs in mapping.items()}
        kind = kinds.get(cell["office_kind"])
        try:
            if kind is None:
                raise UnknownOffice(typed=cell["office_kind"])
            place = place_by_code(cell["place"], on=today)
            known = cell["code"] in {one.code for one in all_offices()}
            offices.open_office(
                code=cell["code"], name=cell["name"], name_en="", kind=kind, place_code=place.code, place_path=place.path,
                superior=cell.get("superior") or None, telephone=cell.get("phone", ""), on=today,
            )  # fmt: skip
        except (UnknownOffice, UnknownPlace, BadPlaceCode, PlaceEnded) as error:
            report.rejects.append((number, error, row))
            continue
        report.added, report.already = report.added + (not known), report.already + known
    return report


@transaction.atomic
def import_cadres(path: Path, mapping: Mapping[str, str], *, today: date) -> Report:
    """username,name,office,post,role: opens the account without a password and appoints it from today."""
    report = Report()
    roles = {str(role): role for role in Role} | {role.label: role for role in Role}
    for number, row in rows_of(path):
        report.read += 1
        cell = {ours: row.get(theirs, "") for ours, theirs in mapping.items()}
        role = roles.get(cell.get("role", ""))
        try:
            office = office_by_code(cell["office"])
        except UnknownOffice as error:
            report.rejects.append((number, error, row))
            continue
        if role is None or not cell["username"] or not cell["name"]:
            report.rejects.append((number, CadreIncomplete(), row))
        elif (account := account_by_username(cell["username"])) and post_known(account, office.id, role):
            report.already += 1
        else:
            account = account or offices.open_account(username=cell["username"], name=cell["name"])
            title = cell.get("post") or role.label
            post = offices.add_post(office_id=office.id, title=title, title_en="", role=role)
            offices.appoint(account_id=account, post_id=post, on=today)
            report.added += 1
    return report


@transaction.atomic
def import_households(path: Path, mapping: Mapping[str, str], *, today: date, at: Any) -> Report:
    """household,place,name,phone: one household a key; each row one person of it, sealed."""
    report = Report()
    for number, row in rows_of(path):
        report.read += 1
        cell = {ours: row.get(theirs, "") for ours, theirs in mapping.items()}
        try:
            place = place_by_code(cell["place"], on=today).code
            phone = people.read_phone(cell.get("phone", ""))
        except (UnknownPlace, BadPlaceCode, PlaceEnded, PhoneUnreadable) as error:
            report.rejects.append((number, error, row))
            continue
        if not cell["household"]:
            report.rejects.append((number, NoHousehold(), row))
            continue
        digest = hashlib.sha256(f"{cell['household']}|{cell.get('name', '')}|{phone}".encode()).hexdigest()
        if not note(sender="import:households", key=digest, act="import.household", at=at):
            report.already += 1
            continue
        household = people.open_household(place=place, external_key=cell["household"])
        contact = Contact(name=cell.get("name", ""), phone=phone)
        person = people.keep_person(contact, place=place, reply_by=ReplyBy.ONLINE, lang="zh-hans", at=at)
        people.live_in(person_id=person, household_id=household)
        report.added += 1
    return report


YES = {"1", "y", "yes", "是", "有", "本户提出"}


@transaction.atomic
def import_pairs(path: Path, mapping: Mapping[str, str], *, today: date, at: datetime) -> Report:
    """cadre,household,kind,from[,to,plan,items,asked]: who is paired with which household; nobody is told.

    The same row again adds nothing; other days, plan or items of a known pair change it, as a fact of its own.
    """
    report = Report()
    for number, row in rows_of(path):
        report.read += 1
        cell = {ours: row.get(theirs, "") for ours, theirs in mapping.items()}
        try:
            kept = visits.keep_pair(**_pair(cell, today=today), at=at)
        except (BadRow, DaysBackwards, AlreadyPaired, HouseholdRefused) as reason:
            report.rejects.append((number, reason, row))
        else:
            report.added += kept is Kept.ADDED
            report.already += kept is not Kept.ADDED
    return report


def _pair(cell: Mapping[str, str], *, today: date) -> dict[str, Any]:
    kinds = {str(kind): kind for kind in PairKind} | {kind.label: kind for kind in PairKind}
    cadre, household = account_by_username(cell["cadre"]), household_by_key(cell["household"])
    if cadre is None:
        raise NoAccount(typed=cell["cadre"])
    if not actor(cadre, on=today).may(Verb.PAIR_VIEW):
        raise NoPost(typed=cell["cadre"])
    if household is None:
        raise UnknownHousehold(typed=cell["household"])
    if cell["pair_kind"] not in kinds:
        raise UnknownKind(
            typed=cell["pair_kind"],
            known=t("、".join(k.label for k in PairKind), ", ".join(map(str, PairKind))),
        )
    from_on, to_on = time_of(cell["from"]), time_of(cell.get("to", ""))
    if from_on is None or (to_on is None and cell.get("to")):
        raise BadDay(typed=cell["from"] if from_on is None else cell["to"])
    return {
        "cadre_id": cadre, "household_id": household, "kind": kinds[cell["pair_kind"]], "from_on": from_on.date(),
        "to_on": to_on.date() if to_on else None, "plan": cell.get("plan", "")[:TEXT_MOST],
        "items": items_in(cell.get("items", "")), "asked": cell.get("asked", "").lower() in YES,
    }  # fmt: skip
