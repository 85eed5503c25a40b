"""Promises of telling: once, in words that fit, and never silently lost."""

import smtplib
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from minqing.kernel.states import IllegalMove
from minqing.means.notify import rules
from minqing.means.notify.commands import hand_over_message, retry_message, see_messages, tell
from minqing.means.notify.commands.senders import ConsoleSender, MailSender, NotSent
from minqing.means.notify.jobs import send_due
from minqing.means.notify.models import Message
from minqing.means.notify.queries import (
    failures,
    message_line,
    messages_of_account,
    shown,
    to_do_by_people,
    words_of,
)
from minqing.means.notify.rules import Channel, MessageState

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PERSON = uuid4()
PARAMS = {"matter": "村口路灯", "holder": "县住建局", "due": "5月6日 周三"}


def say(channel: Channel = Channel.SMS, *, fact: UUID | None = None, **more) -> UUID:
    fact = fact or uuid4()
    receiver = {} if "account_id" in more else {"person_id": PERSON}
    assert tell(
        fact_id=fact, template="case.accepted", params=PARAMS, channel=channel, at=AT, **receiver | more
    )
    return Message.objects.get(fact_id=fact).pk


def address(channel, person_id, account_id):
    return "13800000012" if channel is Channel.SMS else "li@example.invalid"


class Broken:
    """A sender that ends as it is told to."""

    def __init__(self, error: Exception) -> None:
        self.error, self.calls = error, 0

    def send(self, message, address, said, *, at):
        self.calls += 1
        raise self.error


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("key", list(rules.TEMPLATES))
def test_every_template_speaks_both_languages_on_every_way(key, channel, lang):
    params = dict.fromkeys(rules.TEMPLATES[key][0].params, "3月2日")
    said = words_of(key=key, params=params, channel=channel, lang=lang, on=date(2026, 3, 2))
    assert said.subject
    assert "{" not in said.subject + said.text


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
@pytest.mark.parametrize("key", ["demand.registered", "case.day-settled"])
def test_a_word_without_a_case_is_promised_who_handles_it_and_no_answer(key, channel):
    params = dict.fromkeys(rules.TEMPLATES[key][0].params, "3月2日")
    told = {
        lang: words_of(key=key, params=params, channel=channel, lang=lang, on=date(2026, 3, 2)).text
        for lang in ("zh-hans", "en")
    }
    assert "答复" not in told["zh-hans"]
    assert "answer you" not in told["en"] and "hear by" not in told["en"]
    if key == "demand.registered":
        assert "3月2日告诉您由" in told["zh-hans"]
        assert "handles it" in told["en"]


@pytest.mark.parametrize(
    "text",
    ["看这里 http://a.b", "见ｗｗｗ．tc.cn", "点 tangchuan.gov.cn 查看", "码 4829 1357 0264 1189",
     "码４８２９１３５７０２６４１１８９", "wx://x", "请看t.cn/abc"],
)  # fmt: skip
def test_a_text_message_never_holds_a_link_or_a_code(text):
    with pytest.raises(rules.UnfitMessage):
        rules.check_sms(text)


@given(st.integers(10**12, 10**18 - 1), st.sampled_from(["", " ", "-", "\u3000"]))
def test_no_long_number_slips_through_however_it_is_grouped(number, between):
    text = str(number)
    with pytest.raises(rules.UnfitMessage):
        rules.check_sms("您的" + between.join(text[i : i + 4] for i in range(0, len(text), 4)))


def test_dates_and_the_hotline_may_stand_in_a_text_message():
    assert rules.check_sms("最迟2026年5月6日答复，请拨打12345或0000-12345678。")


