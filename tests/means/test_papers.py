"""Promises of papers as they are read and printed."""

import io
import re
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pikepdf
import pytest
from docx import Document as open_docx

from means.papers import WORDS, body_of
from minqing.kernel.errors import NotFound
from minqing.means.documents import queries
from minqing.means.documents.commands import issue_document, serve_document
from minqing.means.documents.models import Document
from minqing.means.documents.queries import fonts
from minqing.means.documents.queries.slip import Slip, SlipPaper, render_slip_pdf, slip_lines
from minqing.means.documents.rules import FORMS, DocKind, GlyphMissing, Way
from minqing.methods.codes import printed_verify_number

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAMES = {"person": "欧阳小棠", "other": "李大田"}
VERIFY = "1X7NG9ED8HEE"
CHINESE = re.compile("[\u3400-\u9fff]")


def paper(kind: DocKind, *, lang: str = "zh-hans", **changes) -> Document:
    return Document(
        id=UUID(int=7), number=f"棠信{FORMS[kind].word}〔2026〕17号", kind=kind.value, about="case:1",
        body=body_of(kind) | changes, office_id=UUID(int=1), issued_at=AT, verify_no=VERIFY, lang=lang,
        sha256=bytes(range(32)),
    )  # fmt: skip


def fonts_in(pdf: bytes) -> dict[str, bool]:
    """Name of each font of a PDF and whether its shapes are inside."""
    found = {}
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            for font in page.resources.get("/Font", {}).values():
                below = font.get("/DescendantFonts", [font])[0]
                held = below.get("/FontDescriptor", {})
                name = str(below.get("/BaseFont"))
                found[name] = any(key in held for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    return found


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", list(FORMS))
def test_every_kind_is_printed_on_a4_with_its_fonts_inside(kind, lang):
    pdf = queries.render_pdf(paper(kind, lang=lang), NAMES)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert 1 <= len(opened.pages) <= 2
        box = [float(edge) for edge in opened.pages[0].mediabox]
        assert [round(edge / 72 * 25.4) for edge in box] == [0, 0, 210, 297]
        assert "pdfaid:part" in str(opened.Root.Metadata.read_bytes())
    embedded = fonts_in(pdf)
    assert embedded
    assert all(embedded.values())
    assert all("NotoSerifSC" in name or "NotoSansCJK" in name for name in embedded)


def test_the_same_paper_gives_the_same_bytes():
    one, two = (queries.render_pdf(paper(DocKind.OPINION), NAMES) for _ in range(2))
    assert one == two


def test_a_sign_without_a_shape_is_refused_by_name_and_never_an_empty_box():
    with pytest.raises(GlyphMissing) as no:
        queries.render_pdf(paper(DocKind.REPLY, reply="修好了😀𪛖"), NAMES)
    assert "😀（U+1F600 GRINNING FACE）" in str(no.value)


def test_rare_signs_of_names_and_places_are_printed():
    for name in ("𠮷田", "㛃", "镕", "翀", "犇", "龑", "䶮"):
        assert fonts.missing_from(name) == []
        assert queries.render_pdf(paper(DocKind.REPLY), NAMES | {"person": name}).startswith(b"%PDF-1.7")


def test_what_a_person_wrote_is_never_taken_for_markup():
    nasty = '#panic("x") *粗* $x^2$ @ref <b>甲</b> {{person}} \\ ` ~ -- [乙] // 丙'
    document = paper(DocKind.REPLY, reply=nasty)
    assert queries.render_pdf(document, NAMES)
    html = queries.render_html(document, NAMES)
    assert "&lt;b&gt;甲&lt;/b&gt;" in html
    assert "欧阳小棠" in html
    texts = [line.text for line in open_docx(io.BytesIO(queries.render_docx(document, NAMES))).paragraphs]
    assert nasty.replace("{{person}}", "欧阳小棠") in texts


def test_a_very_long_paper_flows_over_pages_with_a_number_on_each():
    pdf = queries.render_pdf(paper(DocKind.OPINION, facts="查明如下情况。" * 1500), NAMES)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) > 10


def test_an_office_with_a_very_long_name_still_heads_its_paper():
    long = "棠川县农业农村和乡村振兴工作领导小组办公室（县农村集体资产监督管理服务中心）"
    assert queries.render_pdf(paper(DocKind.REPLY, office_name=long), NAMES)


@pytest.mark.parametrize("kind", list(FORMS))
def test_without_names_nobody_is_named(kind):
    for html in (queries.render_html(paper(kind)), queries.render_html(paper(kind), {"address": "x"})):
        assert "欧阳" not in html
        assert "{{" not in html
        assert "{" not in html


@pytest.mark.parametrize("kind", list(FORMS))
def test_in_english_only_what_people_wrote_stays_chinese(kind):
    body = body_of(kind)
    english = {
        key: "Plain words." if isinstance(value, str) and CHINESE.search(value) else value
        for key, value in body.items()
    }
    english |= {"attached": ["One"], "present": ["Two"]} if kind in (DocKind.HEARING,) else {}
    if "promises" in english:
        english["promises"] = [{"who": "A", "what": "B", "by": "2026-04-10"}]
    if "attached" in english:
        english["attached"] = ["One"]
    document = paper(kind, lang="en")
    document.body, document.number = english, "TX 17"
    assert not CHINESE.search(queries.render_html(document, {"person": "Li", "other": "Wu"}))


