"""What staff do, for other systems: lists, one case, and one address for every act of the desk."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Any, Literal, get_type_hints
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import ConfigDict, create_model

from minqing.charter import Actor
from minqing.doors.api.callers import Token, answer_once, shape, told
from minqing.doors.parts import act_forms, acts
from minqing.doors.parts.acts import Act
from minqing.doors.parts.rows import RowsField
from minqing.ground.law.queries import now, today
from minqing.ground.people.commands import read_phone
from minqing.ground.people.queries import access_lines, alarms_for
from minqing.ground.people.rules import Contact
from minqing.ground.places.rules import CODE, path_of
from minqing.kernel.errors import BadField
from minqing.work.cases import commands as cases
from minqing.work.cases import queries
from minqing.work.cases.queries.lines import Filters
from minqing.work.erasing.queries import erasures_for
from minqing.work.intake.queries import Waiting, waiting
from minqing.work.judgement.queries import callback_list
from minqing.work.promises.queries import promises_about
from minqing.work.visits.queries import pair_lines

router = Router(tags=["staff"], auth=Token())


class ActIn(Schema):
    model_config = ConfigDict(extra="forbid")


def query_of(name: str, shape: type) -> type[Schema]:
    """The query of a list, made from the room's own filters, so that desk and API can never narrow differently."""
    kinds = get_type_hints(shape)
    asked: dict[str, Any] = {one.name: (kinds[one.name], one.default) for one in fields(shape)}
    return create_model(name, __base__=ActIn, **asked, after=(str, ""))


CaseFilters = query_of("CaseFilters", Filters)
WaitingFilters = query_of("WaitingFilters", Waiting)


def known(request: HttpRequest, only: Schema) -> dict[str, Any]:
    """The filters; one that does not exist is refused, since leaving it out would answer another question."""
    unknown = set(request.GET) - set(type(only).model_fields) - {"lang"}
    if unknown:
        raise BadField(fields={name: ["没有这个字段。"] for name in sorted(unknown)})
    return only.model_dump()


def path_in(place: str) -> str:
    """The branch of the tree that a place's code stands for; a branch is taken as it is."""
    return path_of(place) if CODE.match(place) else place


@router.get("/cases", operation_id="case-list", summary="The worklist", url_name="api-case-list")
def case_list(request: HttpRequest, only: Query[CaseFilters]) -> HttpResponse:  # type: ignore[valid-type]
    given = known(request, only)
    after, given["place"] = given.pop("after"), path_in(given["place"])
    page = queries.worklist(_by(request), Filters(**given), after=after or None)
    return told({"rows": shape(page.rows), "next": page.next, "count": page.n, "more": page.capped})


@router.get("/cases/{uuid:case_id}", operation_id="case-view", summary="One case", url_name="api-case-view")
def case_view(request: HttpRequest, case_id: UUID) -> HttpResponse:
    return told(shape(queries.case_page(_by(request), case_id)))


@router.get("/cases/{uuid:case_id}/promises", operation_id="promise-list", summary="Promises about a case",
            url_name="api-promise-list")  # fmt: skip
def promise_list(request: HttpRequest, case_id: UUID) -> HttpResponse:
    queries.case_for(_by(request), acts.V.CASE_VIEW, case_id)
    return told({"rows": shape(promises_about(f"case:{case_id}", today=today()))})


@router.get(
    "/demands/waiting",
    operation_id="demand-waiting",
    summary="The sorting table",
    url_name="api-demand-waiting",
)
def demand_waiting(request: HttpRequest, only: Query[WaitingFilters]) -> HttpResponse:  # type: ignore[valid-type]
    given = known(request, only)
    after, given["place_path"] = given.pop("after"), path_in(given["place_path"])
    page = waiting(_by(request), only=Waiting(**given), after=after)
    return told({"rows": shape(page.rows), "next": page.next or None, "count": page.count, "more": page.more})


@router.get(
    "/callbacks", operation_id="callback-list", summary="Calls that wait", url_name="api-callback-list"
)
def callback_waiting(request: HttpRequest) -> HttpResponse:
    """`call` numbers the households of this answer: lines with one number are one call. It says nothing anywhere else."""
    by = _by(request)
    by.must(acts.V.CALLBACK_WORK)
    lines = callback_list(by, today=now())
    calls = {home: n for n, home in enumerate(dict.fromkeys(one.household_id for one in lines), start=1)}
    rows = [shape(one) | {"call": calls[one.household_id]} for one in lines]
    return told({"rows": rows})


@router.get(
    "/withdrawals",
    operation_id="withdrawal-list",
    summary="Withdrawals to confirm",
    url_name="api-withdrawal-list",
)
def withdrawal_list(request: HttpRequest) -> HttpResponse:
    return told({"rows": shape(queries.withdrawals_for(_by(request)))})


