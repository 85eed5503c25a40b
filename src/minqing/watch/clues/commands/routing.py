"""Who may hold what: reckoned by the worker whenever offices, posts or kin may have changed, never asked of anybody.

A person who falls out loses row and keys in the same transaction; whoever comes in gets what their part needs, wrapped to
their own key. Who has no key pair yet holds nothing until they make one.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction

from minqing.ground.law import queries as law
from minqing.kernel.keys import secret
from minqing.watch.clues.commands.keys import (
    RECEIVES,
    SECOND,
    Keys,
    closed_share,
    read_field,
    shares,
    wrapped,
)
from minqing.watch.clues.commands.steps import move, step
from minqing.watch.clues.models import Access, Clue, Opening
from minqing.watch.clues.queries import DATABASE, levels, matter_of, org, public_key
from minqing.watch.clues.rules import CLUE, ClueState, Level, Org, Route, route

CLERK, HANDLER, APPROVER = "clerk", "handler", "approver"


def reroute_all() -> int:
    """Every clue that anybody may still open; how many changed hands."""
    on = law.today()
    around = org(on)
    bodies = levels(around, on)
    todo = Clue.objects.filter(desk__isnull=False).exclude(state=ClueState.FORWARDED_UP.value)
    return sum(_reroute(pk, around, bodies, on, law.now()) for pk in list(todo.values_list("pk", flat=True)))


def some_wait() -> bool:
    """Whether somebody named the accused or a handler, or came, since the last reckoning."""
    return Clue.objects.filter(desk__isnull=False, routed_at__isnull=True).exists()


def _reroute(pk: UUID, around: Org, bodies: list[Level], on: date, at: datetime) -> int:
    with transaction.atomic(using=DATABASE):
        clue = Clue.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
        if clue is None or clue.desk is None or clue.matter is None:
            return 0
        keys = Keys.opened_by(secret("discipline.key"), clue.desk)
        kept = read_field(keys.words, pk, "matter", clue.matter)
        way = route(matter_of(kept), around, bodies, on)
        wanted = (
            {}
            if way.outside
            else parts(way, bodies, handler=UUID(kept["handler"]) if kept.get("handler") else None)
        )
        changed = _give(clue, keys, wanted, around, on, at, body=bodies[0].office)
        if way.outside and CLUE.may(ClueState(clue.state), "find-higher"):
            after = CLUE.after(ClueState(clue.state), "find-higher")
            move(clue, after, act="find-higher", by=None, at=at, key=keys.told)  # type: ignore[arg-type]
            clue.level = way.level
            changed += 1
        clue.routed_at = at
        clue.save(update_fields=["level", "routed_at"])
        if changed:
            step(clue, act="recuse", by=None, at=at, key=keys.told, **way.told())
    return int(changed > 0)


def parts(way: Route, bodies: list[Level], *, handler: UUID | None) -> dict[UUID, str]:
    """One part each: those of the receiving body are clerks; the one it was given to handles it; others may only let open."""
    inside = bodies[way.height].clerks
    wanted = dict.fromkeys(way.approvers - inside, APPROVER) | dict.fromkeys(way.clerks, CLERK)
    if handler is not None and handler in way.handlers:
        wanted[handler] = HANDLER
    return wanted


def _give(
    clue: Clue, keys: Keys, wanted: dict[UUID, str], around: Org, on: date, at: datetime, *, body: UUID | None
) -> int:
    changed = 0
    have = {row.officer: row for row in Access.objects.filter(clue=clue, until__isnull=True)}
    for officer, row in have.items():
        if wanted.get(officer) != row.part:
            Access.objects.filter(pk=row.pk).update(until=at, words_key=None, told_key=None, share=None)
            Opening.objects.filter(clue=clue, asker=officer, until__gt=at).update(until=at, share=None)
            changed += 1
    offices = {
        h.person: h.office for h in around.holdings if h.from_ <= on and (h.until is None or h.until >= on)
    }
    both = shares(keys.who, clue.pk)
    for officer, part in wanted.items():
        public = public_key(officer)
        if public is None or (officer in have and have[officer].part == part):
            continue
        number = RECEIVES if part != APPROVER or offices.get(officer) == body else SECOND
        Access.objects.create(
            id=uuid4(), clue=clue, officer=officer, office=offices[officer], part=part, since=at,
            words_key=wrapped(public, keys.words) if part == CLERK else None, told_key=wrapped(public, keys.told),
            share=closed_share(public, number, both[number]) if part != HANDLER else None,
        )  # fmt: skip
        changed += 1
    return changed
