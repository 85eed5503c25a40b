"""Promises of the demo's own page: whoever starts it can sign in as anybody with one click."""

import pytest
from django.test import Client

from minqing.charter import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_the_page_of_the_tours_offers_every_role(lang: str) -> None:
    client = Client(headers={"accept-language": lang})
    page = client.get("/demo/")
    assert page.status_code == 200
    said = page.content.decode()
    assert {role.value for role in Role if f'value="{role.value}"' in said} == {role.value for role in Role}


def test_a_role_that_is_none_is_not_signed_in() -> None:
    assert Client().post("/demo/sign-in", {"role": "mayor"}).status_code == 404
