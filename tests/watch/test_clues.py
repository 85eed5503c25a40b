from datetime import timedelta

import pytest
from django.db import connection

from clue_county import AT, PASSPHRASE, accuse, only_clue, sealed_county, work
from minqing.ground.offices.models import Kin
from minqing.kernel.states import IllegalMove
from minqing.methods import seal
from minqing.methods.shamir import SharesDiffer
from minqing.watch.clues import queries, rules
from minqing.watch.clues.commands import arriving, handling, keys, opening, routing, talking
from minqing.watch.clues.models import Access, Clue, Look
from minqing.work.intake.queries import demand_by_receipt

pytestmark = pytest.mark.django_db(databases=["default", "clues"], transaction=False)
TEXT = "上湾村支书把征地补偿款扣下了三成。"
RESTATED = "反映某村负责人截留土地补偿，请核查发放清单。"


@pytest.fixture
def here():
    return sealed_county()


@pytest.fixture
def clue(here):
    told = accuse(name="王五", phone="13900001234")
    work()
    return told, only_clue()


def registered(here, pk, **more):
    who = here.holds("clerk")
    handling.read_words(clue_id=pk, **who)
    handling.register_clue(clue_id=pk, restated=RESTATED, **more, **who)
    routing.reroute_all()


def handed(here, pk):
    registered(here, pk)
    handling.hand_over(clue_id=pk, handler=here.id("second"), **here.holds("clerk"))
    routing.reroute_all()


# Arriving


def test_what_arrived_is_sealed_anew_in_three_parts_and_the_box_is_gone(here, clue):
    _, pk = clue
    row = Clue.objects.get(pk=pk)
    assert row.box is None and row.desk is not None
    for column in (row.words, row.who, row.told, row.matter, row.desk):
        assert TEXT.encode() not in bytes(column) and "王五".encode() not in bytes(column)
    words = handling.read_words(clue_id=pk, **here.holds("clerk"))
    assert words["text"] == TEXT and not {"name", "phone"} & set(words), "who said it is another key"


@pytest.mark.django_db(databases=["default", "clues"], transaction=True)
def test_one_that_waited_in_the_county_comes_over_and_nothing_stays(settings, as_courier):
    here = sealed_county()
    drop, settings.MINQING_DROP = settings.MINQING_DROP, ""
    told = accuse()
    settings.MINQING_DROP = drop
    with as_courier():
        assert (arriving.fetch(), arriving.fetch()) == (1, 0)
    work()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(id) FROM intake_accusation")
        assert cursor.fetchone() == (0,)
    assert handling.read_words(clue_id=only_clue(), **here.holds("clerk"))["text"] == TEXT
    assert demand_by_receipt(told.receipt, "4321").word_ok


# Who may see it


def test_an_officer_sees_what_they_hold_and_the_database_says_the_same(here, clue):
    _, pk = clue
    assert [one.id for one in queries.held_by(here.id("clerk"))] == [pk]
    with pytest.raises(rules.NotEligible):
        queries.access(here.id("cadre"), pk)
    with pytest.raises(rules.NotEligible):
        handling.read_words(clue_id=pk, officer=here.id("handler"), private=here.private["clerk"], at=AT)


def test_the_organiser_may_let_open_and_reads_no_words(here, clue):
    _, pk = clue
    part = Access.objects.get(clue_id=pk, officer=here.id("organiser"))
    assert part.part == "approver" and part.words_key is None
    with pytest.raises(rules.NotEligible):
        handling.read_words(clue_id=pk, **here.holds("organiser"))


def test_who_is_accused_loses_rows_and_keys_at_once(here, clue):
    _, pk = clue
    registered(here, pk, accused=[here.id("third")])
    row = Access.objects.get(clue_id=pk, officer=here.id("third"))
    assert row.until is not None and row.words_key is None and row.told_key is None and row.share is None
    # the whole office is theirs too: there is nobody left, and it belongs one level up
    assert not Access.objects.filter(clue_id=pk, until__isnull=True).exists()
    assert Clue.objects.get(pk=pk).state == "going_up"