@router.get(
    "/receptions", operation_id="reception-list", summary="Reception days", url_name="api-reception-list"
)
def reception_list(request: HttpRequest) -> HttpResponse:
    by = _by(request)
    return told({"rows": shape(queries.reception_days(since=today(), drafts=by.may(acts.V.RECEPTION_PLAN)))})


@router.get(
    "/receptions/{uuid:day_id}",
    operation_id="reception-view",
    summary="One reception day",
    url_name="api-reception-view",
)
def reception_view(request: HttpRequest, day_id: UUID) -> HttpResponse:
    by = _by(request)
    return told(
        {
            "day": shape(queries.reception_day(day_id)),
            "bookings": shape(queries.bookings_for(by, day_id, at=now())),
        }
    )


@router.get(
    "/accesses",
    operation_id="access-list",
    summary="Requests to open what one person alone may not open",
    url_name="api-access-list",
)
def access_list(request: HttpRequest) -> HttpResponse:
    """One's own, and those of other units for who may agree. No identity stands in them."""
    by = _by(request)
    if not by.may(acts.V.ACCESS_APPROVE) and not by.may(acts.V.ACCESS_ASK):
        by.must(acts.V.LOOK_VIEW)
    return told({"rows": shape(access_lines(by, now=now()))})


@router.get(
    "/looks/alarms", operation_id="look-alarms", summary="Looks worth a question", url_name="api-look-alarms"
)
def look_alarms(request: HttpRequest) -> HttpResponse:
    """By day, the newest first; never summed up by person."""
    return told({"rows": shape(alarms_for(_by(request))[0])})


@router.get(
    "/erasures", operation_id="erasure-list", summary="What waits to be erased", url_name="api-erasure-list"
)
def erasure_list(request: HttpRequest) -> HttpResponse:
    """Numbers and days; no name, no word."""
    return told({"rows": shape(erasures_for(_by(request)))})


@router.get(
    "/pairs", operation_id="pair-list", summary="One's own paired households", url_name="api-pair-list"
)
def pair_list(request: HttpRequest) -> HttpResponse:
    return told({"rows": shape(pair_lines(_by(request), today=today()))})


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


# One address for each row of doors/parts/acts.py


def kind_of(field: forms.Field) -> Any:
    """The type that the schema shows and checks for a field of a form."""
    match field:
        case RowsField():
            return list[dict[str, Any]]
        case act_forms.IdsField() | forms.MultipleChoiceField():
            return list[UUID]
        case forms.NullBooleanField():
            return bool | None
        case forms.BooleanField():
            return bool
        case forms.IntegerField():
            return int
        case forms.UUIDField():
            return UUID
        case forms.DateField():
            return date
        case forms.ChoiceField():
            values = tuple(str(value) for value, _ in list(field.choices) if value != "")  # type: ignore[arg-type]
            return Literal[values]
        case _:
            return str


def body_of(act: Act) -> type[Schema]:
    """The body of an act, made from its form, so that desk and API can never ask for different things."""
    fields: dict[str, Any] = {}
    for name, field in act.form().fields.items():
        if isinstance(field, forms.FileField):  # files come in through the desk only
            continue
        kind = kind_of(field)
        needed = field.required and field.initial is None and not isinstance(field, forms.BooleanField)
        fields[name] = (kind, ...) if needed else (kind | None, None)
    parts = act.command.__name__.split("_")
    return create_model("".join(part.title() for part in parts) + "In", __base__=ActIn, **fields)


def form_of(act: Act, body: Schema) -> Any:
    """The same form a page would post; what is not said takes the form's first choice."""
    given = {name: value for name, value in body.model_dump(mode="json").items() if value is not None}
    first = {
        name: str(field.initial)
        for name, field in act.form.base_fields.items()
        if field.initial is not None and name not in given
    }
    return act.form(first | given)


def add(act: Act, path: str, prefix: str) -> None:
    body_type = body_of(act)

    def done(request: HttpRequest, payload: Any, target: UUID | None) -> HttpResponse:
        def run() -> dict[str, Any]:
            return result(
                acts.do(
                    act, by=_by(request), at=now(), target=target, form=form_of(act, payload or body_type())
                )
            )

        return answer_once(request, _by(request), run)

    view: Callable[..., HttpResponse]
    if act.target:

        def view(request: HttpRequest, target: UUID, payload: body_type | None = None) -> HttpResponse:  # type: ignore[valid-type]
            return done(request, payload, target)
    else:

        def view(request: HttpRequest, payload: body_type | None = None) -> HttpResponse:  # type: ignore[valid-type]
            return done(request, payload, None)

    router.post(
        path, operation_id=f"{prefix}-{act.name}", summary=f"{act.verb}: {act.command.__name__}",
        description=(act.command.__doc__ or "").strip().split("\n")[0], url_name=f"api-{prefix}-{act.name}",
    )(view)  # fmt: skip


