"""POST slips, status and verdicts: what the holder of a query code may do. The code stands in the body only."""

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from minqing.charter import Actor
from minqing.doors.api.callers import answer_once, caller_of, shape, told
from minqing.doors.api.demands import ClockOut, language
from minqing.doors.parts.slips import promised
from minqing.doors.parts.tries import opened_by
from minqing.doors.parts.vouchers import voucher_file, voucher_of
from minqing.ground.law import queries as law
from minqing.ground.law.rules import UnknownRule
from minqing.kernel.errors import Refusal
from minqing.means.documents.queries import Slip, render_slip_html, render_slip_pdf
from minqing.work.cases import commands as cases
from minqing.work.cases.queries.lines import ClockLine
from minqing.work.cases.queries.sealed import status_of_sealed
from minqing.work.cases.queries.status import status_of
from minqing.work.cases.queries.told import Status
from minqing.work.cases.rules import NothingTakenBack
from minqing.work.erasing import commands as erasing
from minqing.work.erasing.rules import NothingAsked, StillOpen
from minqing.work.intake.queries import Opened, clock_of

router = Router(tags=["receipts"])


class NothingToJudge(Refusal):
    code, status, text = "verdict.too-early", 409, "还没有答复，暂时不能评价。有话想说，可以拨打热线。"


class ReceiptIn(Schema):
    model_config = ConfigDict(extra="forbid")
    receipt: str = Field(max_length=200)


class StatusIn(ReceiptIn):
    word: str = Field("", max_length=50)


class VerdictIn(ReceiptIn):
    solved: Literal["yes", "partly", "no"]
    explained: Literal["yes", "no"]
    words: str = Field("", max_length=20_000)


class HolderOut(Schema):
    office: str
    since: str
    until: str | None


class StepOut(Schema):
    at: str
    text: str


class PaperOut(Schema):
    title: str
    verify_no: str


class StatusOut(Schema):
    """`texts` (replies and talk) only for the code together with the right word."""

    state: str
    state_text: str
    holder: HolderOut
    clocks: list[ClockOut]
    timeline: list[StepOut]
    documents: list[PaperOut]
    acts: list[str]
    verify_no: str
    texts: dict[str, Any] | None = None


class GivenOut(Schema):
    version: int
    reopened: bool


def opened_status(opened: Opened, lang: str) -> Status:
    """One shape whatever is behind the code."""
    if opened.demand_id is None:
        return status_of_sealed(registered_at=opened.registered_at, arrived_on=opened.arrived_on, lang=lang)
    return status_of(opened.demand_id, lang)