@pytest.mark.django_db
def test_a_matter_with_a_link_cannot_get_into_a_text_message():
    with pytest.raises(rules.UnfitMessage):
        tell(fact_id=uuid4(), template="case.accepted", params=PARAMS | {"holder": "http://x.cn"},
             channel=Channel.SMS, at=AT, person_id=PERSON)  # fmt: skip
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("key", "params"),
    [("case.nothing", {}), ("case.accepted", {"name": "x"}), ("case.accepted", {"matter": "11010519491231002X"}),
     ("case.accepted", {"matter": "长" * 201})],
)  # fmt: skip
def test_parameters_are_few_short_and_nobodys_identity(key, params):
    with pytest.raises(rules.UnfitMessage):
        rules.check_params(key, params)


def test_old_messages_keep_the_words_of_their_day():
    new = rules._template("新", "新", "新", since=date(2027, 1, 1))
    table = dict(rules.TEMPLATES) | {"x": (rules._template("旧", "旧", "旧"), new)}
    assert [rules.pick(table["x"], date(year, 6, 1)).subject for year in (2020, 2026, 2027)] == [
        "旧",
        "旧",
        "新",
    ]


@pytest.mark.django_db
def test_one_fact_is_told_once_to_one_receiver_on_one_way():
    fact = uuid4()
    for channel in (Channel.SMS, Channel.EMAIL):
        for told in (True, False):
            assert told is tell(
                fact_id=fact,
                template="case.accepted",
                params=PARAMS,
                channel=channel,
                at=AT,
                person_id=PERSON,
            )
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_the_database_knows_one_receiver_and_no_twins():
    base = {
        "fact_id": uuid4(),
        "channel": "sms",
        "template": "case.accepted",
        "next_at": AT,
        "made_at": AT,
        "state_at": AT,
    }
    for bad in ({}, {"person_id": PERSON, "account_id": uuid4()}):
        with pytest.raises(IntegrityError, match="notify_message_one_receiver"), transaction.atomic():
            Message.objects.create(**base, **bad)
    Message.objects.create(**base, person_id=PERSON)
    with pytest.raises(IntegrityError, match="notify_message_once"), transaction.atomic():
        Message.objects.create(**base, person_id=PERSON)


@pytest.mark.django_db
def test_the_address_is_fetched_when_sending_and_only_its_mask_is_kept():
    say()
    assert send_due(address, at=AT) == 1
    assert send_due(address, at=AT) == 0
    line = shown()[0]
    assert line.to_mask == "*********12"
    assert "县住建局已接下" in line.text
    assert "13800000012" not in str(Message.objects.values())


@pytest.mark.django_db
def test_a_message_in_english_is_english():
    say(lang="en")
    send_due(address, at=AT)
    assert shown()[0].text.isascii() or not any(
        "\u4e00" <= c <= "\u9fff" for c in shown()[0].text.replace("县住建局", "").replace("5月6日 周三", "")
    )


@pytest.mark.django_db
def test_what_surely_did_not_go_out_is_tried_again_and_then_stands_on_the_page():
    message_id, broken, at = say(), Broken(NotSent("gateway is closed")), AT
    for tries in range(1, rules.GIVE_UP_AFTER + 1):
        send_due(address, at=at, senders={Channel.SMS: broken})
        message = Message.objects.get(pk=message_id)
        assert (broken.calls, message.tries) == (tries, tries)
        send_due(address, at=at, senders={Channel.SMS: broken})
        assert broken.calls == tries, "it waits before the next try"
        at = message.next_at
    assert message.state == MessageState.FAILED.value
    assert [(line.id, line.error) for line in failures()] == [(message_id, "gateway is closed")]
    retry_message(message_id=message_id, at=at)
    assert send_due(address, at=at) == 1
    assert failures() == []


@pytest.mark.django_db
def test_when_nobody_knows_it_is_never_sent_again_by_itself():
    message_id, broken = say(), Broken(TimeoutError())
    for hours in range(3):
        send_due(address, at=AT + timedelta(hours=hours), senders={Channel.SMS: broken})
    assert broken.calls == 1
    assert message_line(message_id).state is MessageState.UNKNOWN
    assert message_line(message_id).why == "等不到回音"
    with override("en"):
        assert message_line(message_id).why == "no answer came in time"


