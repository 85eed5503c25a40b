"""One story as rows: the word, its person and clock, and the case it became. An accusation leaves only its ciphertext."""

import hashlib
from datetime import datetime
from uuid import UUID, uuid4

from minqing.ground.people.commands import sealed_row
from minqing.ground.people.rules import Contact, ReplyBy
from minqing.ground.places.rules import path_of
from minqing.kernel.keys import secret
from minqing.methods import codes
from minqing.wiring.demo import people
from minqing.wiring.demo.base import Base
from minqing.wiring.demo.papers import Papers
from minqing.wiring.demo.steps import tell
from minqing.wiring.demo.story import Story
from minqing.wiring.demo.walk import SENDER, Walk, id_of, local, reckon, secret_code
from minqing.wiring.demo.year import Year
from minqing.wiring.loading import Batch, Thread
from minqing.work.intake.commands.sealing import clue_leaf, sealed_accusation, sealed_moment
from minqing.work.intake.rules import DemandState


def opened_at(story: Story) -> datetime | None:
    """When somebody makes a case of the word; None for one that still waits, joins another's, or is sealed."""
    if story.sealed or story.joins is not None:
        return None
    return next((step.at for step in story.steps if step.role != "person"), None)


def put_down(batch: Batch, base: Base, papers: Papers, year: Year, story: Story, number: str) -> None:
    """Everything of one story; `number` is that of its case, if it becomes one."""
    at = story.received_at
    if story.sealed:
        return seal_away(batch, story, at)
    demand = batch.subject(at, id_of("demand", story.item, at))
    person_id = person(batch, story, at)
    opened = opened_at(story)
    state = DemandState.WAITING
    if opened is not None or story.joins is not None:
        state = DemandState.CLOSED if story.ended else DemandState.IN_CASE
    say(batch, story, demand, person_id, base, state)
    batch.fact(
        demand,
        "demand.registered",
        at,
        channel=story.channel,
        due=reckon("xf.triage", local(at))[0].due_on.isoformat(),
    )
    own_clock(batch, base, story, demand, met=opened)
    if story.joins is not None:
        return join(batch, year, story, demand)
    if opened is None:
        return None
    thread = batch.subject(opened, id_of("case", story.item, at))
    desk = base.offices[story.desk]
    walk = Walk(
        batch=batch, base=base, papers=papers, year=year, story=story, thread=thread, demand=demand, person_id=person_id,
        holder=desk, path=base.paths[desk], first=desk, held_since=opened, opened_at=opened,
        link_id=id_of("link", story.item, opened),
    )  # fmt: skip
    walk.holds.append({
        "id": id_of("hold/first", story.item, opened), "case_id": thread.id, "office_id": desk, "role": "lead", "state": "held", "how": "first",
        "basis": "", "words": "", "reason": "", "given_by": None, "given_at": opened, "answered_at": opened, "ended_at": None,
    })  # fmt: skip
    batch.fact(
        thread,
        "case.opened",
        opened,
        demand_id=str(demand.id),
        number=number,
        track=story.track,
        office_id=str(desk),
    )
    walk.clock(opened, day=local(at))
    tell(walk)
    walk.close(story.title, number)
    return None


def person(batch: Batch, story: Story, at: datetime) -> UUID:
    known = people.resident(story.person) if story.person is not None else None
    hidden = story.anonymity == "anonymous" or known is None
    contact = (
        Contact()
        if hidden or known is None
        else Contact(name=known.name, phone=known.phone, address=known.address)
    )
    row = sealed_row(
        contact, place=story.place or None, reply_by=ReplyBy(story.reply_by), lang="zh-hans", at=at
    )
    named = story.anonymity == "named"
    person_id = id_of("person", story.item, at)
    batch.add(
        "people_person", id=person_id, key=row["person_key"], sealed=row["person_sealed"], mask_name=row["mask_name"] if named else "",
        mask_phone=row["mask_phone"] if named else "", place_id=story.place or None, household_id=None, reply_by=story.reply_by,
        lang="zh-hans", created_at=at,
    )  # fmt: skip
    return person_id


def say(batch: Batch, story: Story, demand: Thread, person_id: UUID, base: Base, state: DemandState) -> None:
    at = story.received_at
    writer = base.by_role.get((story.written_by, "village_cadre")) if story.written_by else None
    batch.add(
        "intake_demand", id=demand.id, person_id=person_id, text=story.text, title=story.title, place_id=story.place or None,
        place_path=path_of(story.place) if story.place else "", place_words=story.place_words, channel=story.channel, kind=story.type,
        anonymity=story.anonymity, state=state.value, alarm=story.alarm or "none", registered_at=at, arrived_on=local(at),
        code_key=codes.lookup_key(secret("pepper"), secret_code(story.item)), reply_by=story.reply_by, lang="zh-hans", sender=SENDER,
        sender_key=str(story.item), verify_no=codes.verify_number(uuid4()), written_by_id=writer, n_people=story.n_people,
        text_hash=hashlib.sha256(story.text.encode()).digest(),
    )  # fmt: skip


def own_clock(batch: Batch, base: Base, story: Story, demand: Thread, *, met: datetime | None) -> None:
    """The word's own clock: until somebody opens a case of it (or it joins one)."""
    due, rule_from = reckon("xf.triage", local(story.received_at))
    batch.add(
        "duties_duty", id=id_of("duty/own", story.item, story.received_at), about_id=demand.id, rule="xf.triage", rule_from=rule_from,
        office_id=base.offices["xfj"], place=path_of(story.place) if story.place else "", from_on=local(story.received_at),
        statutory_on=due.statutory, due_at=due.due_at, provisional=due.provisional, term="", extra=0,
        met_at=met or (story.received_at if story.joins is not None else None), dropped=None,
    )  # fmt: skip


def join(batch: Batch, year: Year, story: Story, demand: Thread) -> None:
    """The word speaks in another's case; its own receipt and its own verdict stay."""
    assert story.joins is not None
    head = year.moment(year.received(story.joins))
    at = next((step.at for step in story.steps if step.act == "join"), story.received_at)
    solved = next((step for step in story.steps if step.act == "verdict"), None)
    batch.add(
        "cases_link", id=id_of("link", story.item, at), case_id=id_of("case", story.joins, head), demand_id=demand.id, part="",
        joined_at=at, joined_by=None, reason="同一地方、同一件事", left_at=None, left_reason=None,
        confirmed_at=solved.at if solved and solved.settings.get("solved") == "yes" else None, before_id=None,
    )  # fmt: skip
    batch.fact(demand, "case.joined", at, case_id=str(id_of("case", story.joins, head)))


def seal_away(batch: Batch, story: Story, at: datetime) -> None:
    code = codes.lookup_key(secret("pepper"), secret_code(story.item))
    once = hashlib.sha256(f"demo/{story.item}".encode()).digest()
    leaf, opening = clue_leaf(story.text, at)
    told = {
        "text": story.text,
        "title": story.title,
        "at": at.isoformat(),
        "place": story.place,
        "log": opening,
    }
    batch.add(
        "intake_accusation", id=uuid4(), sealed=sealed_accusation(told), once=once, code_key=code, code_tag=None, word_key=None,
        word_tag=None, verify_no=codes.verify_number(uuid4()), arrived_on=local(at), slip=sealed_moment(at, leaf=leaf), lang="zh-hans",
    )  # fmt: skip