@router.post(
    "/slips",
    operation_id="slip-print",
    summary="The slip, HTML, PDF or JSON by Accept",
    url_name="api-slip-print",
)
def slip_print(request: HttpRequest, payload: ReceiptIn) -> HttpResponse:
    """As JSON it is the file {"receipt_promise", "tlog_proof", "checkpoint"} that verify.py reads."""
    opened, _shut = opened_by(request, payload.receipt)
    lang, accepted = language(request.LANGUAGE_CODE), request.headers.get("Accept", "")
    voucher = voucher_of(opened.leaf, opened.registered_at)
    if "application/json" in accepted:
        return voucher_file(voucher, opened.verify_no)
    found, first = opened_status(opened, lang), clock_of(opened.arrived_on, lang)
    running = [one for one in found.clocks if one.met_at is None]
    open_clock = next((one for one in running if one.due_at == found.holder.until), next(iter(running), None))
    slip = Slip(
        code="".join(payload.receipt.split()), verify_no=opened.verify_no, registered_at=opened.registered_at,
        holder=found.holder.office, due=open_clock.due if open_clock else first.due,
        due_what=open_clock.name if open_clock else "",
        due_why=open_clock.words if open_clock else first.explanation,
        provisional=open_clock.provisional if open_clock else first.provisional, word_chosen=opened.has_word, lang=lang,
        promised=promised(voucher),
    )  # fmt: skip
    if "application/pdf" in accepted:
        response = HttpResponse(render_slip_pdf(slip), content_type="application/pdf")
        response["Content-Disposition"] = 'inline; filename="slip.pdf"'
    else:
        response = HttpResponse(render_slip_html(slip), content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


@router.post(
    "/status",
    operation_id="status-view",
    summary="Who has it, until when, and why",
    url_name="api-status-view",
    response=StatusOut,
)
def status_view(request: HttpRequest, payload: StatusIn) -> HttpResponse:
    opened, _shut = opened_by(request, payload.receipt, payload.word)
    lang = language(request.LANGUAGE_CODE)
    found = opened_status(opened, lang)
    answer: dict[str, Any] = {
        "state": found.state,
        "state_text": found.state_text,
        "holder": shape(found.holder),
        "clocks": [clock(line, lang) for line in found.clocks],
        "timeline": [{"at": shape(one.at), "text": one.text} for one in found.timeline],
        "documents": [{"title": paper.title, "verify_no": paper.verify_no} for paper in found.documents],
        "acts": found.acts,
        "verify_no": opened.verify_no,
    }
    if opened.word_ok:
        answer["texts"] = {
            "replies": [
                {"office": one.office_en if lang == "en" and one.office_en else one.office, "text": one.text, "at": shape(one.at)}
                for part in found.parts for one in part.replies
            ],
            "talk": [{"side": str(one.side), "text": one.text, "at": shape(one.at)} for one in found.talk],
        }  # fmt: skip
    return told(answer)


def clock(line: ClockLine, lang: str) -> dict[str, Any]:
    try:
        basis = law.rule(line.key, line.from_).basis(lang)
    except UnknownRule:
        basis = ""
    return {
        "key": line.key, "name": line.name, "office": line.office, "from": shape(line.from_), "statutory": shape(line.statutory),
        "due": shape(line.due), "provisional": line.provisional, "basis": basis, "explanation": line.words,
        "light": str(line.light), "met_at": shape(line.met_at),
    }  # fmt: skip


@router.post(
    "/verdicts",
    operation_id="verdict-give",
    summary="Was it solved, was it explained",
    url_name="api-verdict-give",
    response={201: GivenOut},
)
def verdict_give(request: HttpRequest, payload: VerdictIn) -> HttpResponse:
    opened, _shut = opened_by(request, payload.receipt)
    lang = language(request.LANGUAGE_CODE)

    def run() -> dict[str, Any]:
        parts = opened_status(opened, lang).parts
        if opened.demand_id is None or not parts:
            raise NothingToJudge()
        by, at = Actor(account_id=None, demand_id=opened.demand_id), law.now()
        given = [
            cases.give_verdict(
                by=by,
                case_id=part.case_id,
                at=at,
                solved=payload.solved,
                explained=payload.explained,
                words=payload.words,
            )
            for part in parts
            if "say" in part.acts and (len(parts) == 1 or part.replies)
        ]
        if not given:
            raise NothingToJudge()
        return {"version": max(version for version, _ in given), "reopened": any(again for _, again in given)}

    return answer_once(request, caller_of(request), run, status=201)


@router.post(
    "/reopenings",
    operation_id="reopening-ask",
    summary="Take up again what was taken back",
    url_name="api-reopening-ask",
    response={201: dict[str, Any]},
)
def reopening_ask(request: HttpRequest, payload: ReceiptIn) -> HttpResponse:
    """Everything this word took back is worked on again, or waits to be sorted anew; no reason is asked."""
    opened, _shut = opened_by(request, payload.receipt)
    lang = language(request.LANGUAGE_CODE)

    def run() -> dict[str, Any]:
        back = [part.case_id for part in opened_status(opened, lang).parts if "come-back" in part.acts]
        if opened.demand_id is None or not back:
            raise NothingTakenBack()
        by, at = Actor(account_id=None, demand_id=opened.demand_id), law.now()
        for case_id in back:
            cases.come_back(by=by, case_id=case_id, at=at)
        found = opened_status(opened, lang)
        return {
            "reopened": len(back), "state": found.state, "state_text": found.state_text,
            "holder": shape(found.holder), "clocks": [clock(line, lang) for line in found.clocks],
        }  # fmt: skip

    return answer_once(request, caller_of(request), run, status=201)


class ErasureOut(Schema):
    state: str
    wait_until: str


@router.post(
    "/erasures",
    operation_id="erasure-ask",
    summary="Erase what I said and who I am",
    url_name="api-erasure-ask",
    response={201: ErasureOut},
)
def erasure_ask(request: HttpRequest, payload: ReceiptIn) -> HttpResponse:
    """Thirty days, then two persons; refused while the matter is open or must be kept by law."""
    opened, _shut = opened_by(request, payload.receipt)

    def run() -> dict[str, Any]:
        if opened.demand_id is None:
            raise StillOpen()
        row = erasing.ask_erasure(by=Actor(account_id=None, demand_id=opened.demand_id), at=law.now())
        return {"state": row.state, "wait_until": row.wait_until.isoformat()}

    return answer_once(request, caller_of(request), run, status=201)


@router.post(
    "/erasures/take-back",
    operation_id="erasure-take-back",
    summary="Keep it after all",
    url_name="api-erasure-take-back",
    response={201: dict[str, Any]},
)
def erasure_take_back(request: HttpRequest, payload: ReceiptIn) -> HttpResponse:
    opened, _shut = opened_by(request, payload.receipt)

    def run() -> dict[str, Any]:
        if opened.demand_id is None:
            raise NothingAsked()
        erasing.take_back_erasure(by=Actor(account_id=None, demand_id=opened.demand_id), at=law.now())
        return {"done": True}

    return answer_once(request, caller_of(request), run, status=201)
