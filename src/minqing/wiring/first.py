"""The first accounts of a real county, before anybody can sign in to open any."""

import secrets
from datetime import date

from django.conf import settings
from django.db import transaction

from minqing.charter import Role
from minqing.ground.law.queries import today
from minqing.ground.offices import commands as offices
from minqing.ground.offices.queries import account_by_username, colleagues
from minqing.ground.offices.rules import OfficeKind
from minqing.ground.places.commands import PlaceRow, load_places
from minqing.ground.places.rules import full, path_of

OFFICE = "government"
TITLES = {
    Role.SYSADMIN: "System administrator",
    Role.SECADMIN: "Security administrator",
    Role.AUDITOR: "Audit administrator",
}


@transaction.atomic
def open_administrator(*, username: str, name: str, role: str) -> str | None:
    """The first password; None when the post is held already or the sign-in name is taken."""
    wanted = Role(role)
    if account_by_username(username) is not None or colleagues(role=wanted, on=today()):
        return None
    load_places(
        [PlaceRow(settings.MINQING_COUNTY, settings.MINQING_COUNTY_NAME, settings.MINQING_COUNTY_NAME_EN)]
    )
    county = full(settings.MINQING_COUNTY)
    office_id = offices.open_office(
        code=OFFICE, name=f"{settings.MINQING_COUNTY_NAME}人民政府", name_en=f"{settings.MINQING_COUNTY_NAME_EN} Government",
        kind=OfficeKind.GOVERNMENT, place_code=county, place_path=path_of(county), superior=None, on=date(2020, 1, 1),
    )  # fmt: skip
    password = secrets.token_urlsafe(12)
    account_id = offices.open_account(username=username, name=name, password=password)
    post_id = offices.add_post(office_id=office_id, title=wanted.label, title_en=TITLES[wanted], role=wanted)
    offices.appoint(account_id=account_id, post_id=post_id, on=today())
    return password
