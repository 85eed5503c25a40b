"""The county before anything is said in it: places, offices, posts, people in office, their kin, and the keys."""

import os
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from uuid import UUID

from django.db import transaction

from minqing.charter import Role
from minqing.ground.offices import commands as offices
from minqing.ground.offices import queries as seats
from minqing.ground.offices.rules import OfficeKind
from minqing.ground.places.commands import PlaceRow, load_places
from minqing.ground.places.rules import path_of
from minqing.methods import seal
from minqing.wiring.demo import accounts
from minqing.wiring.demo import offices as invented
from minqing.wiring.demo import places as map_of

BEGAN = date(2015, 1, 1)


@dataclass(frozen=True)
class Base:
    """What stories point to: ids of offices by code, of accounts by sign-in name, and paths."""

    offices: dict[str, UUID]
    office_paths: dict[str, str]
    accounts: dict[str, UUID]
    by_role: dict[tuple[str, str], UUID]

    @cached_property
    def paths(self) -> dict[UUID, str]:
        return {self.offices[code]: path for code, path in self.office_paths.items()}


def settle(today: date) -> Base:
    """Make what is missing of the county's frame; running it again adds nothing."""
    keep_discipline_key()
    load_places(
        PlaceRow(
            code=one.code, name=one.name, name_en=one.name_en, initials=one.initials, households=one.households,
            valid_from=one.valid_from, valid_to=one.valid_to, successor=one.successor,
        )
        for one in map_of.places(today)
    )  # fmt: skip
    with transaction.atomic():
        ids = {
            one.code: offices.open_office(
                code=one.code, name=one.name, name_en=one.name_en, kind=OfficeKind(one.kind), place_code=one.place,
                place_path=path_of(one.place), superior=one.superior, telephone=one.telephone, on=BEGAN,
            )
            for one in invented.offices()
        }  # fmt: skip
        known = {}
        if seats.account_by_username("dispatcher") is None:
            posts = {
                (post.office, post.key): offices.add_post(
                    office_id=ids[post.office], title=post.title, title_en=post.title_en, role=Role(post.role),
                    public_line=post.public_line,
                )
                for post in invented.posts()
            }  # fmt: skip
            for one in invented.staff(today):
                if one.username not in known:
                    known[one.username] = offices.open_account(
                        username=one.username, name=one.name, name_en=one.name_en
                    )
                appointment = offices.appoint(
                    account_id=known[one.username],
                    post_id=posts[one.office, one.post],
                    on=one.since,
                    deputising=one.deputising,
                )
                if one.until:
                    offices.dismiss(appointment_id=appointment, on=one.until)
            for tie in invented.kin(today):
                offices.declare_kin(
                    account_id=known[tie.username], relation=tie.relation, other_id=known.get(tie.other or ""),
                    office_id=ids.get(tie.office or ""), on=tie.declared_on,
                )  # fmt: skip
            accounts.give_keys()
    return base(today)


def base(today: date) -> Base:
    """The ids of a county that is settled already."""
    lines, known = {one.code: one for one in seats.offices()}, seats.accounts_by_username()
    people = {one.username: known.get(one.username) for one in invented.staff(today)}
    found = {name: account for name, account in people.items() if account is not None}
    return Base(
        offices={code: line.id for code, line in lines.items()}, office_paths={code: line.path for code, line in lines.items()},
        accounts=found,
        by_role={(one.office, one.role): found[one.username] for one in invented.staff(today) if one.until is None and one.username in found},
    )  # fmt: skip


def keep_discipline_key() -> None:
    """In the demo the discipline office's private key lies beside the public one; a county keeps it elsewhere."""
    folder = Path(os.environ["MINQING_KEYS"])
    if not (folder / "discipline.pub").exists():
        private, public = seal.new_pair()
        for name, key in (("discipline.key", private), ("discipline.pub", public)):
            (folder / name).touch(mode=0o600)
            (folder / name).write_bytes(key)
