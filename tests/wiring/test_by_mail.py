"""Who asks to be answered by mail is told by mail that there is an answer; nobody is who did not ask or left no address."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail as outbox
from django.core.cache import cache
from django.test import Client

from asking import is_problem, post
from doors.office import signed_in, words
from makers import AT, VILLAGE, County, county, register
from minqing.ground.people.queries import masks_of, sealed_contact, ways_to
from minqing.ground.people.rules import ReplyBy, is_mail_address
from minqing.kernel.errors import BadField
from minqing.means.notify.jobs import send_due
from minqing.means.notify.models import Message
from minqing.means.notify.queries import failures
from minqing.record.facts.commands import react_once, relay
from minqing.wiring.mail import poll
from minqing.wiring.mail.answering import senders
from minqing.wiring.mail.letters import asks_for_mail
from minqing.wiring.reactions import FUNCTIONS, REACTIONS
from minqing.wiring.telling import address
from minqing.work.cases.models import Link
from minqing.work.intake.models import Demand
from minqing.work.intake.queries import person_of
from minqing.work.intake.rules import Anonymity
from wiring.mailbox import letter, mailbox
from work import casework

pytestmark = pytest.mark.django_db
MAIL = "lin@example.invalid"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, settings: Any) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    settings.MINQING_MAIL = "smtp"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()
    return county()


def told() -> list[Any]:
    relay(REACTIONS)
    while react_once(FUNCTIONS):
        pass
    send_due(address, at=AT, senders=senders())
    return outbox.outbox


def way(demand_id: Any) -> str:
    person = person_of(demand_id)
    return masks_of({person})[person].reply_by


def test_the_answer_is_announced_by_mail_in_the_person_s_language_without_its_text(here):
    for lang in ("zh-hans", "en"):
        said = register(f"停水{lang}", email=MAIL, reply_by=ReplyBy.EMAIL, lang=lang, place=VILLAGE)
        casework.replied(here, demand_id=said.demand_id, title="三组停水")
    mails = told()
    assert {one.to[0] for one in mails} == {MAIL} and {
        one.extra_headers["Auto-Submitted"] for one in mails
    } == {"auto-generated"}
    subjects = {one.subject for one in mails}
    assert {"您反映的事有答复了", "There is a reply to your report"} & subjects and len(subjects) > 2
    assert not any("三日内修好" in one.body for one in mails), "what the office wrote goes by no mail"
    assert not any(re.search(r"\d{16}", one.body) for one in mails)
    relay(REACTIONS)
    assert len(told()) == len(mails) and failures() == []


def test_on_the_web_the_mailbox_is_asked_for_only_with_the_choice(here, client):
    def send(**typed: Any) -> Any:
        return client.post(
            "/report", {"step": "4", "form_key": uuid4().hex, "text": "停水了", "now": "1", **typed}
        )

    page = words(client.post("/report", {"step": "3", "form_key": uuid4().hex, "text": "停水了"}))
    assert 'value="email"' in page and 'name="email"' in page and "发邮件告诉我有答复了" in page
    lost = send(reply_by="email", name="林小溪")
    assert lost.status_code == 422 and "请写明发到哪个邮箱" in words(lost) and not Demand.objects.exists()
    odd = send(reply_by="email", email="lin@", name="林小溪")
    assert odd.status_code == 422 and "不像一个邮箱地址" in words(odd) and 'value="lin@"' in words(odd)
    hidden = send(reply_by="email", email=MAIL, anonymity="anonymous")
    assert hidden.status_code == 422 and "您选了匿名" in words(hidden)
    assert send(reply_by="email", email=f" {MAIL} ").status_code == 303
    row = Demand.objects.get()
    assert (row.reply_by, row.anonymity, way(row.pk)) == ("email", "named", "email")
    assert sealed_contact(row.person_id).email == MAIL


def test_the_english_page_asks_in_english(here):
    page = Client(headers={"Accept-Language": "en"}).post(
        "/report", {"step": "3", "form_key": uuid4().hex, "text": "No water"}
    )
    assert "E-mail me that there is an answer" in words(page) and "发邮件" not in words(page)


def status_page(receipt: str, case_id: Any) -> tuple[Client, str]:
    client = Client()
    assert client.post("/status", {"receipt": receipt}).status_code == 303
    return client, f"/status/cases/{case_id}/reply-by"


def test_the_way_may_be_changed_to_mail_by_who_left_an_address_or_gives_one(here):
    with_mail, without = register("停水", email=MAIL), register("停电", phone="13900000021")
    client, url = status_page(with_mail.receipt, casework.accepted(here, demand_id=with_mail.demand_id).pk)
    assert 'value="email"' in words(client.get(url))
    assert client.post(url, {"reply_by": "email"}).status_code == 303 and way(with_mail.demand_id) == "email"
    client, url = status_page(without.receipt, casework.accepted(here, demand_id=without.demand_id).pk)
    assert 'name="email"' in words(client.get(url)) and 'value="letter"' in words(client.get(url))
    for wanted in ("email", "letter"):
        assert client.post(url, {"reply_by": wanted}).status_code == 422
    assert way(without.demand_id) == "online"
    assert ReplyBy.EMAIL not in ways_to(person_of(without.demand_id))
    assert client.post(url, {"reply_by": "email", "email": MAIL}).status_code == 303
    assert way(without.demand_id) == "email"


def test_nobody_who_stays_unnamed_is_asked_for_a_mailbox_later(here):
    unnamed = register("停水", anonymity=Anonymity.ANONYMOUS)
    client, url = status_page(unnamed.receipt, casework.accepted(here, demand_id=unnamed.demand_id).pk)
    assert 'name="email"' not in words(client.get(url)) and 'value="email"' not in words(client.get(url))
    assert client.post(url, {"reply_by": "email", "email": MAIL}).status_code in (404, 422)
    assert way(unnamed.demand_id) == "online"


def test_at_the_desk_and_by_the_api_a_mailbox_goes_with_the_choice(here):
    client = signed_in(here, "operator")
    typed = {"text": "停水", "channel": "phone", "reply_by": "email", "sender_key": uuid4().hex}
    lost = client.post("/desk/register/", typed)
    assert lost.status_code == 422 and "请写明发到哪个邮箱" in words(lost)
    assert client.post("/desk/register/", typed | {"email": MAIL}).status_code == 200
    assert way(Demand.objects.get().pk) == "email"
    problem = is_problem(post(Client(), {"text": "停水", "reply_by": "email"}), 422, "field.invalid")
    assert problem["fields"]["email"]
    assert post(Client(), {"text": "停水", "reply_by": "email", "email": MAIL}).status_code == 201
    with pytest.raises(BadField):
        register(reply_by=ReplyBy.EMAIL, email="nobody")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("三组停水两天。请用邮件答复我。", True),
        ("有结果请回复到这个邮箱。", True),
        ("希望通过电子邮件告知处理结果", True),
        ("No water for two days. Please reply by e-mail.", True),
        ("Please let me know via email what you decide.", True),
        ("三组停水两天。", False),
        ("他们发邮件骂我。", False),
        ("请不要用邮件答复，打电话。", False),
        ("Please do not reply by email.", False),
    ],
)
def test_a_letter_asks_for_mail_in_words_or_not(text, asked):
    assert asks_for_mail(text) is asked


def test_who_asks_in_the_letter_is_told_by_mail_and_who_does_not_looks_by_the_code(here):
    with mailbox() as box:
        box.put(letter("三组停水。请用邮件答复我。"), letter("四组停水。", message_id="<2@x>"))
        assert poll(at=AT, url=box.url).taken == 2
    asked, silent = Demand.objects.order_by("registered_at", "id")
    assert (way(asked.pk), way(silent.pk)) == ("email", "online")
    slips = len(told())
    assert slips == 2, "the slip is the one mail about the registration"
    casework.replied(here, demand_id=asked.pk, title="三组停水")
    assert any(one.subject == "您反映的事有答复了" for one in told()[slips:])


def test_who_asks_later_in_the_talk_is_told_by_mail_from_then_on(here):
    with mailbox() as box:
        box.put(letter("三组停水。"))
        poll(at=AT, url=box.url)
        row = Demand.objects.get()
        casework.accepted(here, demand_id=row.pk)
        box.put(letter("请用邮件答复我。", subject=f"回复 {row.verify_no}", message_id="<2@x>"))
        assert poll(at=AT, url=box.url).taken == 1
    assert Link.objects.count() == 1 and way(row.pk) == "email"


def test_a_machine_that_answers_our_mail_starts_no_round(here):
    with mailbox() as box:
        box.put(letter("三组停水。请用邮件答复我。"))
        poll(at=AT, url=box.url)
        before = len(told())
        box.put(
            letter("I am away. Please reply by email.", Auto_Submitted="auto-replied", message_id="<3@x>")
        )
        assert poll(at=AT, url=box.url).aside == 1
    assert len(told()) == before == Message.objects.filter(channel="email").count()


@pytest.mark.parametrize(
    "typed",
    ["a@b", "a b@c.cn", "@c.cn", "a@c.cn,b@c.cn", "a@c.cn\nBcc: x@y.cn", "a@" + "c" * 300 + ".cn", ""],
)
def test_an_address_nobody_could_write_to_is_none(typed):
    assert not is_mail_address(typed)
    assert is_mail_address("xi.lin+1@mail.example.cn")