def result(done: Any) -> dict[str, Any]:
    """What an act tells: ids and the new state, no identity."""
    told: dict[str, Any] = {"done": True}
    if isinstance(done, UUID):
        return told | {"id": str(done)}
    if isinstance(done, cases.Bulk):
        return told | {
            "done_ids": shape(done.done),
            "refused": [{"id": str(pk), "code": why.code, "detail": str(why)} for pk, why in done.refused],
        }
    if isinstance(done, list):
        return told | {"rows": [result(one) for one in done]}
    if isinstance(done, int) and not isinstance(done, bool):
        return told | {"n": done}
    for name in ("id", "state", "due_at", "number"):
        if hasattr(done, name):
            told[name] = shape(getattr(done, name))
    return told


for _act in acts.CASE_ACTS:
    add(_act, "/cases/{uuid:target}/" + _act.name, "case")
for _act in acts.DEMAND_ACTS:
    add(_act, "/demands/{uuid:target}/" + _act.name, "demand")
for _act in acts.MEDIATION_ACTS:
    add(_act, "/mediations/{uuid:target}/" + _act.name, "mediation")
for _act in acts.PROMISE_ACTS:
    add(_act, "/promises/{uuid:target}/" + _act.name, "promise")
for _act in acts.DAY_ACTS:
    add(_act, "/receptions/{uuid:target}/" + _act.name, "reception")
for _act in acts.BOOKING_ACTS:
    add(_act, "/bookings/{uuid:target}/" + _act.name, "booking")
for _act in acts.PAIR_ACTS:
    add(_act, "/pairs/{uuid:target}/" + _act.name, "pair")
for _act in acts.ACCESS_ACTS:
    add(_act, "/accesses/{uuid:target}/" + _act.name, "access")
add(acts.ASK_ACCESS, "/cases/{uuid:target}/ask-access", "access")
add(acts.SETTLE_LOOK, "/looks/alarms/{uuid:target}/settle", "look")
add(acts.AGREE_ERASURE, "/erasures/{uuid:target}/agree", "erasure")
add(acts.REFUSE_PAIRS, "/pairs/refuse", "pairs")
add(acts.CONFIRM_WITHDRAWAL, "/withdrawals/{uuid:target}/confirm", "withdrawal")
add(acts.PLAN_DAY, "/receptions", "reception")
add(acts.MAKE_PROMISE, "/promises", "promise")
add(acts.BULK_ASSIGN, "/cases/bulk-assign", "cases")


class CallbackIn(Schema):
    model_config = ConfigDict(extra="forbid")
    act: Literal["reach", "miss", "give-up", "refuse"]
    solved: Literal["yes", "partly", "no"] | None = None
    explained: Literal["yes", "no"] | None = None
    words: str = ""


@router.post("/callbacks/{uuid:callback_id}/work", operation_id="callback-work", summary="What came of a call",
             url_name="api-callback-work")  # fmt: skip
def callback_work(request: HttpRequest, callback_id: UUID, payload: CallbackIn) -> HttpResponse:
    """A "not solved" said on the telephone reopens the case like the person's own tap."""
    by = _by(request)

    def run() -> dict[str, Any]:
        _, reopened = cases.work_callback(
            by=by, callback_id=callback_id, at=now(), **payload.model_dump(exclude_none=True)
        )
        return {"done": True, "reopened": reopened}

    return answer_once(request, by, run)


class WalkInIn(ActIn):
    name: str = ""
    phone: str = ""
    demand_id: UUID | None = None
    n_people: int = 1


@router.post("/receptions/{uuid:day_id}/walk-in", operation_id="reception-walk-in", summary="A number at the counter",
             url_name="api-reception-walk-in", response={201: dict[str, Any]})  # fmt: skip
def reception_walk_in(request: HttpRequest, day_id: UUID, payload: WalkInIn | None = None) -> HttpResponse:
    by, given = _by(request), payload or WalkInIn()
    contact = Contact(name=given.name.strip(), phone=read_phone(given.phone))

    def run() -> dict[str, Any]:
        booked = cases.queue_walk_in(
            by=by, day_id=day_id, at=now(), contact=None if contact.empty() else contact, demand_id=given.demand_id,
            n_people=given.n_people,
        )  # fmt: skip
        return {"done": True, "id": str(booked.booking_id), "queue_no": booked.queue_no}

    return answer_once(request, by, run, status=201)
