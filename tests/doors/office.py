"""The desk of a small county, entered as anybody who works there."""

from typing import Any
from uuid import UUID

from django.test import Client

from makers import DAY, County
from minqing.charter import Role
from minqing.ground.offices import commands as offices
from minqing.ground.offices.models import Account


def seat(here: County, name: str, office: str, role: Role) -> UUID:
    """One more member of staff."""
    post = offices.add_post(office_id=here.offices[office], title=role.label, title_en=name, role=role)
    here.accounts[name] = offices.open_account(username=name, name=name)
    offices.appoint(account_id=here.accounts[name], post_id=post, on=DAY)
    return post


def signed_in(here: County, name: str) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(Account.objects.get(pk=here.accounts[name]))
    return client


def words(answer: Any) -> str:
    return str(answer.content.decode())
