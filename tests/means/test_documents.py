"""Promises of papers: what they must hold, their numbers, their service."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from means.papers import body_of
from minqing.means.documents import rules
from minqing.means.documents.commands import issue_document, serve_document
from minqing.means.documents.models import Document, Service
from minqing.means.documents.rules import FORMS, DocKind, Way
from minqing.methods.codes import read_verify_number

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICE = uuid4()


def issue(kind: DocKind = DocKind.ACCEPT, *, at: datetime = AT, about: str = "case:1", **changes) -> Document:
    body = body_of(kind) | changes
    return issue_document(by_id=None, kind=kind, about=about, office_id=OFFICE, body=body, at=at)


@pytest.mark.parametrize("kind", list(FORMS))
def test_a_whole_form_is_taken_as_it_is(kind):
    assert rules.check_body(kind, body_of(kind)) == body_of(kind)


@pytest.mark.parametrize(
    ("part", "refusal"),
    [
        ("request", rules.RequestMissing), ("facts", rules.FactsMissing), ("reasons", rules.ReasonsMissing),
        ("opinion", rules.OpinionMissing), ("basis", rules.BasisMissing), ("remedy_organ", rules.RemedyMissing),
        ("remedy_days", rules.RemedyMissing),
    ],
)  # fmt: skip
@pytest.mark.parametrize("empty", ["", "  \n", None])
def test_a_decision_letter_lacks_nothing_the_law_asks(part, refusal, empty):
    with pytest.raises(refusal):
        rules.check_body(DocKind.OPINION, body_of(DocKind.OPINION) | {part: empty})


@pytest.mark.parametrize("kind", list(FORMS))
def test_every_required_part_of_every_kind_is_required(kind):
    for part in FORMS[kind].parts:
        body = {key: value for key, value in body_of(kind).items() if key != part.key}
        if part.required:
            with pytest.raises(rules.PartMissing):
                rules.check_body(kind, body)
        else:
            rules.check_body(kind, body)


def test_only_known_parts_get_in():
    with pytest.raises(rules.PartUnknown):
        rules.check_body(DocKind.ACCEPT, body_of(DocKind.ACCEPT) | {"petitioner_name": "x"})


@pytest.mark.parametrize(
    "change",
    [{"due_on": "2026-02-30"}, {"due_on": "3月2日"}, {"holder": 5}, {"holder": ["x"]}, {"due_on": 20260302}],
)
def test_a_part_of_the_wrong_form_is_refused_by_name(change):
    with pytest.raises(rules.PartUnfit):
        rules.check_body(DocKind.ACCEPT, body_of(DocKind.ACCEPT) | change)


def test_duties_say_who_what_and_when():
    good = body_of(DocKind.MEDIATION)
    for duties in (
        [{"who": "村里", "what": "修好"}],
        [{"who": "村里", "what": "修好", "by": "不久"}],
        ["修好"],
        [[]],
    ):
        with pytest.raises(rules.PartUnfit):
            rules.check_body(DocKind.MEDIATION, good | {"promises": duties})


def test_identity_numbers_and_strange_placeholders_stay_out():
    for text, refusal in (
        ("本人11010519491231002X。", rules.IdentityInside),
        ("{{id_no}}", rules.PlaceholderUnknown),
    ):
        with pytest.raises(refusal):
            rules.check_body(DocKind.ACCEPT, body_of(DocKind.ACCEPT) | {"holder": text})


def test_what_no_paper_can_print_is_dropped_and_nothing_else():
    kept = rules.check_body(
        DocKind.ACCEPT, body_of(DocKind.ACCEPT) | {"holder": "县\x00住\ud800建\x07局\n二楼"}
    )
    assert kept["holder"] == "县住建局\n二楼"


def test_names_are_taken_out_of_a_text_before_it_is_kept():
    body = {
        "reply": "张小棠您好，张小棠家的路灯已修好，电话13800000000。",
        "promises": [{"who": "张小棠", "what": "x"}],
    }
    clean = rules.scrubbed(body, {"person": "张小棠", "phone": "13800000000"})
    assert clean["reply"] == "{{person}}您好，{{person}}家的路灯已修好，电话{{phone}}。"
    assert clean["promises"][0]["who"] == "{{person}}"


def test_a_slip_is_no_numbered_paper():
    with pytest.raises(rules.SlipHasNoNumber):
        rules.check_body(DocKind.SLIP, {})


@pytest.mark.django_db
def test_numbers_run_by_kind_and_year():
    assert [issue().number for _ in range(2)] == ["棠信受〔2026〕1号", "棠信受〔2026〕2号"]
    assert issue(DocKind.OPINION).number == "棠信处〔2026〕1号"
    # Half past midnight of the new year in China is still the old year in UTC.
    assert issue(at=datetime(2026, 12, 31, 16, 30, tzinfo=UTC)).number == "棠信受〔2027〕1号"


@pytest.mark.django_db
def test_a_refused_paper_takes_no_number():
    with pytest.raises(rules.PartMissing):
        issue(holder="")
    assert issue().number == "棠信受〔2026〕1号"


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_get_two_numbers():
    def one(_: int) -> str:
        try:
            return issue().number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(one, range(12)))
    assert numbers == sorted(f"棠信受〔2026〕{n}号" for n in range(1, 13))


@pytest.mark.django_db
def test_a_paper_is_bound_to_its_content_and_has_a_public_number():
    one, two = issue(), issue(holder="别的单位")
    assert len(bytes(one.sha256)) == 32
    assert bytes(one.sha256) != bytes(two.sha256)
    assert read_verify_number(one.verify_no) == one.verify_no != two.verify_no


def serve(document: Document, *, way: Way = Way.BY_HAND, on: date = date(2026, 3, 3), **more) -> Service:
    return serve_document(
        by_id=None, document_id=document.pk, way=way, on=on, at=datetime(2026, 3, 5, tzinfo=UTC), **more
    )


@pytest.mark.django_db
def test_service_is_put_down_once_for_each_person():
    paper, other = issue(), uuid4()
    serve(paper)
    serve(paper, to_id=other)
    for to_id in (None, other):
        with pytest.raises(rules.ServedAlready):
            serve(paper, to_id=to_id)


@pytest.mark.django_db
def test_electronic_service_needs_consent_in_python_and_in_the_database():
    paper = issue()
    with pytest.raises(rules.ConsentMissing):
        serve(paper, way=Way.ELECTRONIC)
    with pytest.raises(IntegrityError, match="documents_service_electronic_by_consent"), transaction.atomic():
        Service.objects.create(document=paper, way="electronic", on=date(2026, 3, 3), put_at=AT)
    assert serve(paper, way=Way.ELECTRONIC, consent=True).consent


@pytest.mark.django_db
def test_nothing_is_served_before_it_was_issued_or_tomorrow():
    paper = issue()
    with pytest.raises(rules.ServedTooEarly):
        serve(paper, on=date(2026, 3, 1))
    with pytest.raises(rules.ServedInFuture):
        serve(paper, on=date(2026, 3, 6))
