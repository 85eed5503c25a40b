"""送达: the paper came into a person's hands on a day. Each voice of a joint case has a day of its own."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Verb
from minqing.ground.offices.queries import office
from minqing.kernel.errors import NotFound
from minqing.means.documents.commands import serve_document
from minqing.means.documents.queries import DocumentLine, documents_about
from minqing.means.documents.rules import Way
from minqing.work.cases.commands import papers
from minqing.work.cases.commands.answering import ask_each
from minqing.work.cases.commands.gate import finish, keep, put_down, take, turn, voices
from minqing.work.cases.models import Case, Hold, Link, Reply
from minqing.work.cases.queries.gate import sits_in
from minqing.work.cases.rules import MACHINES, CaseState, NotHolder, NotYourVoice, Track
from minqing.work.intake.queries import demand_lines

S = CaseState


@transaction.atomic
def serve_case(
    *, by: Actor, case_id: UUID, at: datetime, way: Way | str, on: date, document_id: UUID | None = None,
    demand_id: UUID | None = None, consent: bool = False, receipt: str = "", seen: int | None = None,
) -> Case:  # fmt: skip
    """Put down a service: to one voice, or to all who have not got the paper yet. Without `document_id`: the newest answer.

    Each person's own right of review begins with their own day; the case moves on when the last of them has the paper,
    and its window closes thirty days after that, so that nobody's is shorter. Reading aloud is a courtesy only.
    """
    case = take(by, Verb.CASE_SERVE, case_id, seen)
    paths = [case.holder_path, office(case.first_holder_id).path]
    paths += Hold.objects.filter(case=case, how__in=["review", "rereview"]).values_list(
        "office__path", flat=True
    )
    if not any(sits_in(by, Verb.CASE_SERVE, path) for path in paths):
        raise NotHolder()
    known = {line.id: line for line in documents_about(f"case:{pk}" for pk in papers.trail(case))}
    answer = answer_paper(case)
    paper = known.get(document_id or answer or case.pk)
    if paper is None:
        raise NotFound()
    links = voices(case)
    chosen = [link for link in links if demand_id in {None, link.demand_id}]
    if not chosen:
        raise NotYourVoice()
    people = people_of(chosen)
    without = {person for person in people if person not in served_to(paper)}
    for person_id in sorted(without or people):  # to whom it was served before: refused by its own rule
        serve_document(
            by_id=by.account_id, document_id=paper.id, way=Way(way), on=on, at=at, consent=consent,
            to_id=person_id, receipt=receipt,
        )  # fmt: skip
    moved = paper.id == answer and move_on(case, at=at)
    only = {"demand_id": demand_id} if demand_id and len(links) > 1 else {}
    put_down(
        case, "case.served", by=by, at=at, document_id=paper.id, way=Way(way), on=on, due=case.due_at, **only
    )
    if moved and S(case.state) is S.TERMINATED:
        put_down(case, "case.terminated", by=by, at=at)
    return case


def move_on(case: Case, *, at: datetime) -> bool:
    """The case is served when every voice in it has the newest answer; also when the last one without it has gone."""
    answer = answer_paper(case)
    if answer is None or not MACHINES[Track(case.track)].may(S(case.state), "serve"):
        return False
    days = served_to(next(line for line in documents_about(papers.about(case)) if line.id == answer))
    people = people_of(voices(case))
    if not people or not people <= set(days):
        return False
    turn(case, "serve", at=at, from_=max(days[person] for person in people))
    if S(case.state) is S.TERMINATED:
        finish(case, at=at)
    keep(case)
    ask_each(case, at=at)
    return True


def answer_paper(case: Case) -> UUID | None:
    """The paper of the newest answer given in this case."""
    newest = Reply.objects.filter(case=case, document_id__isnull=False).order_by("-at", "-id").first()
    return newest.document_id if newest else None


def has_answer(case: Case, link: Link) -> bool:
    """Whether this voice has the newest answer in hand, whatever the others have."""
    answer = answer_paper(case)
    papers_here = [line for line in documents_about(papers.about(case)) if line.id == answer]
    return any(people_of([link]) <= set(served_to(line)) for line in papers_here)


def served_to(paper: DocumentLine) -> dict[UUID, date]:
    return {one.to_id: one.on for one in paper.served if one.to_id is not None}


def people_of(links: list[Link]) -> set[UUID]:
    return {line.person_id for line in demand_lines(link.demand_id for link in links).values()}
