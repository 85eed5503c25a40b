"""Everything that writes messages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from minqing.kernel.errors import NotFound
from minqing.kernel.ids import uuid7
from minqing.means.notify import rules
from minqing.means.notify.models import Message, Shown
from minqing.means.notify.queries import words_of
from minqing.means.notify.rules import BY_PEOPLE, MESSAGE, Channel, MessageState


def tell(
    *,
    fact_id: UUID,
    template: str,
    params: Mapping[str, Any],
    channel: Channel,
    at: datetime,
    person_id: UUID | None = None,
    account_id: UUID | None = None,
    lang: str = "zh-hans",
) -> bool:
    """Tell one receiver of one fact, once, inside the caller's transaction. False when it had been told before.

    The words are tried here, so that a template that does not fit fails where it was called, not in the night.
    """
    rules.check_params(template, params)
    words_of(key=template, params=params, channel=channel, lang=lang, on=at.date())
    in_app = channel is Channel.IN_APP
    state = MESSAGE.after(MESSAGE.start, "hand_over") if in_app else MESSAGE.start
    message = Message(
        id=uuid7(), fact_id=fact_id, person_id=person_id, account_id=account_id, channel=channel.value,
        template=template, params=dict(params), lang=lang, state=state.value, next_at=at, made_at=at, state_at=at,
    )  # fmt: skip
    before = Message.objects.filter(
        fact_id=fact_id, person_id=person_id, account_id=account_id, channel=channel.value
    ).exists()
    if before:
        return False
    Message.objects.bulk_create([message], ignore_conflicts=True)
    return Message.objects.filter(pk=message.pk).exists()


def _locked(message_id: UUID) -> Message:
    message = Message.objects.select_for_update(no_key=True).filter(pk=message_id).first()
    if message is None:
        raise NotFound()
    return message


@transaction.atomic
def retry_message(*, message_id: UUID, at: datetime) -> Message:
    """A person decided that it may go out (again): the only way back for what is unknown or failed."""
    message = _locked(message_id)
    message.state = MESSAGE.after(MessageState(message.state), "retry").value
    message.tries, message.error, message.next_at, message.state_at = 0, "", at, at
    message.save(update_fields=["state", "tries", "error", "next_at", "state_at"])
    return message


@transaction.atomic
def hand_over_message(*, message_id: UUID, at: datetime) -> Message:
    """A person called, posted the letter, or told by word of mouth what the machine could not."""
    message = _locked(message_id)
    if Channel(message.channel) not in BY_PEOPLE and message.state == MessageState.PENDING.value:
        raise rules.NotYours()
    message.state = MESSAGE.after(MessageState(message.state), "hand_over").value
    message.state_at = at
    message.save(update_fields=["state", "state_at"])
    return message


@transaction.atomic
def bounce_message(*, message_id: UUID, why: str, at: datetime) -> bool:
    """It came back from the receiver's server: it stands among the failures. False when it is none of ours or not out."""
    message = (
        Message.objects.select_for_update(no_key=True)
        .filter(pk=message_id, channel=Channel.EMAIL.value)
        .first()
    )
    if message is None or not MESSAGE.may(MessageState(message.state), "bounce"):
        return False
    message.state = MESSAGE.after(MessageState(message.state), "bounce").value
    message.error, message.state_at = why[:500], at
    message.save(update_fields=["state", "error", "state_at"])
    return True


def see_messages(*, account_id: UUID, up_to: UUID, at: datetime) -> int:
    """The officer opened the list of messages: all up to this one are seen."""
    rows = Message.objects.filter(
        account_id=account_id, channel=Channel.IN_APP.value, id__lte=up_to, seen_at__isnull=True
    )
    return rows.update(seen_at=at)


def erase_told(*, person_id: UUID) -> None:
    """For the room erasing: that a message went out stays, its words go."""
    Message.objects.filter(person_id=person_id).update(params={}, error="")
    Shown.objects.filter(message__person_id=person_id).update(to_mask="", subject="", text="")
