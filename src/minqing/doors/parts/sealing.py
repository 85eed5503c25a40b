"""For the page on which somebody accuses: their files sealed one by one as they come, and a slip like every other."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.slips import Told
from minqing.kernel.errors import Refusal
from minqing.means.files.rules import MOST_FILES, TooManyFiles
from minqing.methods.clock import day_of
from minqing.work.intake.commands import sealed_file
from minqing.work.intake.queries import clock_of
from minqing.work.intake.rules import Registered, alarm_in

NOBODY = UUID(int=0)


def sealed_each(files: Iterable[UploadedFile]) -> tuple[list[bytes], list[str]]:
    """The boxes of what could be taken, and the names of the others, each with its reason."""
    boxes: list[bytes] = []
    wrong: list[str] = []
    for file in files:
        try:
            if len(boxes) >= MOST_FILES:
                raise TooManyFiles(limit=MOST_FILES)
            boxes.append(sealed_file(content=file.chunks(), name=file.name or "", size=file.size))
        except Refusal as refusal:
            wrong.append(_("{name}：{why}").format(name=file.name, why=words_of(refusal)))
    return boxes, wrong


def told_of(
    *, code: str, verify_no: str, at: datetime, leaf: bytes, text: str, lang: str, word: bool
) -> Told:
    """What a slip tells of an accusation: holder, day and reason are those of any word that arrived at that time."""
    from_ = day_of(at)
    registered = Registered(
        demand_id=NOBODY, receipt=code, verify_no=verify_no, at=at, clocks=(clock_of(from_, lang),),
        alarm=alarm_in(text), leaf=leaf,
    )  # fmt: skip
    return Told.of(registered, word=word)
