"""Every read of messages: the words of one, what waits for people, what failed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext, override

from minqing.kernel.errors import NotFound
from minqing.means.documents.queries.sheet import day_words
from minqing.means.notify import rules
from minqing.means.notify.models import Message
from minqing.means.notify.rules import BY_PEOPLE, Channel, MessageState

ISO_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True)
class Said:
    """A message in words."""

    subject: str
    text: str


@dataclass(frozen=True)
class MessageLine:
    id: UUID
    at: datetime
    channel: Channel
    state: MessageState
    said: Said
    tries: int
    error: str
    person_id: UUID | None
    account_id: UUID | None
    seen_at: datetime | None
    fact_id: UUID

    @property
    def why(self) -> str:
        """Why it did not go out, in the reader's language."""
        return gettext(rules.WHY[self.error]) if self.error in rules.WHY else self.error


def _worded(value: Any, lang: str) -> str:
    """A day given as 2026-05-06 and our own fixed words, in the receiver's language; names stay as they are."""
    text = str(value)
    if ISO_DAY.fullmatch(text):
        return day_words(date.fromisoformat(text), lang)
    return gettext(text) if text else ""


def _in(lang: str, text: str, params: Mapping[str, Any]) -> str:
    with override(lang):
        return gettext(text).format(**{name: _worded(value, lang) for name, value in params.items()})


def words_of(*, key: str, params: Mapping[str, Any], channel: Channel, lang: str, on: date) -> Said:
    """What is said on this way, in this language; a short message is checked for links and codes."""
    template = rules.template_for(key, on)
    known = dict.fromkeys(template.params, "") | {"hotline": settings.MINQING_HOTLINE} | dict(params)
    subject = _in(lang, template.subject, known)
    if channel is not Channel.SMS:
        return Said(subject, _in(lang, template.text, known))
    with override(lang):
        county = gettext("【{county}民情】").format(
            county=settings.MINQING_COUNTY_NAME_EN if lang == "en" else settings.MINQING_COUNTY_NAME
        )
        tail = gettext(rules.NO_CODES) if not key.startswith("desk.") else ""
    return Said(subject, rules.check_sms(county + _in(lang, template.sms, known) + tail))


def line_of(message: Message, lang: str = "") -> MessageLine:
    """In the language it goes out in, or in the reader's for what is read on a page of ours."""
    channel = Channel(message.channel)
    try:
        said = words_of(
            key=message.template,
            params=message.params,
            channel=channel,
            lang=lang or message.lang,
            on=message.made_at.date(),
        )
    except (rules.UnfitMessage, KeyError) as error:
        said = Said(message.template, str(error))
    return MessageLine(
        message.pk, message.made_at, channel, MessageState(message.state), said, message.tries, message.error,
        message.person_id, message.account_id, message.seen_at, message.fact_id,
    )  # fmt: skip


def _after(rows: QuerySet[Message], after: UUID | None, limit: int, lang: str = "") -> list[MessageLine]:
    rows = rows.order_by("-id")
    if after is not None:
        rows = rows.filter(id__lt=after)
    return [line_of(message, lang) for message in rows[:limit]]


def failures(*, after: UUID | None = None, limit: int = 50) -> list[MessageLine]:
    """What did not go out, or may not have: the newest first. Stands on a page until a person acts."""
    states = [MessageState.FAILED.value, MessageState.UNKNOWN.value]
    return _after(Message.objects.filter(state__in=states), after, limit)


def to_do_by_people(channel: Channel, *, after: UUID | None = None, limit: int = 50) -> list[MessageLine]:
    """Calls to make and letters to post: nothing but people sends them."""
    if channel not in BY_PEOPLE:
        raise rules.NotYours()
    return _after(
        Message.objects.filter(channel=channel.value, state=MessageState.PENDING.value), after, limit
    )


def messages_of_account(
    account_id: UUID, *, unseen: bool = False, after: UUID | None = None, limit: int = 50, lang: str = ""
) -> list[MessageLine]:
    rows = Message.objects.filter(account_id=account_id, channel=Channel.IN_APP.value)
    return _after(rows.filter(seen_at__isnull=True) if unseen else rows, after, limit, lang)


def unseen_count(account_id: UUID) -> int:
    """New messages of a member of staff; counted no further than a hundred."""
    rows = Message.objects.filter(account_id=account_id, channel=Channel.IN_APP.value, seen_at__isnull=True)
    return rows[:100].count()


def receivers_of(message_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Message → the person it went to, for answers that name a message of ours."""
    rows = Message.objects.filter(pk__in=list(message_ids), person_id__isnull=False)
    return {pk: person_id for pk, person_id in rows.values_list("pk", "person_id") if person_id}


def message_line(message_id: UUID) -> MessageLine:
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        raise NotFound()
    return line_of(message)


@dataclass(frozen=True)
class ShownLine:
    at: datetime
    channel: Channel
    to_mask: str
    subject: str
    text: str


def shown(*, limit: int = 50) -> list[ShownLine]:
    """What the console sender showed: the demo's telephone."""
    rows = Message.objects.filter(shown__isnull=False).select_related("shown").order_by("-shown__at", "-id")
    return [
        ShownLine(row.shown.at, Channel(row.channel), row.shown.to_mask, row.shown.subject, row.shown.text)
        for row in rows[:limit]
    ]
