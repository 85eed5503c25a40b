"""POST demands: one word of a person, from another system or without any account."""

from datetime import date
from functools import lru_cache
from typing import Any, Literal
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from ninja import Router, Schema
from pydantic import BaseModel, ConfigDict, Field

from minqing.charter import Actor
from minqing.doors.api.callers import answer_once, caller_of, sender_of
from minqing.doors.parts.vouchers import promise_for, with_proof
from minqing.doors.parts.words import day
from minqing.ground.law.queries import now
from minqing.ground.people.rules import ReplyBy
from minqing.ground.places.rules import CODE
from minqing.kernel.errors import NotAllowed
from minqing.work.intake.commands import register_demand
from minqing.work.intake.rules import Alarm, Anonymity, Channel, ClockLine, Kind, Registered, Said

router = Router(tags=["demands"])
BY_STAFF = frozenset({Channel.FIELD, Channel.ON_BEHALF, Channel.DEPUTY, Channel.OWN_PHONE})


class NewDemand(BaseModel):
    """Only `text` is needed. `place` is a 12-digit code or a name in words."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=100_000)
    place: str = ""
    title: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    anonymity: Literal["named", "confidential", "anonymous"] = "named"
    channel: Literal[
        "web", "phone", "letter", "in_person", "email", "field", "on_behalf", "deputy", "own_phone", "api"
    ] = "api"
    kind: Literal["ask", "help", "complaint", "suggestion", "report", "praise"] = "help"
    reply_by: Literal["online", "sms", "email", "phone", "letter", "in_person"] = "online"
    lang: str = Field("", pattern=r"^$|^([zZ][hH]|[eE][nN])([-_][A-Za-z0-9]+)*$")


class ClockOut(Schema):
    key: str
    from_: str = Field(alias="from")
    statutory: str
    due: str
    provisional: bool
    basis: str
    explanation: str


class NextOut(Schema):
    key: str
    text: str


class RegisteredOut(Schema):
    """`receipt` is told once: the same Idempotency-Key again answers null and `note`.

    `receipt_promise` is the county's signed note that the word will be in its log within a day."""

    receipt: str | None
    verify_no: str
    receipt_promise: str | None
    clocks: list[ClockOut]
    next: list[NextOut]
    note: str | None = None


@router.post(
    "/demands", operation_id="demand-register", summary="Register a demand", url_name="api-demand-register",
    response={201: RegisteredOut},
)  # fmt: skip
def demand_register(request: HttpRequest, payload: NewDemand) -> HttpResponse:
    by = caller_of(request)
    said = said_of(request, payload, by)

    def run() -> dict[str, Any]:
        return registered(register_demand(by=by, said=said, at=now()), said.lang)

    return answer_once(request, by, run, status=201, secrets=("receipt", "receipt_promise"))


def said_of(request: HttpRequest, given: NewDemand, by: Actor) -> Said:
    channel = Channel(given.channel)
    if by.account_id is None and channel in BY_STAFF:
        raise NotAllowed()
    place = given.place.strip()
    coded = bool(CODE.match(place))
    return Said(
        text=given.text, title=given.title, place=place if coded else "", place_words="" if coded else place,
        name=given.name, phone=given.phone, email=given.email.strip(), anonymity=Anonymity(given.anonymity), channel=channel, kind=Kind(given.kind),
        reply_by=ReplyBy(given.reply_by), lang=language(given.lang or request.LANGUAGE_CODE),
        sender=sender_of(request, by) if by.account_id else "api", sender_key=uuid4().hex, accuses=given.kind == Kind.REPORT.value,
    )  # fmt: skip


def language(asked: str) -> str:
    return "en" if asked.lower().startswith("en") else "zh-hans"


def registered(done: Registered, lang: str) -> dict[str, Any]:
    return {
        "receipt": done.receipt or None,
        "verify_no": done.verify_no,
        "receipt_promise": promise_for(done.leaf, done.at) if with_proof() else None,
        "clocks": [clock(line) for line in done.clocks],
        "next": [{"key": key, "text": text} for key, text in steps(done.alarm, done.clocks[0].due, lang)],
    }


def clock(line: ClockLine) -> dict[str, Any]:
    return {
        "key": line.key, "from": line.from_.isoformat(), "statutory": line.statutory.isoformat(),
        "due": line.due.isoformat(), "provisional": line.provisional, "basis": line.basis, "explanation": line.explanation,
    }  # fmt: skip


@lru_cache(maxsize=256)
def steps(alarm: Alarm, due: date, lang: str) -> list[tuple[str, str]]:
    """What the person may do now, most urgent first, in the person's language."""
    with override(lang):
        return _steps(alarm, due)


def _steps(alarm: Alarm, due: date) -> list[tuple[str, str]]:
    urgent = {
        Alarm.LIFE: [("emergency", _("有危险请马上拨打110、119或120。"))],
        Alarm.DESPAIR: [
            (
                "emergency",
                _("您不是一个人。今天会有人打电话给您；急的话请拨打110或120，也可以拨打12356和人说说。"),
            )
        ],
        Alarm.NONE: [],
    }[alarm]
    return [
        *urgent,
        ("keep", _("请收好查询码，不要给别人看。")),
        ("wait", _("最迟{due}告诉您由谁来办。").format(due=day(due))),
        ("status", _("凭查询码随时可以看谁在办、到哪一步。")),
        ("verdict", _("答复以后，由您说解决了没有；没解决就重新办。")),
    ]
