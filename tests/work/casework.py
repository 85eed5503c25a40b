"""A case in any state, made by the acts themselves, and what is owed for it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from makers import AT, CHINA, County, register
from minqing.charter import Actor
from minqing.work.cases import commands as cases
from minqing.work.cases import jobs
from minqing.work.cases.models import Case, Hold, Link
from minqing.work.cases.rules import Category, Grade, ReplyKind, Track
from minqing.work.duties.queries import duties_about
from minqing.work.intake.models import Demand

OPINION = {
    "request": "恢复供水。", "facts": "三组主管爆裂。", "reasons": "管道老化，经查属实。", "basis": "《城市供水条例》第二十一条",
    "remedy": "棠川县人民政府",
}  # fmt: skip


def resident(demand_id: UUID) -> Actor:
    return cases.resident_of(demand_id)


def opened(county: County, *, track: Track = Track.PETITION, at: datetime = AT, **more: Any) -> Case:
    """A registered case of a fresh demand, held by the petition desk."""
    demand = (
        more.pop("demand_id", None)
        or register(more.pop("text", "上湾村三组的自来水停了两天。"), at=at).demand_id
    )
    values: dict[str, Any] = {
        "title": "三组停水", "category": Category.CLAIM, "grade": Grade.HELP, "matter": ""
    } | more  # fmt: skip
    return cases.open_case(by=county["dispatcher"], at=at, demand_id=demand, track=track, **values)


def forwarded(county: County, *, office: str = "water", at: datetime = AT, **more: Any) -> Case:
    case = opened(county, at=at, **more)
    return cases.forward_case(
        by=county["dispatcher"], case_id=case.pk, at=at, office_id=county.offices[office]
    )


def accepted(county: County, *, at: datetime = AT, **more: Any) -> Case:
    case = forwarded(county, at=at, **more)
    return cases.accept_case(by=county["handler"], case_id=case.pk, at=at)


def replied(county: County, *, at: datetime = AT, **more: Any) -> Case:
    case = accepted(county, at=at, **more)
    return answer(county, case, at=at)


def answer(county: County, case: Case, *, at: datetime = AT) -> Case:
    said = OPINION if case.track == Track.PETITION else {}
    return cases.reply_case(
        by=county["handler"],
        case_id=case.pk,
        at=at,
        kind=ReplyKind.ANSWER,
        outcome="support",
        text="三日内修好。",
        **said,
    )


def served(county: County, *, at: datetime = AT, **more: Any) -> Case:
    case = replied(county, at=at, **more)
    return cases.serve_case(
        by=county["handler"], case_id=case.pk, at=at, way="by_hand", on=at.astimezone(CHINA).date()
    )


def reviewing(county: County, *, at: datetime = AT) -> Case:
    case = served(county, at=at)
    return cases.ask_review(by=resident(voice(case)), case_id=case.pk, at=at, reason="不同意。")


def reviewed(county: County, *, at: datetime = AT) -> Case:
    case = reviewing(county, at=at)
    return cases.review_case(
        by=county["leader"], case_id=case.pk, at=at, outcome="support", text="维持。", reasons="事实清楚。", basis="《信访工作条例》第三十五条",
        remedy="市级主管部门",
    )  # fmt: skip


def review_served(county: County, *, at: datetime = AT) -> Case:
    case = reviewed(county, at=at)
    return cases.serve_case(
        by=county["dispatcher"], case_id=case.pk, at=at, way="post", on=at.astimezone(CHINA).date()
    )


def voice(case: Case) -> UUID:
    return Link.objects.filter(case=case, left_at__isnull=True).order_by("joined_at", "id")[0].demand_id


def take_back(county: County, case: Case, demand_id: UUID) -> None:
    """A neighbour's word joins the case and is taken back as it must be: seven days and an outsider's call."""
    cases.join_demand(by=county["dispatcher"], demand_id=demand_id, case_id=case.pk, at=AT, reason="同一处。")
    asked = cases.ask_withdrawal(by=resident(demand_id), case_id=case.pk, at=AT)
    cases.confirm_withdrawal(by=county["callback"], withdrawal_id=asked.pk, free=True, at=later(1))
    assert jobs.withdraw(later(8)) == 1


def owed(about: UUID) -> dict[str, str]:
    """Open duties: rule → last day."""
    lines = duties_about([about]).get(about, [])
    return {
        line.rule: line.due_at.astimezone(CHINA).date().isoformat() for line in lines if line.met_at is None
    }


def later(days: int = 0, hours: int = 0) -> datetime:
    return AT + timedelta(days=days, hours=hours)


def on(day: str, hour: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), CHINA) + timedelta(hours=hour)


def picture(*subjects: UUID) -> dict[str, Any]:
    """Everything about cases and words that joining must leave as it found it."""
    cases_now = {
        case.pk: (
            case.state,
            case.holder_id,
            case.due_at,
            case.due_from,
            case.n_voices,
            case.n_confirmed,
            case.merged_into_id,
        )
        for case in Case.objects.filter(pk__in=subjects)
    }
    links = {
        (link.case_id, link.demand_id, link.part, link.confirmed_at)
        for link in Link.objects.filter(left_at__isnull=True)
        if link.case_id in subjects or link.demand_id in subjects
    }
    clocks = {
        about: sorted((line.rule, line.office_id, line.due_at) for line in lines if line.met_at is None)
        for about, lines in duties_about(subjects).items()
    }
    holds = set(Hold.objects.filter(case_id__in=subjects).values_list("case_id", "office_id", "state"))
    words = dict(Demand.objects.filter(pk__in=subjects).values_list("pk", "state"))
    return {
        "words": words,
        "cases": cases_now,
        "links": links,
        "clocks": {k: v for k, v in clocks.items() if v},
        "holds": holds,
    }


Step = Callable[[County], Case]
