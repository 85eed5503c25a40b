"""Timed work and reactions of cases: thin. Nothing here decides anything that a command has not allowed."""

from datetime import datetime

from django.db import transaction

from minqing.kernel.errors import Refusal
from minqing.means.search.commands import Findable, put_many
from minqing.record.facts.rules import Happened
from minqing.work.cases.commands import lapse_case, miss_bookings, take_effect
from minqing.work.cases.commands.gate import DUE, refresh_due, repeat_due
from minqing.work.cases.models import Case, Link, Withdrawal
from minqing.work.cases.rules import CaseState
from minqing.work.duties.queries import open_duties
from minqing.work.intake.queries import demand_lines

CHUNK = 500


def lapse(at: datetime) -> int:
    """期满生效: thirty days after service without a request, the answer stands. Every hour."""
    served = Case.objects.filter(state__in=[CaseState.SERVED, CaseState.REVIEW_SERVED])
    ids = list(
        served.filter(due_at__lt=at, merged_into__isnull=True)
        .order_by("due_at", "id")
        .values_list("pk", flat=True)[:CHUNK]
    )
    return sum(lapse_case(case_id=pk, at=at) for pk in ids)


def withdraw(at: datetime) -> int:
    """Withdrawals whose seven days are over and whose caller found the person free. Every hour."""
    ripe = Withdrawal.objects.filter(
        free=True, effective_at__lte=at, done_at__isnull=True, undone_at__isnull=True
    )
    done = 0
    for pk in ripe.order_by("effective_at", "id").values_list("pk", flat=True)[:CHUNK]:
        try:
            take_effect(withdrawal_id=pk, at=at)
        except Refusal:
            continue  # undone in this very moment
        done += 1
    return done


def miss(at: datetime) -> int:
    """After a reception day the seats nobody took are marked; it counts against nobody."""
    return miss_bookings(at=at)


def follow_duties(fact: Happened) -> None:
    """Reaction to `duty.recomputed`: the case repeats its nearest day again."""
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",), no_key=True).filter(pk=fact.about_id).first()
        if case is not None:
            refresh_due(case)
            case.save(update_fields=DUE)


def mend_due(at: datetime) -> int:
    """Nightly: cases whose repeated day differs from their nearest duty, or that name another as owing it, are set right; answers how many were."""
    mended, after = 0, None
    while True:
        rows = Case.objects.filter(due_at__isnull=False).order_by("id")
        chunk = list((rows.filter(pk__gt=after) if after else rows)[:CHUNK])
        if not chunk:
            return mended
        owed = open_duties(case.pk for case in chunk)
        for case in chunk:
            was = case.due_at
            if repeat_due(case, owed.get(case.pk, [])):
                new = {field: getattr(case, field) for field in DUE}
                mended += Case.objects.filter(pk=case.pk, due_at=was).update(**new)
        after = chunk[-1].pk


def put_in_search(fact: Happened) -> None:
    """Reaction to `case.opened`, `case.joined`: the case is found by its title, number and first words."""
    case = Case.objects.filter(pk=fact.about_id).first()
    if case is None:
        return
    links = (
        Link.objects.filter(case=case, left_at__isnull=True)
        .order_by("joined_at", "id")
        .values_list("demand_id", flat=True)[:30]
    )
    words = "\n".join(line.text for line in demand_lines(links).values())
    put_many([
        Findable(
            id=case.pk, kind="case", title=f"{case.number} {case.title}", text=words, created_at=case.registered_at,
            place_path=case.place_path, status=case.state,
        )
    ])  # fmt: skip
