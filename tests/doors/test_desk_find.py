"""A lost slip is found by number and name together, never for the anonymous, and each find is a look the person sees."""

from datetime import UTC, datetime

import pytest

import makers
from makers import County
from minqing.charter import Actor
from minqing.ground.people.commands import index_contacts
from minqing.ground.people.queries import looks_of
from minqing.ground.people.rules import Purpose, ReplyBy
from minqing.kernel.errors import NotAllowed
from minqing.work.intake.commands import find_demands, register_demand, renew_receipt
from minqing.work.intake.queries import demand_by_receipt, demand_line
from minqing.work.intake.rules import (
    Anonymity,
    BothNeeded,
    CannotTellWho,
    Channel,
    Kind,
    Said,
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


def test_a_new_slip_voids_the_old_code_and_the_anonymous_get_none(clerk: Actor) -> None:
    first = register_demand(by=Actor(None), said=say("3"), at=AT)
    code = renew_receipt(by=clerk, demand_id=first.demand_id, at=AT)
    assert demand_by_receipt(code).demand_id == first.demand_id
    with pytest.raises(UnknownReceipt):
        demand_by_receipt(first.receipt)
    hidden = register_demand(by=Actor(None), said=say("4", anonymity=Anonymity.ANONYMOUS), at=AT)
    with pytest.raises(CannotTellWho):
        renew_receipt(by=clerk, demand_id=hidden.demand_id, at=AT)
