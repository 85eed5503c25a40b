"""Refusals: every 'no' that we foresaw. Anything else is a bug and stays a 500."""

from typing import Any, ClassVar


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
    code, status, text = "not-signed-in", 401, "请先登录。"


class BadField(Refusal):
    """One or more typed fields are wrong; `fields` maps field name to a list of reasons."""

    code, status, text = "field.invalid", 422, "有几处需要改一下，您写的内容都还在。"
