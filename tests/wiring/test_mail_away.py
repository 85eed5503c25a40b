"""A taken letter is put where the county wants it, as far as its server can; an accusation lies open nowhere."""

import pytest
from django.core.cache import cache

import sealed
from makers import AT, County, county
from minqing.wiring.mail import BoxClosed, poll
from minqing.work.intake.models import Demand
from wiring.mailbox import Mailbox, letter, mailbox

pytestmark = pytest.mark.django_db
GRAVE = "我检举上湾村村支书侵占低保款。"


@pytest.fixture
def here() -> County:
    cache.clear()
    return county()


@pytest.fixture
def box():
    with mailbox() as made:
        yield made


def round_(box: Mailbox, taken: str = "Minqing"):
    return poll(at=AT, url=box.url, taken=taken)


@pytest.mark.parametrize("can", ["MOVE UIDPLUS", "UIDPLUS", ""])
def test_a_taken_letter_goes_into_a_folder_that_is_made_for_it(here, box, can):
    box.can = can
    box.put(letter(), letter("第二封", message_id="<2@x>"))
    assert round_(box).taken == 2
    assert box.folders == {"Minqing": [letter(), letter("第二封", message_id="<2@x>")]}
    left = [] if "UIDPLUS" in can else [{"\\Deleted"}, {"\\Deleted"}]
    assert list(box.flags.values()) == left, (
        "without UIDPLUS it is only marked, for a mail program to tidy up"
    )
    assert round_(box).taken == 0 and Demand.objects.count() == 2


def test_nobody_else_s_deleted_letters_go_with_it(here, box):
    box.can = ""
    box.put(letter(), letter("别人删的", message_id="<2@x>"))
    box.flags[2] = {"\\Deleted"}
    round_(box)
    assert set(box.letters) == {1, 2} and not any(
        line.startswith("expunge") for line in map(str.lower, box.asked)
    )


@pytest.mark.parametrize(
    ("marks", "mark"), [(r"\Deleted \*", "$MinqingTaken"), (r"\Deleted \Flagged", "\\Deleted")]
)
def test_where_no_folder_can_be_made_it_is_marked_where_it_lies(here, box, marks, mark):
    box.fixed, box.marks = True, marks
    box.put(letter())
    assert round_(box).taken == 1
    assert box.letters == {1: letter()} and box.flags[1] == {mark}
    assert round_(box).busy is False and Demand.objects.count() == 1


def test_the_county_may_have_them_only_marked_or_deleted(here, box):
    box.put(letter())
    round_(box, "flag")
    assert box.flags == {1: {"$MinqingTaken"}} and not box.folders
    box.put(letter("第二封", message_id="<2@x>"))
    round_(box, "delete")
    assert set(box.letters) == {1} and not box.folders


@pytest.mark.parametrize("taken", ["Minqing", "flag", "delete"])
@pytest.mark.parametrize("can", ["MOVE UIDPLUS", ""])
def test_an_accusation_is_erased_from_the_server_whatever_becomes_of_others(here, box, can, taken):
    box.can = can
    box.put(letter(GRAVE))
    assert round_(box, taken).taken == 1
    assert not box.letters and not box.folders and len(sealed.verify_numbers()) == 1
    box.put(letter(GRAVE))
    assert round_(box, taken).known == 1 and not box.letters and not box.folders, "its repeat as well"


def test_what_no_person_wrote_and_what_failed_stays_where_it_is(here, box, settings, tmp_path):
    box.put(letter("出门了", Auto_Submitted="auto-replied"))
    assert round_(box).aside == 1 and box.flags == {1: {"\\Flagged"}} and not box.folders
    full = tmp_path / "full"
    full.write_text("no folder")
    settings.MINQING_FILES = full
    box.put(letter())
    assert round_(box).failed == 1 and set(box.letters) == {1, 2} and not box.folders


def test_a_folder_that_cannot_be_written_in_plain_signs_is_said_at_once(here, box):
    with pytest.raises(BoxClosed, match="MINQING_IMAP_TAKEN"):
        round_(box, "已收")
