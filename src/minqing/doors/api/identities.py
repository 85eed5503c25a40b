"""Verbs that open an identity, look for one, or hand out a file or a code: each leaves its trace before it answers."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import Router, Schema
from pydantic import ConfigDict

from minqing.charter import Actor
from minqing.doors.api.callers import Token, answer_once, shape, told
from minqing.doors.parts.attachments import handed_out
from minqing.doors.parts.proving import prove
from minqing.ground.law.queries import now
from minqing.ground.people.commands import open_access
from minqing.ground.people.queries import own_access
from minqing.work.cases import commands as cases
from minqing.work.cases.queries.enclosed import open_enclosed
from minqing.work.intake.commands import find_demands, renew_receipt
from minqing.work.intake.queries import demand_lines

router = Router(tags=["staff"], auth=Token())


class Given(Schema):
    model_config = ConfigDict(extra="forbid")


class ContactIn(Given):
    demand_id: UUID


class OpenIn(Given):
    code: str


class CodeIn(Given):
    code: str = ""


class RenewIn(Given):
    word: str = ""


class FindIn(Given):
    name: str
    phone: str


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


@router.post("/cases/{uuid:case_id}/open-contact", operation_id="contact-open", summary="Open one contact; the look is written down",
             url_name="api-contact-open")  # fmt: skip
def contact_open(request: HttpRequest, case_id: UUID, payload: ContactIn) -> HttpResponse:
    return told(
        shape(cases.open_contact(by=_by(request), case_id=case_id, demand_id=payload.demand_id, at=now()))
    )


@router.post("/cases/{uuid:case_id}/open-contacts", operation_id="contacts-open",
             summary="Open the contacts of a joint case, up to twenty alone; each look is written down", url_name="api-contacts-open")  # fmt: skip
def contacts_open(request: HttpRequest, case_id: UUID) -> HttpResponse:
    return told({"rows": shape(cases.open_contacts(by=_by(request), case_id=case_id, at=now()))})


@router.post("/accesses/{uuid:access_id}/open", operation_id="access-open", summary="Open what another unit agreed to",
             url_name="api-access-open")  # fmt: skip
def access_open(request: HttpRequest, access_id: UUID, payload: OpenIn) -> HttpResponse:
    """Within thirty minutes, from the seat that asked, with a second factor of this moment; logged before it answers."""
    by, at = _by(request), now()
    own_access(by, access_id)  # what is not one's own is not there, whatever the code
    found = open_access(by=by, access_id=access_id, at=at, proved_at=prove(by, payload.code, at=at))
    return told({"rows": shape(list(found.values()))})


@router.post("/callbacks/{uuid:callback_id}/open-contact", operation_id="callback-contact",
             summary="The number for one call; the look is written down", url_name="api-callback-contact")  # fmt: skip
def callback_contact(request: HttpRequest, callback_id: UUID, payload: CodeIn | None = None) -> HttpResponse:
    """Only while the call waits, by outsiders, within what the household may still be asked; with digits for who asked for secrecy."""
    by, at, code = _by(request), now(), payload.code if payload else ""
    proved = prove(by, code, at=at) if code.strip() else None
    return told(shape(cases.call_person(by=by, callback_id=callback_id, at=at, proved_at=proved)))


@router.get("/cases/{uuid:case_id}/demands/{uuid:demand_id}/files/{uuid:blob_id}", operation_id="case-file",
            summary="One file that came with a word of the case", url_name="api-case-file")  # fmt: skip
def case_file(request: HttpRequest, case_id: UUID, demand_id: UUID, blob_id: UUID) -> HttpResponseBase:
    """The clean copy, for whoever may read the words there; the sealed original is never handed out here."""
    return handed_out(open_enclosed(_by(request), case_id, demand_id, blob_id), inline=False)


@router.post("/demands/find", operation_id="demand-find", summary="Words of whoever left exactly this name and number",
             url_name="api-demand-find")  # fmt: skip
def demand_find(request: HttpRequest, payload: FindIn) -> HttpResponse:
    """For a lost slip, after an identity card was checked or the number called back. Each find is a look the person sees."""
    ids = find_demands(by=_by(request), name=payload.name, phone=payload.phone, at=now())
    lines = demand_lines(ids)
    rows = [
        {"id": shape(one), "registered_at": shape(lines[one].registered_at), "verify_no": lines[one].verify_no,
         "state": shape(lines[one].state)}
        for one in ids
    ]  # fmt: skip
    return told({"rows": rows})


@router.post("/demands/{uuid:demand_id}/renew-receipt", operation_id="receipt-renew", summary="A new code for a lost slip",
             url_name="api-receipt-renew", response={201: dict[str, Any]})  # fmt: skip
def receipt_renew(request: HttpRequest, demand_id: UUID, payload: RenewIn | None = None) -> HttpResponse:
    by = _by(request)

    def run() -> dict[str, str]:
        word = payload.word if payload else ""
        return {"receipt": renew_receipt(by=by, demand_id=demand_id, at=now(), word=word)}

    return answer_once(request, by, run, status=201, secrets=("receipt",))
