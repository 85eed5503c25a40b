"""Timed work on cases: withdrawals that take effect, answers that nobody contested in time, seats nobody took."""

from datetime import datetime

from minqing.work.cases import commands
from minqing.work.cases.models import Case, Withdrawal
from minqing.work.cases.rules import CaseState

AT_A_TIME = 500


def take_effect(at: datetime) -> None:
    due = Withdrawal.objects.filter(
        effective_at__lte=at, called_at__isnull=False, free=True, done_at__isnull=True, undone_at__isnull=True
    )
    for withdrawal_id in due.order_by("effective_at", "id").values_list("pk", flat=True)[:AT_A_TIME]:
        commands.take_effect(withdrawal_id=withdrawal_id, at=at)


def lapse(at: datetime) -> None:
    served = (CaseState.SERVED, CaseState.REVIEW_SERVED)
    for case_id in Case.objects.filter(state__in=served, due_at__lt=at).order_by("due_at", "id").values_list("pk", flat=True)[:AT_A_TIME]:
        commands.lapse_case(case_id=case_id, at=at)


def miss_bookings(at: datetime) -> None:
    commands.miss_bookings(at=at)