def test_the_decision_letter_says_what_the_law_asks():
    html = queries.render_html(paper(DocKind.OPINION), NAMES)
    for must in ("欧阳小棠", WORDS["request"], WORDS["reasons"], WORDS["opinion"], WORDS["basis"],
                 "送达之日起30日内，向棠川县人民政府书面请求复查", "2026年3月2日", "1X7N-G9ED-8HEE", "棠信处〔2026〕17号"):  # fmt: skip
        assert must in html
    assert "请求复核" in queries.render_html(paper(DocKind.REVIEW), NAMES)


def test_the_word_file_keeps_page_type_and_duties():
    made = open_docx(io.BytesIO(queries.render_docx(paper(DocKind.OPINION), NAMES)))
    page = made.sections[0]
    assert [
        round(edge.mm) for edge in (page.page_width, page.page_height, page.top_margin, page.left_margin)
    ] == [210, 297, 37, 28]
    assert made.tables[0].rows[1].cells[2].text == "2026年4月10日"
    assert any(line.text == "欧阳小棠：" for line in made.paragraphs)


@pytest.mark.django_db
def test_anyone_with_the_verify_number_may_check_and_learns_no_more():
    document = issue_document(
        by_id=None,
        kind=DocKind.OPINION,
        about="case:1",
        office_id=uuid4(),
        body=body_of(DocKind.OPINION),
        at=AT,
    )
    found = queries.document_by_verify_no(printed_verify_number(document.verify_no).lower())
    assert (found.number, found.issuer, found.digest) == (
        document.number, "棠川县住房和城乡建设局", bytes(document.sha256).hex()[:16]
    )  # fmt: skip
    for wrong in ("1X7N-G9ED-8HEE", "x", "", "1" * 5000):
        with pytest.raises(NotFound):
            queries.document_by_verify_no(wrong)


@pytest.mark.django_db
def test_papers_of_a_case_come_with_their_services_in_two_queries(assert_flat):
    def make(n):
        for _ in range(n):
            document = issue_document(
                by_id=None,
                kind=DocKind.ACCEPT,
                about="case:1",
                office_id=uuid4(),
                body=body_of(DocKind.ACCEPT),
                at=AT,
            )
            serve_document(by_id=None, document_id=document.pk, way=Way.POST, on=date(2026, 3, 3),
                           at=datetime(2026, 3, 4, tzinfo=UTC))  # fmt: skip

    assert_flat(make=make, look=lambda: queries.documents_about(["case:1", "case:2"]))
    line = queries.documents_about("case:1")[0]
    assert line.served_on == queries.first_served_on(line.id) == date(2026, 3, 3)
    with pytest.raises(NotFound):
        queries.document_row(line.id, about="case:2")


def slip(**changes) -> Slip:
    return Slip(**{
        "code": "4829135702641189", "verify_no": VERIFY, "registered_at": AT, "holder": "棠川县信访局",
        "due": date(2026, 3, 17), "due_why": "登记的第二天起算15日。", **changes,
    })  # fmt: skip


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
@pytest.mark.parametrize("size", list(SlipPaper))
def test_a_slip_is_one_sheet_whatever_stands_on_it(size, lang):
    for one in (
        slip(lang=lang),
        slip(lang=lang, holder="长" * 60, due_why="为什么是这一天。" * 40, provisional=True),
        slip(code="", lang=lang),
    ):
        with pikepdf.open(io.BytesIO(render_slip_pdf(one, paper=size))) as opened:
            assert len(opened.pages) == 1
            assert round(float(opened.pages[0].mediabox[2]) / 72 * 25.4) == (
                80 if size is SlipPaper.ROLL else 148
            )


def test_a_slip_says_who_by_when_and_what_then():
    lines = slip_lines(slip())
    assert [label for label, *_ in lines.lines] == ["谁在办", "最迟哪天", "不满意怎么办"]
    assert lines.lines[1][1] == "2026年3月17日"
    assert lines.code == "4829 1357 0264 1189"
    html = queries.render_slip_html(slip())
    assert "4829 1357 0264 1189" in html
    assert "受理码" not in html


def test_a_slip_says_what_happens_by_its_day():
    assert (
        slip_lines(slip(due_what="书面答复您")).lines[1][2]
        == "到这一天为止：书面答复您。登记的第二天起算15日。"
    )
    english = slip_lines(slip(lang="en", due_what="written answer to you", due_why="15 days."))
    assert english.lines[1][2] == "By that day: written answer to you. 15 days."


@pytest.mark.parametrize(("lang", "code"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_a_slip_in_html_is_a_whole_page_without_a_line_of_inline_style(lang, code):
    html = queries.render_slip_html(slip(lang=lang))
    assert html.lstrip().startswith("<!doctype html>")
    assert f'<html lang="{code}">' in html and '<meta charset="utf-8">' in html
    assert "<title>" in html and "slip.css" in html
    assert "<style" not in html and " style=" not in html.partition("<svg")[0]


def test_the_code_stands_neither_in_the_qr_nor_on_the_stub():
    lines = slip_lines(slip())
    assert lines.qr == slip_lines(slip(code="0000000000000000")).qr
    assert "4829" not in lines.stub + lines.foot + lines.verify_no


def test_a_slip_in_english_has_no_chinese_but_names():
    html = queries.render_slip_html(
        slip(lang="en", holder="Petition Bureau", due_why="15 days.", provisional=True)
    )
    assert not CHINESE.search(html)
