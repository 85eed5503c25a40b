"""What stands round every page of the desk: the rail of queues, what is due today, and who is signed in."""

import time
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from minqing.charter import Actor, Role, Verb
from minqing.doors.desk.acted import last_act
from minqing.doors.parts.web import actor_of, answer
from minqing.doors.parts.words import in_english
from minqing.ground.law.queries import now, today
from minqing.ground.offices.queries import account_names, names_of
from minqing.ground.people.queries import accesses_waiting, alarms_open
from minqing.means.notify.queries import unseen_count
from minqing.work.cases.queries import QUEUES, queues
from minqing.work.intake.queries import waiting_count
from minqing.work.judgement.queries import waiting_callbacks
from minqing.work.visits.queries import has_pairs

HOME: dict[Role, str] = {
    Role.DISPATCHER: "waiting", Role.OPERATOR: "demand-register", Role.REGISTRAR: "waiting", Role.LEADER: "leader",
    Role.CALLBACK: "callbacks", Role.RECEPTION: "receptions", Role.SYSADMIN: "accounts", Role.SECADMIN: "law",
    Role.AUDITOR: "looks", Role.DISCIPLINE: "small-county", Role.ORGANISATION: "small-county",
    Role.NPC: "small-county", Role.DEPUTY: "quick",
}  # fmt: skip
KEPT_S = 15


def home_of(by: Actor) -> str:
    """The page a role starts on."""
    return next((HOME[seat.role] for seat in by.seats if seat.role in HOME), "worklist")


def link(
    request: HttpRequest, name: str, label: Any, count: int | None = None, *, query: str = ""
) -> dict[str, Any]:
    url = reverse(name)
    queue = request.GET.get("queue", "")
    here = request.path == url and (query == f"queue={queue}" if query else not queue)
    return {"label": label, "url": url + (f"?{query}" if query else ""), "count": count, "here": here}


def rail(request: HttpRequest, by: Actor, n: dict[str, int]) -> list[dict[str, Any]]:
    """Only the queues this actor has a verb for; `n` are their numbers, which stop at 1000."""
    first: list[dict[str, Any]] = []
    if by.may(Verb.DEMAND_SORT) or by.may(Verb.DEMAND_TRANSCRIBE):
        first.append(link(request, "waiting", _("等待分办"), n["waiting"]))
    if by.may(Verb.DEMAND_REGISTER):
        first.append(link(request, "demand-register", _("登记一件")))
    if by.may(Verb.DEMAND_FIND):
        first.append(link(request, "demand-find", _("帮人找回回执")))
    groups = [{"title": "", "queues": first}] if first else []
    if by.may(Verb.CASE_VIEW):
        lines = [
            link(request, "worklist", _(label), n[key], query=urlencode({"queue": key}))
            for key, label, verb in QUEUES
            if by.may(verb)
        ]
        groups.append({"title": _("事项"), "queues": [link(request, "worklist", _("全部在办")), *lines]})
    if by.may(Verb.DEMAND_REGISTER):
        first.append(link(request, "quick", _("刚接到一个电话")))
    if by.may(Verb.DEMAND_TRANSCRIBE):
        first.append(link(request, "scans", _("来信扫描件"), n["scans"]))
    more: list[dict[str, Any]] = [
        link(request, "notices", _("给我的消息"), unseen_count(by.account_id) if by.account_id else None)
    ]
    if by.may(Verb.CALLBACK_WORK):
        more.append(link(request, "callbacks", _("待回访"), n["callbacks"]))
    if by.may(Verb.CASE_CONFIRM_WITHDRAWAL):
        more.append(link(request, "withdrawals", _("核实撤回")))
    if by.may(Verb.RECEPTION_PLAN) or by.may(Verb.RECEPTION_HOLD):
        more.append(link(request, "receptions", _("领导接访")))
    if Role.VILLAGE_CADRE in by.roles or n.get("pairs"):
        more.append(link(request, "pairs", _("我结对的户")))
    if by.may(Verb.LATE_VIEW):
        more.append(link(request, "leader", _("看超期")))
    if by.may(Verb.FAILURE_VIEW) and by.may(Verb.CONTACT_OPEN):
        more.append(link(request, "messages-by-people", _("要打的电话和要寄的信")))
    if by.may(Verb.FAILURE_VIEW):
        more.append(link(request, "failures", _("没送到的和没做完的")))
    if by.may(Verb.ERASURE_AGREE):
        more.append(link(request, "erasures", _("等待删除的")))
    if by.may(Verb.ACCOUNT_EDIT):
        more.append(link(request, "accounts", _("账号")))
    if by.may(Verb.ACCESS_ASK) or by.may(Verb.ACCESS_APPROVE) or by.may(Verb.LOOK_VIEW):
        more.append(link(request, "accesses", _("看身份的申请"), n.get("accesses")))
    if by.may(Verb.LOOK_SETTLE) or by.may(Verb.LOOK_VIEW):
        more.append(link(request, "look-alarms", _("要问一问的查看"), n.get("alarms")))
    if by.may(Verb.LOOK_VIEW):
        more.append(link(request, "looks", _("谁看过身份")))
    more.append(link(request, "offices", _("单位和岗位")))
    more.append(link(request, "law", _("期限和放假安排")))
    more.append(link(request, "small-county", _("谁每周要做什么")))
    return [*groups, {"title": _("其他"), "queues": more}]


def desk(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    by = actor_of(request)
    seat = by.seats[0] if by.seats else None
    office = names_of({seat.office_id}).get(seat.office_id, ("", "")) if seat else ("", "")
    n = numbers(request, by)
    me = {
        "name": account_names({by.account_id}, english=in_english()).get(by.account_id, "")
        if by.account_id
        else "",
        "post": _(seat.role.label) if seat else _("没有在任的岗位"),
        "office": (office[1] or office[0]) if in_english() else office[0],
        "places": [],
    }
    return answer(
        request, template, status=status, rail=rail(request, by, n), me=me, today=today(),
        due_today={
            "due": n["today"], "url": reverse("worklist") + "?queue=today", "late": n["late"], "late_url": reverse("worklist") + "?queue=late",
        } if "today" in n else None, **context,
    )  # fmt: skip


def numbers(request: HttpRequest, by: Actor) -> dict[str, int]:
    """What waits in each queue and what is due: kept some seconds, but never from before this person's own last act."""
    key, at = f"desk.numbers:{by.account_id}", time.time()
    kept = cache.get(key)
    if kept is None or kept["at"] <= last_act(request):
        kept = {"at": at, "n": _counted(by)}
        cache.set(key, kept, KEPT_S)
    return dict(kept["n"])


def _counted(by: Actor) -> dict[str, int]:
    n: dict[str, int] = {}
    if by.may(Verb.DEMAND_SORT) or by.may(Verb.DEMAND_TRANSCRIBE):
        n["waiting"] = waiting_count(by)
    if by.may(Verb.DEMAND_TRANSCRIBE):
        n["scans"] = waiting_count(by, state="unread")
    if by.may(Verb.CALLBACK_WORK):
        n["callbacks"] = waiting_callbacks(by)
    if by.may(Verb.CASE_VIEW):
        n |= {queue.key: queue.n + queue.capped for queue in queues(by)}
    if by.may(Verb.ACCESS_APPROVE):
        n["accesses"] = accesses_waiting(by, now=now())
    if by.may(Verb.LOOK_SETTLE):
        n["alarms"] = alarms_open()
    if by.may(Verb.PAIR_VIEW):
        n["pairs"] = int(has_pairs(by))
    return n
