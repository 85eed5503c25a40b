"""The slip by mail: who wrote a letter has no other way to get a query code, and the code is kept nowhere in the clear.

Until it has gone out it lies sealed among the files; it is put into the text at the moment of sending. A short message
never carries one (see means.notify).
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from minqing.ground.offices.queries import office_at
from minqing.ground.offices.rules import OfficeKind
from minqing.kernel.ids import uuid7
from minqing.kernel.keys import secret
from minqing.means.files.commands import erase_file, keep_sealed
from minqing.means.files.queries import files_of, open_file
from minqing.means.files.rules import FileClass
from minqing.means.notify.commands import tell
from minqing.means.notify.commands.senders import (
    Address,
    MailSender,
    NotSent,
    Sender,
    mask_mail,
    standard_senders,
)
from minqing.means.notify.models import Message
from minqing.means.notify.queries import Said, words_of
from minqing.means.notify.rules import CODE_GOES_HERE, Channel
from minqing.methods.clock import CHINA
from minqing.methods.codes import grouped, printed_verify_number
from minqing.record.facts.queries import facts_about
from minqing.record.inbox.commands import note
from minqing.record.inbox.queries import known_keys
from minqing.work.intake.queries import person_of
from minqing.work.intake.rules import Registered

TEMPLATE = "mail.slip"
MOST_A_DAY = 3


def may_answer(address: str, at: datetime) -> bool:
    """At most three answers a day to one sender, counted under a name that tells nobody the address."""
    day = at.astimezone(CHINA).date().isoformat()
    who = hmac.digest(secret("pepper"), f"mail-answer/v1\n{day}\n{address}".encode(), "sha256").hex()
    sender = f"mail-answer:{who[:40]}"
    sent = known_keys(sender, [str(n + 1) for n in range(MOST_A_DAY)])
    return len(sent) < MOST_A_DAY and note(sender=sender, key=str(len(sent) + 1), act="mail.answer", at=at)


def params_of(registered: Registered, lang: str) -> dict[str, Any]:
    desk = office_at(OfficeKind.PETITION_DESK)
    return {
        "holder": desk.name_en if lang == "en" and desk.name_en else desk.name,
        "due": registered.clocks[0].due.isoformat(), "verify": printed_verify_number(registered.verify_no),
        "code": CODE_GOES_HERE,
    }  # fmt: skip


def answer_later(registered: Registered, *, lang: str, at: datetime) -> None:
    """Inside the transaction that registered: the worker sends it, tries again, and shows what failed."""
    person_id, (first, *_) = person_of(registered.demand_id), facts_about(registered.demand_id)
    keep_sealed(
        owner=owner_of(person_id), content=registered.receipt.encode(), name="code", media="text/plain", at=at
    )
    tell(
        fact_id=first.id, template=TEMPLATE, params=params_of(registered, lang), channel=Channel.EMAIL, at=at,
        person_id=person_id, lang=lang,
    )  # fmt: skip


def answer_at_once(registered: Registered, address: str, *, lang: str, at: datetime) -> None:
    """The same slip for a word of which no row may know the sender. Raises NotSent: then the letter stays in the box."""
    sender = standard_senders()[Channel.EMAIL]
    if not isinstance(sender, MailSender):
        return
    said = words_of(
        key=TEMPLATE, params=params_of(registered, lang), channel=Channel.EMAIL, lang=lang, on=at.date()
    )
    try:
        sender.send(
            Message(id=uuid7()),
            Address(address, mask_mail(address)),
            with_code(said, registered.receipt),
            at=at,
        )
    except NotSent as no:
        if not no.for_good:
            raise


def with_code(said: Said, code: str) -> Said:
    return Said(said.subject, said.text.replace(CODE_GOES_HERE, grouped(code)))


def owner_of(person_id: UUID | None) -> str:
    return f"mail-slip:{person_id}"


class SlipSender:
    """Sends as the sender behind it does; a slip gets its code on the way out, and the sealed copy dies with that."""

    def __init__(self, behind: Sender) -> None:
        self.behind = behind

    def send(self, message: Message, address: Address, said: Said, *, at: datetime) -> None:
        if message.template != TEMPLATE or not isinstance(self.behind, MailSender):
            self.behind.send(message, address, said, at=at)
            return
        owner = owner_of(message.person_id)
        kept = [one for one in files_of([owner], classes=[FileClass.SEALED]) if not one.erased]
        if not kept:
            raise NotSent("the code has gone out before", for_good=True)
        opened = open_file(owner=owner, blob_id=kept[0].id, classes=[FileClass.SEALED])
        self.behind.send(message, address, with_code(said, b"".join(opened.chunks).decode()), at=at)
        erase_file(blob_id=kept[0].id, at=at)


def senders() -> Mapping[Channel, Sender]:
    known = standard_senders()
    return {**known, Channel.EMAIL: SlipSender(known[Channel.EMAIL])}


def own_addresses() -> frozenset[str]:
    return frozenset({settings.DEFAULT_FROM_EMAIL.lower(), *settings.MINQING_IMAP_OWN})
