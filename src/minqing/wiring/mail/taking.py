"""A letter becomes what it is: a new word with its slip, a line of talk in a matter, or news that ours came back."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, override

from minqing.charter import PUBLIC, Verb
from minqing.ground.people.commands import change_reply_by
from minqing.ground.people.queries import sealed_contact
from minqing.ground.people.rules import ReplyBy, is_mail_address
from minqing.ground.places.queries import guess
from minqing.kernel.errors import Refusal
from minqing.kernel.later import later
from minqing.means.files.commands import keep_file, keep_sealed, move_files
from minqing.means.files.rules import StoreFull
from minqing.means.notify.commands import bounce_message
from minqing.means.notify.queries import receivers_of
from minqing.methods.clock import CHINA
from minqing.record.inbox.commands import note
from minqing.wiring.mail import answering
from minqing.wiring.mail.letters import asks_for_mail, newly_said
from minqing.wiring.mail.reading import Attachment, Letter, read
from minqing.work.cases.commands import resident_of, say
from minqing.work.cases.queries import cases_for
from minqing.work.cases.rules import FINAL, CaseState
from minqing.work.intake.commands import register_demand, sealed_box
from minqing.work.intake.queries import demand_of_person, demand_of_verify_no, person_of, seals_verify_no
from minqing.work.intake.rules import (
    TEXT_LIMIT,
    TITLE_LIMIT,
    Anonymity,
    Channel,
    Kind,
    Said,
    accuses_officials,
)

if TYPE_CHECKING:
    import docx
else:
    docx = later("docx")

ROOM_FOR_A_NOTE = 200


class Outcome(StrEnum):
    REGISTERED = "registered"
    SEALED = "sealed"
    TALKED = "talked"
    BOUNCED = "bounced"
    KNOWN = "known"
    KNOWN_SEALED = "known-sealed"
    ASIDE = "aside"


@dataclass(frozen=True)
class Thread:
    """What a letter answers: `demand_id` of an open word, or `sealed`, of which nothing more may be known here."""

    demand_id: UUID | None = None
    sealed: bool = False


def take(raw: bytes, *, at: datetime) -> Outcome:
    """All of one letter in one transaction: done wholly or not at all. Raises when it must be tried again."""
    letter = read(raw, domain=settings.MINQING_MAIL_DOMAIN, own=answering.own_addresses())
    with transaction.atomic():
        if letter.bounce is not None:
            for message_id in letter.bounce.messages:
                bounce_message(message_id=message_id, why=letter.bounce.why, at=at)
            return Outcome.BOUNCED
        if letter.machine or not (letter.text or letter.subject or letter.attachments):
            return Outcome.ASIDE
        thread = thread_of(letter)
        accuses = thread.sealed or accuses_officials(letter.subject + newly_said(letter.text))
        # An accusation leaves no row in the inbox: its repeat is known by the sealed row itself.
        if not accuses and not note(sender="mail", key=letter.key, act="mail.take", at=at):
            return Outcome.KNOWN
        if thread.demand_id is not None and not accuses and _talked(letter, raw, thread.demand_id, at):
            return Outcome.TALKED
        return _registered(letter, raw, thread, accuses, at)


def thread_of(letter: Letter) -> Thread:
    """By the verify number in the subject, or by the message of ours that it answers. Never by a query code."""
    for number in letter.verify_numbers:
        found = demand_of_verify_no(number)
        if found is not None:
            return Thread(found)
        if seals_verify_no(number):
            return Thread(sealed=True)
    for person_id in receivers_of(letter.answers).values():
        found = demand_of_person(person_id)
        if found is not None:
            return Thread(found)
    return Thread()


def _talked(letter: Letter, raw: bytes, demand_id: UUID, at: datetime) -> bool:
    """The person's own words in their own matter: only from the address that was sealed with it, while a case is open."""
    known = sealed_contact(person_of(demand_id)).email.strip().lower()
    if not known or known != letter.sender or letter.doubtful:
        return False
    by = resident_of(demand_id)
    cases = [one.pk for one in cases_for(by, Verb.CASE_TALK) if CaseState(one.state) not in FINAL]
    if not cases:
        return False
    owner = f"demand:{demand_id}"
    if asks_for_mail(newly_said(letter.text)):
        change_reply_by(person_id=person_of(demand_id), reply_by=ReplyBy.EMAIL)
    text = _whole(
        newly_said(letter.text), _keep(letter.attachments, owner, letter.lang, at), owner, letter.lang, at
    )
    keep_sealed(owner=owner, content=raw, name="mail.eml", media="message/rfc822", at=at)
    for case_id in cases:
        say(by=by, case_id=case_id, text=text or letter.subject, at=at)
    return True