def test_kin_declared_after_it_was_handed_over_ends_the_part(here, clue):
    _, pk = clue
    registered(here, pk, accused=[here.id("cadre")])
    handling.hand_over(clue_id=pk, handler=here.id("second"), **here.holds("clerk"))
    routing.reroute_all()
    assert Access.objects.get(clue_id=pk, officer=here.id("second"), until__isnull=True).part == "handler"
    Kin.objects.create(
        account_id=here.id("second"), other_id=here.id("cadre"), relation="兄弟", declared_on=AT.date()
    )
    routing.reroute_all()
    assert not Access.objects.filter(clue_id=pk, officer=here.id("second"), until__isnull=True).exists()
    with pytest.raises(rules.NotEligible):
        handling.read_told(clue_id=pk, **here.holds("second"))


# Handling


def test_what_is_handed_on_is_the_restatement_alone(here, clue):
    _, pk = clue
    handed(here, pk)
    assert handling.read_told(clue_id=pk, **here.holds("second")) == RESTATED
    with pytest.raises(rules.NotEligible):
        handling.read_words(clue_id=pk, **here.holds("second"))
    part = Access.objects.get(clue_id=pk, officer=here.id("second"), until__isnull=True)
    assert part.words_key is None and part.share is None


def test_a_restatement_that_copies_or_names_is_refused(here, clue):
    _, pk = clue
    who = here.holds("clerk")
    handling.read_words(clue_id=pk, **who)
    with pytest.raises(rules.RestatementNotRedacted):
        handling.register_clue(clue_id=pk, restated="举报人电话13900001234，请核查。", **who)
    with pytest.raises(rules.NothingWritten):
        handling.register_clue(clue_id=pk, restated="  ", **who)


def test_each_state_owes_something_by_a_day_and_an_end_owes_nothing(here, clue):
    _, pk = clue
    handed(here, pk)
    assert [one.rule for one in queries.duties(pk) if one.done_at is None] == ["clue.progress"]
    who = here.holds("second")
    handling.decide(clue_id=pk, finding=rules.Finding.TRUE, result="已责令退还。", **who)
    assert [one.rule for one in queries.duties(pk) if one.done_at is None] == ["jj.result"]
    handling.answer(clue_id=pk, text="查清楚了，扣的钱要退。", **who)
    handling.settle(clue_id=pk, **who)
    assert not [one for one in queries.duties(pk) if one.done_at is None]
    with pytest.raises(IllegalMove):
        handling.settle(clue_id=pk, **who)


# The person


def test_the_person_reads_and_writes_with_slip_and_word_alone(here, clue):
    told, pk = clue
    handed(here, pk)
    handling.say(
        clue_id=pk, text="请问是哪一年的补偿？", kind=rules.TalkKind.QUESTION, **here.holds("second")
    )
    talking.add_word(
        code=told.receipt,
        word="4321",
        text="前年的。",
        at=AT + timedelta(minutes=5),
        kind=rules.TalkKind.ANSWER,
    )
    page = talking.read_slip(code=told.receipt, word="4321", at=AT)
    assert [(one.mine, one.text) for one in page.talk] == [
        (False, "请问是哪一年的补偿？"),
        (True, "前年的。"),
    ]
    bare = talking.read_slip(code=told.receipt, word=None, at=AT)
    assert bare.talk == [] and bare.looks == [] and bare.said is rules.ClueSaid.WORKING
    with pytest.raises(rules.WordNeeded):
        talking.add_word(code=told.receipt, word="9999", text="x", at=AT)
    with pytest.raises(rules.UnknownSlip):
        talking.read_slip(code="4829135702641189", word="4321", at=AT)


def test_an_answer_that_is_not_accepted_goes_back_to_who_handles_it(here, clue):
    told, pk = clue
    handed(here, pk)
    who = here.holds("second")
    handling.decide(clue_id=pk, finding=rules.Finding.UNPROVED, result="没有查到。", **who)
    handling.answer(clue_id=pk, text="没有查到证据。", **who)
    talking.add_word(code=told.receipt, word="4321", text="清单就贴在村部。", at=AT, kind=rules.TalkKind.VIEW)
    assert Clue.objects.get(pk=pk).state == "with_handler"


