"""Refusals: every 'no' that we foresaw. Anything else is a bug and stays a 500."""

from pathlib import PurePath
from traceback import extract_tb
from typing import Any, ClassVar

OURS = "minqing"


class Refusal(Exception):
    """A named no: stable public `code`, HTTP `status`, Chinese `text` with {placeholders} filled from data."""

    code: ClassVar[str]
    status: ClassVar[int] = 409
    text: ClassVar[str]

    def __init__(self, **data: Any) -> None:
        self.data = data
        super().__init__(self.text.format(**data))


class NotFound(Refusal):
    code, status, text = "not-found", 404, "没有找到，或您无权查看。"


class NotAllowed(Refusal):
    code, status, text = "not-allowed", 403, "您的岗位不能办理此事。"


class NotSignedIn(Refusal):
    code, status, text = "not-signed-in", 401, "这里要登录才能看，登录后回到这一页。"


class BadField(Refusal):
    """One or more typed fields are wrong; `fields` maps field name to a list of reasons."""

    code, status, text = "field.invalid", 422, "有几处需要改一下，您写的内容都还在。"


def kind_of(error: BaseException) -> str:
    """An error without its words: its kind, the database's own name for it, and the line of ours where it arose.

    Words of an error quote values ("Failing row contains …"), and values are what people wrote: they belong neither
    into a log nor onto a page for those who keep the machine running.
    """
    told = [type(error).__name__]
    diag = getattr(error.__cause__, "diag", None) or getattr(error, "diag", None)
    told += [
        str(name)
        for name in (getattr(diag, "sqlstate", None), getattr(diag, "constraint_name", None))
        if name
    ]
    frames = extract_tb(error.__traceback__)
    ours = [one for one in frames if OURS in PurePath(one.filename).parts]
    for last in (ours or frames)[-1:]:
        told.append(f"{PurePath(last.filename).name}:{last.lineno}")
    return " ".join(told)
