"""An accusation said where every word is said: it leaves closed, and its slip is like any other."""

import json

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

import sealed
from makers import AT, County, county, register
from minqing.ground.people.queries import sealed_contact
from minqing.kernel.keys import secret
from minqing.methods import codes
from minqing.methods.letters import ACCUSATION_AAD
from minqing.methods.seal import open_with
from minqing.work.intake import rules
from minqing.work.intake.commands import seal_demand
from minqing.work.intake.commands.register import _remembered as remembered
from minqing.work.intake.commands.sealing import sealed_accusation
from minqing.work.intake.queries import demand_by_receipt, demand_line, person_of, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> County:
    remembered.clear()
    return county()


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def accusation(**more):
    return register("某局副局长收了工程队十万元。", accuses=True, name="王五", word="4321", **more)


def test_an_accusation_leaves_no_plain_word_anywhere(here):
    told = accusation()
    assert (
        count("intake_demand") == count("facts_fact") == count("people_person") == count("duties_duty") == 0
    )
    assert count("intake_accusation") == 0, "not even closed: it has left for the clues' own database"
    assert sealed.verify_numbers() == [told.verify_no] and codes.is_code(told.receipt)


def test_the_running_role_cannot_read_back_what_it_sealed(here, settings):
    settings.MINQING_DROP = ""  # a county without the clues' side: the box waits here
    accusation()
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM intake_accusation")


def test_where_the_clues_side_does_not_answer_the_box_waits_here_and_its_slip_works(here, settings):
    settings.MINQING_DROP = "postgresql://nobody@127.0.0.1:1/none"
    told = accusation()
    assert count("intake_accusation") == 1
    settings.MINQING_DROP = ""
    assert demand_by_receipt(told.receipt, "4321").word_ok


def test_what_is_sealed_opens_with_the_private_half_only():
    box = sealed_accusation({"text": "某局副局长收了十万元"})
    private = secret("discipline.key")
    assert json.loads(open_with(private, ACCUSATION_AAD, box))["text"] == "某局副局长收了十万元"
    assert len(sealed_accusation({"text": "短"})) == len(box)


def test_the_slip_of_an_accusation_looks_like_every_slip(here):
    plain, closed = register("水停了", word="4321"), accusation()
    assert {k: type(v) for k, v in vars(plain).items()} == {k: type(v) for k, v in vars(closed).items()}
    assert plain.clocks == closed.clocks and len(plain.receipt) == len(closed.receipt) == 16
    for told in (plain, closed):
        assert demand_by_receipt(told.receipt, "4321").word_ok
        assert not demand_by_receipt(told.receipt, "9999").word_ok


def test_an_accusation_sent_twice_is_kept_once(here):
    first, again = (accusation(sender="web", sender_key="t") for _ in range(2))
    assert again.repeated and again.verify_no == first.verify_no and len(sealed.verify_numbers()) == 1


def test_no_village_cadre_writes_down_an_accusation_against_their_own_village(here):
    on_behalf = {"by": here["cadre"], "channel": rules.Channel.ON_BEHALF}
    for text in ("上湾村会计挪用公款", "我们支书收钱办低保", "村干部优亲厚友"):
        with pytest.raises(rules.OwnOfficeAccused):
            register(text, **on_behalf)
    with pytest.raises(rules.OwnOfficeAccused):
        register("有人乱来", accuses=True, **on_behalf)
    assert register("路灯坏了，请村干部帮忙修", **on_behalf).receipt


def test_an_accusation_found_while_sorting_leaves_the_desk_and_its_slip_works(here):
    told = register("某站长收了钱", name="赵六", word="1111")
    person = person_of(told.demand_id)
    seal_demand(by=here["dispatcher"], demand_id=told.demand_id, at=AT)
    assert waiting(here["dispatcher"]).rows == []
    assert sealed_contact(person).empty()
    opened = demand_by_receipt(told.receipt, "1111")
    assert opened.demand_id is None and opened.word_ok and opened.verify_no == told.verify_no


def test_a_mixed_letter_is_split(here):
    told = register("路坏了。另外站长收了钱。")
    seal_demand(
        by=here["dispatcher"], demand_id=told.demand_id, at=AT, accusation="站长收了钱。", rest="路坏了。"
    )
    assert demand_line(told.demand_id).text == "路坏了。"
    assert demand_by_receipt(told.receipt).demand_id == told.demand_id
    assert len(sealed.verify_numbers()) == 1
