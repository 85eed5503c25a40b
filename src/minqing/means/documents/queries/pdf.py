"""Papers as PDF/A by typst: no system library, no font of the machine, the same bytes for the same paper."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from minqing.means.documents.queries.fonts import check_signs, fonts
from minqing.means.documents.queries.sheet import Sheet

FORMS = Path(__file__).resolve().parents[3] / "templates" / "documents"


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


def pdf_of(sheet: Sheet, at: datetime) -> bytes:
    return set_type("notice.typ", asdict(sheet), signs=sheet.signs(), at=at)