@pytest.mark.django_db
def test_a_crash_while_sending_leaves_it_unknown_not_pending():
    message_id = say()
    Message.objects.filter(pk=message_id).update(state="sending", state_at=AT)
    assert send_due(address, at=AT + timedelta(minutes=5)) == 0
    assert message_line(message_id).state is MessageState.SENDING
    assert send_due(address, at=AT + timedelta(minutes=11)) == 0
    assert message_line(message_id).state is MessageState.UNKNOWN


@pytest.mark.django_db
def test_without_an_address_it_fails_at_once_and_says_so():
    say()
    send_due(lambda *_: None, at=AT)
    assert failures()[0].error == "no address for this way"


@pytest.mark.django_db
def test_one_bad_message_does_not_stop_the_others():
    bad = say()
    Message.objects.filter(pk=bad).update(template="gone.template")
    say(Channel.EMAIL)
    assert send_due(address, at=AT) == 1
    assert failures()[0].id == bad


@pytest.mark.django_db
def test_calls_and_letters_wait_for_people():
    call, letter = say(Channel.PHONE), say(Channel.LETTER)
    assert send_due(address, at=AT + timedelta(days=9)) == 0
    assert [line.id for line in to_do_by_people(Channel.PHONE)] == [call]
    hand_over_message(message_id=call, at=AT)
    assert to_do_by_people(Channel.PHONE) == []
    with pytest.raises(IllegalMove):
        hand_over_message(message_id=call, at=AT)
    with pytest.raises(rules.NotYours):
        to_do_by_people(Channel.SMS)
    with pytest.raises(rules.NotYours):
        hand_over_message(message_id=say(), at=AT)
    assert [line.id for line in to_do_by_people(Channel.LETTER)] == [letter]


@pytest.mark.django_db
def test_messages_in_the_system_are_there_at_once_and_seen_up_to_one():
    clerk = uuid4()
    first, second = (say(Channel.IN_APP, account_id=clerk) for _ in range(2))
    assert [line.id for line in messages_of_account(clerk, unseen=True)] == [second, first]
    see_messages(account_id=clerk, up_to=first, at=AT)
    assert [line.id for line in messages_of_account(clerk, unseen=True)] == [second]
    assert messages_of_account(uuid4()) == []


@pytest.mark.django_db
def test_mail_goes_through_the_configured_backend_with_our_message_id(mailoutbox):
    message_id = say(Channel.EMAIL)
    assert send_due(address, at=AT, senders={Channel.EMAIL: MailSender()}) == 1
    mail = mailoutbox[0]
    assert mail.to == ["li@example.invalid"]
    assert str(message_id) in mail.extra_headers["Message-ID"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")}), MessageState.FAILED),
        (smtplib.SMTPRecipientsRefused({"x": (450, b"try later")}), MessageState.PENDING),
        (ConnectionRefusedError(), MessageState.PENDING),
        (smtplib.SMTPServerDisconnected(), MessageState.UNKNOWN),
    ],
)
def test_what_the_mail_server_says_decides_what_is_known(error, state, settings):
    settings.EMAIL_BACKEND = "means.backends.Refusing"
    settings.REFUSE_WITH = error
    message_id = say(Channel.EMAIL)
    send_due(address, at=AT, senders={Channel.EMAIL: MailSender()})
    assert message_line(message_id).state is state


@pytest.mark.django_db
def test_lists_of_messages_cost_the_same_for_one_and_for_many(assert_flat):
    clerk = uuid4()

    def make(n):
        for _ in range(n):
            say(Channel.IN_APP, account_id=clerk)
            say(Channel.PHONE)

    assert_flat(make=make, look=lambda: messages_of_account(clerk))
    assert_flat(make=make, look=lambda: to_do_by_people(Channel.PHONE))


@pytest.mark.django_db
def test_the_console_page_is_flat(assert_flat):
    def make(n):
        for _ in range(n):
            say()
        send_due(address, at=AT, senders={Channel.SMS: ConsoleSender()})

    assert_flat(make=make, look=shown)
