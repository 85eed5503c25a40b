"""A lost slip is found by number and name together, never for the anonymous, and each find is a look the person sees."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

import makers
from asking import is_problem, post
from doors.office import signed_in, words
from makers import County
from minqing.charter import Actor
from minqing.ground.offices.commands import give_token
from minqing.ground.people.commands import index_contacts
from minqing.ground.people.queries import looks_of
from minqing.ground.people.rules import Purpose, ReplyBy
from minqing.kernel.errors import NotAllowed
from minqing.record.inbox.commands import use
from minqing.work.intake.commands import find_demands, register_demand, renew_receipt
from minqing.work.intake.queries import demand_by_receipt, demand_line
from minqing.work.intake.rules import (
    FINDS_AN_HOUR,
    Anonymity,
    BothNeeded,
    CannotTellWho,
    Channel,
    Kind,
    Said,
    TooManyFinds,
    UnknownReceipt,
)

AT = datetime(2026, 6, 30, 1, 0, tzinfo=UTC)


def say(
    key: str, *, name: str = "吴守山", phone: str = "15400001234", anonymity: Anonymity = Anonymity.NAMED
) -> Said:
    return Said(
        text="水渠又堵了", anonymity=anonymity, channel=Channel.WEB, kind=Kind.HELP, reply_by=ReplyBy.PHONE, lang="zh-hans",
        sender="test", sender_key=key, name=name, phone=phone,
    )  # fmt: skip


pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> County:
    return makers.county()


@pytest.fixture
def clerk(county: County) -> Actor:
    return county["registrar"]


def test_number_and_name_together_find_the_word_and_leave_a_look(clerk: Actor) -> None:
    mine = register_demand(by=Actor(None), said=say("1"), at=AT)
    register_demand(by=Actor(None), said=say("2", name="别的人"), at=AT)
    while index_contacts(50):
        pass
    assert find_demands(by=clerk, phone="154 0000 1234", name="吴守山", at=AT) == [mine.demand_id]
    assert find_demands(by=clerk, phone="15400001234", name="吴", at=AT) == []
    (look,) = looks_of(demand_line(mine.demand_id).person_id)
    assert look.purpose is Purpose.LOST_SLIP


def test_half_of_it_is_refused_and_other_roles_may_not_ask(clerk: Actor, county: County) -> None:
    with pytest.raises(BothNeeded):
        find_demands(by=clerk, phone="15400001234", name=" ", at=AT)
    for role in ("handler", "leader", "cadre", "sysadmin", "callback"):
        with pytest.raises(NotAllowed):
            find_demands(by=county[role], phone="15400001234", name="吴守山", at=AT)


def test_a_telephone_book_cannot_be_tried_out(
    clerk: Actor, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    for n in range(FINDS_AN_HOUR - 1):
        use(
            f"find:{clerk.account_id}",
            at=AT + timedelta(seconds=n),
            most=FINDS_AN_HOUR,
            per=timedelta(hours=1),
        )
    with pytest.raises(BothNeeded):
        find_demands(by=clerk, phone="15400001234", name="", at=AT)
    assert find_demands(by=clerk, phone="15400001234", name="谁", at=AT + timedelta(minutes=9)) == []
    with pytest.raises(TooManyFinds) as slowed:
        find_demands(by=clerk, phone="15400001234", name="吴守山", at=AT + timedelta(minutes=10))
    assert slowed.value.data == {"limit": FINDS_AN_HOUR, "minutes": 50}
    shown = signed_in(county, "registrar").post("/desk/find/", {"phone": "15400001234", "name": "吴守山"})
    assert shown.status_code == 429 and "60分钟" in words(shown) and 'value="吴守山"' in words(shown)
    token = {"Authorization": "Bearer " + give_token(account_id=clerk.account_id, at=AT)}
    said = {"phone": "15400001234", "name": "吴守山"}
    is_problem(post(Client(), said, "/api/v1/demands/find", **token), 429, "demand.too-many-finds")
    other = county["dispatcher"]
    assert find_demands(by=other, phone="15400001234", name="谁", at=AT) == [], "each account by itself"
    assert find_demands(by=clerk, phone="15400001234", name="谁", at=AT + timedelta(hours=1)) == []


def test_the_api_finds_like_the_desk_and_tells_no_name(
    clerk: Actor, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    mine = register_demand(by=Actor(None), said=say("9"), at=AT)
    while index_contacts(50):
        pass
    token = {"Authorization": "Bearer " + give_token(account_id=clerk.account_id, at=AT)}
    said = {"phone": "154 0000 1234", "name": "吴守山"}
    found = post(Client(), said, "/api/v1/demands/find", **token)
    (row,) = found.json()["rows"]
    assert row["id"] == str(mine.demand_id) and row["verify_no"] == mine.verify_no
    assert set(row) == {"id", "registered_at", "verify_no", "state"}
    assert len(looks_of(demand_line(mine.demand_id).person_id)) == 1
    assert post(Client(), said, "/api/v1/demands/find").status_code == 401


def test_a_new_slip_voids_the_old_code_and_the_anonymous_get_none(clerk: Actor) -> None:
    first = register_demand(by=Actor(None), said=say("3"), at=AT)
    code = renew_receipt(by=clerk, demand_id=first.demand_id, at=AT)
    assert demand_by_receipt(code).demand_id == first.demand_id
    with pytest.raises(UnknownReceipt):
        demand_by_receipt(first.receipt)
    hidden = register_demand(by=Actor(None), said=say("4", anonymity=Anonymity.ANONYMOUS), at=AT)
    with pytest.raises(CannotTellWho):
        renew_receipt(by=clerk, demand_id=hidden.demand_id, at=AT)