def test_money_is_back_when_the_household_says_so_and_nobody_else(here, clue):
    told, pk = clue
    handed(here, pk)
    handling.owe_refund(
        clue_id=pk, household="三组王家", fen=300_000, due_on=AT.date(), **here.holds("second")
    )
    (one,) = talking.read_slip(code=told.receipt, word="4321", at=AT).refunds
    with pytest.raises(IllegalMove):
        talking.answer_refund(code=told.receipt, word="4321", refund_id=one.id, came=True, at=AT)
    handling.pay_refund(clue_id=pk, refund_id=one.id, **here.holds("second"))
    talking.answer_refund(code=told.receipt, word="4321", refund_id=one.id, came=True, at=AT)
    assert (
        talking.read_slip(code=told.receipt, word="4321", at=AT).refunds[0].state is rules.RepayState.RECEIVED
    )


# Two persons


def asked(here, pk, name="clerk"):
    return opening.ask_opening(
        clue_id=pk, purpose=rules.Purpose.REACH, why="要当面核对清单", factor_at=AT, **here.holds(name)
    )


def test_two_persons_of_two_units_open_who_it_was_for_half_an_hour(here, clue):
    _, pk = clue
    which = asked(here, pk)
    opening.allow_opening(opening_id=which, factor_at=AT, **here.holds("organiser"))
    who = here.holds("clerk")
    with pytest.raises(rules.NotEligible):
        opening.read_who(opening_id=which, **who)
    opening.note_opening(officer=who["officer"], opening_id=which, at=AT)
    assert Look.objects.filter(clue_id=pk, what="who").count() == 1, "written down before it is shown"
    assert opening.read_who(opening_id=which, **who) == {"name": "王五", "phone": "13900001234"}
    with pytest.raises(rules.OpeningExpired):
        opening.read_who(**who | {"opening_id": which, "at": AT + timedelta(minutes=30)})


def test_nobody_allows_their_own_unit_twice_or_stale(here, clue):
    _, pk = clue
    which = asked(here, pk)
    with pytest.raises(rules.ApproverIsRequester):
        opening.allow_opening(opening_id=which, factor_at=AT, **here.holds("clerk"))
    with pytest.raises(rules.SameUnit):
        opening.allow_opening(opening_id=which, factor_at=AT, **here.holds("second"))
    with pytest.raises(rules.FactorStale):
        opening.allow_opening(opening_id=which, factor_at=AT - timedelta(hours=1), **here.holds("organiser"))
    opening.allow_opening(opening_id=which, factor_at=AT, **here.holds("organiser"))
    with pytest.raises(rules.ApprovalReplayed):
        opening.allow_opening(opening_id=which, factor_at=AT, **here.holds("organiser"))


def test_one_share_or_two_of_one_unit_open_nothing(here, clue):
    _, pk = clue
    rows = {row.officer: row for row in Access.objects.filter(clue_id=pk)}
    mine = keys.opened_share(here.private["clerk"], rows[here.id("clerk")].share)
    same = keys.opened_share(here.private["second"], rows[here.id("second")].share)
    assert mine == same, "an office holds one share together"
    for parts in ((mine,), (mine, same)):
        with pytest.raises((SharesDiffer, seal.SealError, rules.KeyMissing)):
            keys.read_field(keys.joined(*parts), pk, "who", Clue.objects.get(pk=pk).who)


# The walls


def test_a_key_pair_opens_with_its_passphrase_alone(here):
    assert keys.unlock(officer=here.id("clerk"), passphrase=PASSPHRASE) == here.private["clerk"]
    with pytest.raises(rules.WrongPassphrase):
        keys.unlock(officer=here.id("clerk"), passphrase=PASSPHRASE + "。")
    with pytest.raises(rules.ShortPassphrase):
        keys.make_pair(officer=here.id("handler"), passphrase="短", at=AT)