def _registered(letter: Letter, raw: bytes, thread: Thread, accuses: bool, at: datetime) -> Outcome:
    said = _said(letter, thread, accuses, at)
    draft = f"mail:{uuid4()}"
    if accuses:
        # Nothing of it is kept under the county's key: the whole letter, with its files, goes to the discipline office's.
        said = replace(said, text=said.text[: TEXT_LIMIT - ROOM_FOR_A_NOTE])
    else:
        notes = _keep(letter.attachments, draft, letter.lang, at)
        text = _whole(said.text, notes, draft, letter.lang, at)
        said = replace(said, text=text)
    enclosed = [sealed_box(raw, name="mail.eml", media="message/rfc822")] if accuses else []
    registered = register_demand(by=PUBLIC, said=said, at=at, enclosed=enclosed)
    if registered.repeated:
        return Outcome.KNOWN_SEALED if accuses else Outcome.KNOWN
    if not accuses:
        owner = f"demand:{registered.demand_id}"
        move_files(old_owner=draft, new_owner=owner)
        keep_sealed(owner=owner, content=raw, name="mail.eml", media="message/rfc822", at=at)
    if letter.sender and not letter.quiet and answering.may_answer(letter.sender, at):
        if accuses:
            answering.answer_at_once(registered, letter.sender, lang=letter.lang, at=at)
        else:
            answering.answer_later(registered, lang=letter.lang, at=at)
    return Outcome.SEALED if accuses else Outcome.REGISTERED


def _said(letter: Letter, thread: Thread, accuses: bool, at: datetime) -> Said:
    by_mail = is_mail_address(letter.sender) and asks_for_mail(
        letter.subject + "\n" + newly_said(letter.text)
    )
    place = guess(letter.subject + letter.text, on=at.astimezone(CHINA).date())
    with override(letter.lang):
        text = letter.text or letter.subject or gettext("（只有附件，没有文字）")
    return Said(
        text=text, title=letter.subject[:TITLE_LIMIT], anonymity=Anonymity.NAMED if letter.sender else Anonymity.ANONYMOUS,
        channel=Channel.EMAIL, kind=Kind.REPORT if accuses else Kind.HELP, lang=letter.lang,
        reply_by=ReplyBy.EMAIL if by_mail else ReplyBy.ONLINE,
        sender="mail", sender_key=letter.key, name=letter.name, email=letter.sender,
        place=place.code if place and not accuses else "", accuses=accuses, original_id=thread.demand_id,
    )  # fmt: skip


def _keep(files: tuple[Attachment, ...], owner: str, lang: str, at: datetime) -> list[str]:
    """Keep the attachments; what could not be kept is said in words. A full disk is no answer: the letter waits."""
    notes: list[str] = []
    for file in files:
        try:
            keep_file(owner=owner, content=[file.content], name=_named(file), size=len(file.content), at=at)
        except StoreFull:
            raise
        except Refusal as refusal:
            with override(lang):
                why = gettext(refusal.text).format(**refusal.data)
                notes.append(
                    gettext("（附件“{name}”没有收下：{why}原信已密封保存。）").format(name=file.name, why=why)
                )
    return notes


def _named(file: Attachment) -> str:
    """Mail programs send pictures from the clipboard without an ending, and jpegs as .jpe."""
    return (
        file.name
        if "." in file.name
        else f"{file.name}.jpg"
        if file.content[:3] == b"\xff\xd8\xff"
        else file.name
    )


def _whole(text: str, notes: list[str], owner: str, lang: str, at: datetime) -> str:
    """The text with its notes, in one row; more than a row holds is kept whole as a document beside it."""
    whole = "\n\n".join([text, *notes]).strip()
    if len(whole) <= TEXT_LIMIT:
        return whole
    with override(lang):
        name = gettext("来信全文.docx")
        more = gettext("……（全信{n}字，其余见附件“{name}”。）").format(n=f"{len(whole):,}", name=name)
    keep_file(owner=owner, content=[_document(whole)], name=name, at=at, most=1000)
    return whole[: TEXT_LIMIT - ROOM_FOR_A_NOTE] + more


def _document(text: str) -> bytes:
    made, out = docx.Document(), BytesIO()
    for line in text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd").split("\n"):
        made.add_paragraph(line)
    made.save(out)
    return out.getvalue()
