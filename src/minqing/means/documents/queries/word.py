"""Papers as DOCX for offices that still edit and seal by hand: the same sheet in the page of GB/T 9704."""

import io
from datetime import datetime

from docx import Document as new_document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from minqing.means.documents.queries.sheet import Section, Sheet

BODY, TITLE, HEADING = "仿宋_GB2312", "方正小标宋简体", "黑体"
LATIN = "Times New Roman"
SIZE, PITCH = Pt(15.75), Pt(28.95)
RED = RGBColor(0xC8, 0x10, 0x2E)


def _dress(run: Run, font: str, size: Pt = SIZE, *, red: bool = False) -> Run:
    run.font.name, run.font.size = LATIN, size
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if red:
        run.font.color.rgb = RED
    return run


def _lay(line: Paragraph, *, indent: bool = True, center: bool = False, pitch: Pt = PITCH) -> Paragraph:
    shape = line.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, pitch
    if indent:
        shape.first_line_indent = SIZE * 2
    if center:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return line


def _rule(line: Paragraph) -> None:
    """A red line under the paragraph, the whole width of the type area."""
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", "C8102E")):
        bottom.set(qn(f"w:{key}"), value)
    borders.append(bottom)
    line._element.get_or_add_pPr().append(borders)


def _page_number(line: Paragraph) -> None:
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _dress(line.add_run("— "), "宋体", Pt(14))
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = _dress(line.add_run(), "宋体", Pt(14))
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark.text = text
        run._element.append(mark)
    _dress(line.add_run(" —"), "宋体", Pt(14))


def _section(paper: object, section: Section, heads: tuple[str, ...]) -> None:
    heading = _lay(paper.add_paragraph())  # type: ignore[attr-defined]
    heading.paragraph_format.keep_with_next = True
    _dress(heading.add_run(section.heading), HEADING)
    numbered = tuple(f"{n}．{item}" for n, item in enumerate(section.items, 1))
    for text in (*section.paragraphs, *numbered):
        _dress(_lay(paper.add_paragraph()).add_run(text), BODY)  # type: ignore[attr-defined]
    if section.duties:
        table = paper.add_table(rows=1, cols=len(heads), style="Table Grid")  # type: ignore[attr-defined]
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for row, texts in [(table.rows[0], heads)] + [
            (table.add_row(), (duty.who, duty.what, duty.by)) for duty in section.duties
        ]:
            for cell, text in zip(row.cells, texts, strict=True):
                font = HEADING if row is table.rows[0] else BODY
                _dress(_lay(cell.paragraphs[0], indent=False).add_run(text), font)


def docx_of(sheet: Sheet, at: datetime) -> bytes:
    paper = new_document()
    page = paper.sections[0]
    page.start_type = WD_SECTION.NEW_PAGE
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    page.footer_distance = Mm(23)
    _page_number(page.footer.paragraphs[0])
    about = paper.core_properties
    about.title, about.author, about.created, about.modified = sheet.title, sheet.issuer, at, at
    about.comments = f"{sheet.verify_label} {sheet.verify_no}"

    issuer = _lay(paper.add_paragraph(), indent=False, center=True, pitch=Pt(58))
    _dress(issuer.add_run(sheet.issuer), TITLE, Pt(30), red=True)
    number = _lay(paper.add_paragraph(), indent=False, center=True)
    _dress(number.add_run(sheet.number), BODY)
    _rule(number)
    _lay(paper.add_paragraph(), indent=False)
    title = _lay(paper.add_paragraph(), indent=False, center=True, pitch=Pt(33))
    _dress(title.add_run(sheet.title), TITLE, Pt(22))
    _lay(paper.add_paragraph(), indent=False)
    if sheet.to:
        colon = ":" if sheet.lang == "en" else "："
        _dress(_lay(paper.add_paragraph(), indent=False).add_run(sheet.to + colon), BODY)
    _dress(_lay(paper.add_paragraph()).add_run(sheet.opening), BODY)
    for section in sheet.sections:
        _section(paper, section, sheet.duty_heads)
    if sheet.closing:
        _dress(_lay(paper.add_paragraph()).add_run(sheet.closing), BODY)
    for who in sheet.signers:
        _dress(_lay(paper.add_paragraph(), indent=False).add_run(f"{who}{sheet.page_words}"), BODY)
    for text in ("", "", sheet.signed_by, sheet.day):
        line = _lay(paper.add_paragraph(), indent=False)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = SIZE * 4
        line.paragraph_format.keep_with_next = text == sheet.signed_by
        _dress(line.add_run(text), BODY)
    foot = _lay(paper.add_paragraph(), indent=False, pitch=Pt(16))
    _dress(
        foot.add_run(f"{sheet.verify_label} {sheet.verify_no}　{sheet.digest_label} {sheet.digest}"),
        BODY,
        Pt(10.5),
    )
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()
