"""E-mail in: every letter a person wrote is kept and answered once; no machine is answered; nothing is lost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core import mail as outbox
from django.core.cache import cache
from django.db import connection

import sealed
from makers import AT, County, county
from minqing.means.files.models import Blob
from minqing.means.files.queries import files_of, open_file
from minqing.means.files.rules import FileClass
from minqing.means.notify.jobs import send_due
from minqing.means.notify.models import Message, Shown
from minqing.means.notify.queries import failures
from minqing.methods.codes import printed_verify_number
from minqing.wiring.cli import check
from minqing.wiring.mail import BoxClosed, poll, poll_quietly
from minqing.wiring.mail.answering import senders
from minqing.wiring.telling import address
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Talk
from minqing.work.intake.models import Demand
from minqing.work.intake.queries import demand_by_receipt, demand_lines
from wiring.mailbox import Mailbox, letter, mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> County:
    cache.clear()
    return county()


@pytest.fixture
def box():
    with mailbox() as made:
        yield made


@pytest.fixture
def smtp(settings):
    settings.MINQING_MAIL = "smtp"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return outbox.outbox


def round_(box: Mailbox, at=AT):
    return poll(at=at, url=box.url)


def send(at=AT) -> int:
    return send_due(address, at=at, senders=senders())


def only_demand() -> Demand:
    (row,) = Demand.objects.all()
    return row


def accusation() -> str:
    """Its verify number."""
    (number,) = sealed.verify_numbers()
    return number


def code_in(text: str) -> str:
    return text.partition("查询码：")[2].split("\n")[0].strip()


def test_a_letter_becomes_a_demand_with_its_slip(here, box, smtp):
    box.put(letter(charset="gb18030"))
    assert round_(box).taken == 1 and not box.letters
    row = only_demand()
    line = demand_lines([row.pk])[row.pk]
    assert (line.text, line.title, line.channel, line.place_name[-3:]) == (
        "上湾村三组的自来水停了两天，请派人看看。",
        "停水",
        "email",
        "上湾村",
    )
    assert line.mask_name == "林*" or line.mask_name.startswith("林")
    assert send() == 1
    (sent,) = smtp
    assert sent.to == ["lin@example.invalid"] and sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert printed_verify_number(row.verify_no) in sent.subject and "http" not in sent.body
    assert demand_by_receipt(code_in(sent.body)).demand_id == row.pk


def test_the_code_lies_nowhere_in_the_clear_and_its_sealed_copy_dies_when_it_has_gone_out(here, box, smtp):
    box.put(letter())
    round_(box)
    (message,) = Message.objects.all()
    owner = f"mail-slip:{message.person_id}"
    (kept,) = files_of([owner], classes=[FileClass.SEALED])
    assert not kept.erased
    send()
    code = code_in(smtp[0].body).replace(" ", "")
    (gone,) = files_of([owner], classes=[FileClass.SEALED])
    assert gone.erased
    with connection.cursor() as cursor:
        cursor.execute("SELECT params::text FROM notify_message")
        assert code not in cursor.fetchone()[0]


def test_the_console_shows_that_a_slip_went_out_but_not_its_code(here, box):
    box.put(letter())
    round_(box)
    assert send() == 1
    assert "查询码：〔查询码〕" in Shown.objects.get().text


def test_the_raw_letter_is_kept_sealed(here, box):
    raw = letter()
    box.put(raw)
    round_(box)
    owner = f"demand:{only_demand().pk}"
    assert files_of([owner]) == []
    (kept,) = files_of([owner], classes=[FileClass.SEALED])
    assert b"".join(open_file(owner=owner, blob_id=kept.id, classes=[FileClass.SEALED]).chunks) == raw


def test_the_same_letter_twice_is_one(here, box):
    box.put(letter(), b"Received: again\r\n" + letter())
    first = round_(box)
    assert (first.taken, first.known) == (1, 1) and not box.letters
    box.put(letter())
    assert round_(box).known == 1
    only_demand()


def test_other_words_under_the_same_message_id_are_not_lost(here, box):
    box.put(letter("停水"), letter("停电"))
    round_(box)
    assert sorted(Demand.objects.values_list("text", flat=True)) == ["停水", "停电"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<x.invalid>"}, {"Return_Path": "<>"},
        {"sender": django_settings.DEFAULT_FROM_EMAIL},
    ],
)  # fmt: skip
def test_a_machine_is_neither_registered_nor_answered_but_set_aside(here, box, headers):
    box.put(letter(**headers))
    assert round_(box).aside == 1
    assert not Demand.objects.exists() and not Message.objects.exists()
    assert len(box.letters) == 1 and round_(box).aside == 0


def test_who_wants_no_automatic_answer_gets_none_and_is_registered(here, box):
    box.put(letter(X_Auto_Response_Suppress="All"))
    assert round_(box).taken == 1
    assert Demand.objects.exists() and not Message.objects.exists()


def test_one_sender_is_answered_three_times_a_day(here, box):
    box.put(*[letter(f"第{n}件事", message_id=f"<{n}@x.invalid>") for n in range(5)])
    assert round_(box).taken == 5
    assert (Demand.objects.count(), Message.objects.count()) == (5, 3)
    box.put(letter("第二天的事", message_id="<9@x.invalid>"))
    round_(box, AT + timedelta(days=1))
    assert Message.objects.count() == 4


def test_a_bounce_marks_our_message_as_failed(here, box, smtp):
    box.put(letter())
    round_(box)
    send()
    (message,) = Message.objects.all()
    report = (
        "From: MAILER-DAEMON@example.invalid\r\nReturn-Path: <>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nno such user\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; lin@example.invalid\r\n"
        "Action: {action}\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{message.pk}@{django_settings.MINQING_MAIL_DOMAIN}>\r\n\r\n--b--\r\n"
    )
    box.put(report.replace("{action}", "delayed").encode())
    assert round_(box).aside == 1
    box.put(report.replace("{action}", "failed").encode())
    assert round_(box).bounced == 1
    (line,) = failures()
    assert (line.id, line.error) == (message.pk, "came back 5.1.1")
    only_demand()


def answered(here: County, box: Mailbox, *, opened: bool = True) -> Demand:
    box.put(letter())
    round_(box)
    row = only_demand()
    if opened:
        cases.open_case(by=here["dispatcher"], at=AT, demand_id=row.pk, title="三组停水", track="order")
    return row


def test_an_answer_from_the_same_address_is_the_persons_talk(here, box):
    row = answered(here, box)
    subject = f"回复：您的来信收到了（验真号 {printed_verify_number(row.verify_no)}）"
    box.put(letter("还是没有水。\n> 您的来信收到了", subject=subject, message_id="<2@x.invalid>"))
    assert round_(box).taken == 1
    only_demand()
    assert [(talk.text, talk.side) for talk in Talk.objects.all()] == [("还是没有水。", "person")]


def test_an_answer_to_our_message_finds_its_way_without_a_number(here, box):
    answered(here, box)
    ours = f"<{Message.objects.get().pk}@{django_settings.MINQING_MAIL_DOMAIN}>"
    box.put(letter("今天来水了。", subject="谢谢", message_id="<3@x.invalid>", In_Reply_To=ours))
    round_(box)
    assert Talk.objects.get().text == "今天来水了。"


@pytest.mark.parametrize(
    "forged", [{"sender": "别人 <other@example.invalid>"}, {"Authentication_Results": "mx; dmarc=fail"}]
)
def test_an_answer_from_another_address_is_a_new_word_that_points_to_the_first(here, box, forged):
    row = answered(here, box)
    box.put(
        letter(
            "我也没有水。", subject=printed_verify_number(row.verify_no), message_id="<4@x.invalid>", **forged
        )
    )
    round_(box)
    assert not Talk.objects.exists()
    assert Demand.objects.exclude(pk=row.pk).get().original_id == row.pk


def test_a_query_code_in_the_subject_opens_nothing_and_is_not_kept(here, box, smtp):
    answered(here, box)
    send()
    code = code_in(smtp[0].body)
    box.put(letter("办得怎样了", subject=f"查 {code}", message_id="<5@x.invalid>"))
    round_(box)
    assert not Talk.objects.exists()
    assert Demand.objects.exclude(title="停水").get().title == "查 〔查询码〕"


def test_more_than_one_row_holds_is_kept_whole_as_a_document(here, box):
    text = "水" * 20_001
    box.put(letter(text))
    assert round_(box).taken == 1
    row = only_demand()
    assert len(row.text) <= 20_000 and row.text.startswith("水" * 1000) and "来信全文.docx" in row.text
    (kept,) = files_of([f"demand:{row.pk}"])
    assert kept.name == "来信全文.docx"


def test_an_attachment_that_is_refused_is_said_and_kept_in_the_raw_letter(here, box):
    raw = (
        b"From: a@example.invalid\r\nMessage-ID: <7@x>\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
        b"--c\r\nContent-Type: text/plain\r\n\r\nhelp\r\n"
        b"--c\r\nContent-Type: application/x-msdownload; name=run.exe\r\n\r\nMZabc\r\n--c--\r\n"
    )
    box.put(raw)
    round_(box)
    assert "run.exe" in only_demand().text


def test_an_accusation_is_sealed_with_its_letter_and_answered_like_any_other(here, box, smtp):
    words = "我检举上湾村村支书侵占低保款，有照片。"
    box.put(letter(words))
    assert round_(box).taken == 1 and not box.letters
    assert not Demand.objects.exists() and not Message.objects.exists()
    number = accusation()
    (sent,) = smtp
    assert printed_verify_number(number) in sent.subject
    assert demand_by_receipt(code_in(sent.body)).demand_id is None
    assert not Blob.objects.exists(), "no row says that something came"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inbox_item WHERE act = 'mail.take'")
        assert cursor.fetchone()[0] == 0
    box.put(letter(words))
    assert round_(box).known == 1 and accusation() == number and len(smtp) == 1
    assert not box.letters and not box.folders, "nowhere on the server does it lie open"


def test_what_answers_an_accusation_is_sealed_too(here, box):
    box.put(letter("我检举上湾村村支书侵占低保款。"))
    round_(box)
    number = printed_verify_number(accusation())
    box.put(letter("补充：数目是三千元。", subject=f"回复 {number}", message_id="<8@x>"))
    round_(box)
    assert len(sealed.verify_numbers()) == 2 and not Demand.objects.exists()


def test_one_broken_letter_holds_up_nobody_and_stays(here, box, settings, tmp_path):
    broken = letter("有附件的信", message_id="<10@x>")
    box.put(broken, letter("没有附件的信", message_id="<11@x>"))
    full = tmp_path / "full"
    full.write_text("no folder")
    settings.MINQING_FILES = full
    assert round_(box).failed == 2 and len(box.letters) == 2 and not Demand.objects.exists()
    settings.MINQING_FILES = tmp_path / "files"
    assert round_(box).taken == 2 and not box.letters


def test_a_mailbox_that_does_not_open_is_said_without_its_password(here, box, settings):
    box.refuse = True
    with pytest.raises(BoxClosed) as closed:
        round_(box)
    assert "geheim" not in str(closed.value)
    settings.MINQING_IMAP_URL = box.url
    assert poll_quietly(at=AT) is False


def test_a_letter_of_nothing_is_left_for_a_person(here, box):
    box.put(letter(" ", subject=""))
    assert round_(box).aside == 1 and not Demand.objects.exists()


def test_check_says_whether_mail_is_fetched(here, box, monkeypatch):
    monkeypatch.delenv("MINQING_IMAP_URL", raising=False)
    (off,) = check._mail(None)
    assert off.state == "ok" and "MINQING_IMAP_URL" in off.detail
    box.put(letter(), letter(Precedence="bulk", message_id=f"<{uuid4()}@x>"))
    box.flags[2].add("\\Flagged")
    monkeypatch.setenv("MINQING_IMAP_URL", box.url)
    (on,) = check._mail(None)
    assert on.state == "warn" and "geheim" not in on.detail
    box.refuse = True
    (bad,) = check._mail(None)
    assert bad.state == "bad"
