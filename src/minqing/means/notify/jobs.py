"""Sending what is due. The address comes in as a function and is asked for at the last moment."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from minqing.means.notify import rules
from minqing.means.notify.commands.senders import Address, NotSent, Sender, mask_of, standard_senders
from minqing.means.notify.models import Message
from minqing.means.notify.queries import words_of
from minqing.means.notify.rules import BY_MACHINE, MESSAGE, Channel, MessageState

FetchAddress = Callable[[Channel, UUID | None, UUID | None], str | None]


@transaction.atomic
def _take_one(at: datetime) -> Message | None:
    """Claim one due message: after this commit it will be sent at most once, whatever happens to this process."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM notify_message WHERE state = 'pending' AND channel = ANY(%s) AND next_at <= %s"
            " ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED",
            [sorted(channel.value for channel in BY_MACHINE), at],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    message = Message.objects.get(pk=row[0])
    _move(message, "take", at)
    return message


def _move(message: Message, act: str, at: datetime, *, error: str = "") -> None:
    message.state = MESSAGE.after(MessageState(message.state), act).value
    message.state_at, message.error = at, error[:500]
    message.save(update_fields=["state", "state_at", "error", "tries", "next_at"])


def _put_back(message: Message, why: str, at: datetime, *, for_good: bool) -> None:
    message.tries += 1
    if for_good or message.tries >= rules.GIVE_UP_AFTER:
        _move(message, "fail", at, error=why)
        return
    message.next_at = at + rules.wait_after(message.tries)
    _move(message, "put_back", at, error=why)


def _send(message: Message, sender: Sender, fetch_address: FetchAddress, at: datetime) -> None:
    channel = Channel(message.channel)
    said = words_of(
        key=message.template,
        params=message.params,
        channel=channel,
        lang=message.lang,
        on=message.made_at.date(),
    )
    address = fetch_address(channel, message.person_id, message.account_id)
    if not address:
        raise NotSent("no address for this way", for_good=True)
    sender.send(message, Address(address, mask_of(channel, address)), said, at=at)


def send_due(
    fetch_address: FetchAddress,
    *,
    at: datetime,
    senders: Mapping[Channel, Sender] | None = None,
    most: int = 200,
) -> int:
    """Send up to `most` due messages; returns how many went out. What is stuck from a crash becomes unknown."""
    lose_sight_of_stuck(at=at)
    known = standard_senders() if senders is None else senders
    out = 0
    for _ in range(most):
        message = _take_one(at)
        if message is None:
            break
        try:
            _send(message, known[Channel(message.channel)], fetch_address, at)
        except NotSent as no:
            _put_back(message, no.why, at, for_good=no.for_good)
        except (rules.UnfitMessage, KeyError) as no:
            _put_back(message, f"unfit: {no}", at, for_good=True)
        except Exception as error:  # nobody knows whether it went out: never again without a person
            _move(message, "lose_sight", at, error=type(error).__name__)
        else:
            _move(message, "arrive", at)
            out += 1
    return out


@transaction.atomic
def lose_sight_of_stuck(*, at: datetime) -> int:
    """A message in the air for ten minutes was cut off by a crash: it may or may not have gone out."""
    stuck = Message.objects.filter(state=MessageState.SENDING.value, state_at__lt=at - rules.STUCK_AFTER)
    return stuck.update(state=MessageState.UNKNOWN.value, state_at=at, error="cut off while sending")
