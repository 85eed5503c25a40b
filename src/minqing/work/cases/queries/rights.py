"""The right of review that a "not solved" leaves where it was (art. 35): thirty days from the day of service.

Working on a matter again is the office's duty, the organ above is the person's right; the one does not use up the other.
While the office works again, the days of the answer that was served run on, until they are over, the review has been
decided, or a new answer stands in its place.
"""

from dataclasses import replace
from uuid import UUID

from minqing.ground.law import queries as law
from minqing.means.documents.queries import documents_about
from minqing.methods.clock import day_of
from minqing.work.cases.models import Case, Hold, Reply
from minqing.work.cases.queries.gate import trail_of
from minqing.work.cases.rules import REVIEW_ASK, WORKING, CaseState, ReplyKind, Track
from minqing.work.duties.queries import duties_about
from minqing.work.duties.rules import DutyLine


def worked_again(case: Case) -> bool:
    """A petition that was answered and is being worked on again."""
    return (
        case.track == Track.PETITION
        and CaseState(case.state) in WORKING
        and case.reopened > 0
        and case.replied_at is not None
    )


def review_right(case: Case, person_id: UUID) -> DutyLine | None:
    """The days in which this person may still ask for a review of the answer they had before the case was taken up
    again, also when they are over by now; None when no answer was served to them or the review has been decided."""
    if not worked_again(case):
        return None
    trail = trail_of([case])[case.pk]
    if Hold.objects.filter(case_id__in=trail, how="review", answered_at__isnull=False).exists():
        return None
    answers = Reply.objects.filter(case_id__in=trail, document_id__isnull=False).exclude(
        kind__in=[ReplyKind.INTERIM, ReplyKind.ASSIST]
    )
    newest = answers.order_by("-at", "-id").first()
    if newest is None:
        return None
    papers = [line for line in documents_about(f"case:{pk}" for pk in trail) if line.id == newest.document_id]
    days = [one.on for line in papers for one in line.served if one.to_id == person_id]
    if not days:
        return None
    due = law.due(REVIEW_ASK, min(days))
    mine = DutyLine(
        id=case.pk, about_id=case.pk, rule=REVIEW_ASK, office_id=case.holder_id, from_on=min(days),
        statutory_on=day_of(due.statutory), due_at=due.sum.due_at, provisional=due.sum.provisional, met_at=None,
        rule_from=due.rule.valid_from,
    )  # fmt: skip
    # The window of a joint case closes thirty days after its last service: whoever had it keeps it.
    known = [
        replace(line, met_at=None)
        for lines in duties_about(trail).values()
        for line in lines
        if line.rule == REVIEW_ASK
    ]
    return max([mine, *known], key=lambda line: line.due_at)
