"""Papers as PDF/A by typst: no system library, no font of the machine, the same bytes for the same paper."""

import io
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minqing.kernel.later import later
from minqing.means.documents.queries.fonts import check_signs, fonts
from minqing.means.documents.queries.sheet import Sheet

if TYPE_CHECKING:
    import pikepdf
    import typst
else:
    pikepdf, typst = later("pikepdf"), later("typst")

FORMS = Path(__file__).resolve().parents[3] / "templates" / "documents"
PITCH, TIGHT = 28.98, 25.4


class PaperBroken(RuntimeError):
    """The form itself is at fault: a warning of the typesetter is an error here."""


def set_type(form: str, data: dict[str, Any], *, signs: str, at: datetime) -> bytes:
    """Set one of our forms with data. Refuses when a font has no shape for a sign."""
    check_signs(signs)
    made, warnings = typst.compile_with_warnings(
        str(FORMS / form),
        root=str(FORMS),
        font_paths=fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"sheet": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"],
        timestamp=int(at.timestamp()),
    )
    if warnings:
        raise PaperBroken("; ".join(str(warning) for warning in warnings))
    return bytes(made)


def pages_of(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def pdf_of(sheet: Sheet, at: datetime) -> bytes:
    """22 lines a page; 25 where that saves the last sheet, as the standard allows."""
    signs = sheet.signs()
    usual = set_type("notice.typ", asdict(sheet) | {"pitch": PITCH}, signs=signs, at=at)
    if pages_of(usual) == 1:
        return usual
    tight = set_type("notice.typ", asdict(sheet) | {"pitch": TIGHT}, signs=signs, at=at)
    return tight if pages_of(tight) < pages_of(usual) else usual
