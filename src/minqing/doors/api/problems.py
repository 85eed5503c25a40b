"""Every no of the API in one shape, whoever says it: a rule, the schema, the router or a bug."""

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import pydantic
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from minqing.doors.parts import refusals, text
from minqing.kernel.errors import BadField, NotFound, NotSignedIn, Refusal

log = logging.getLogger(__name__)


class UnreadableBody(Refusal):
    code, status, text = "request.unreadable", 400, "请求的内容不是一个JSON对象（UTF-8编码）。"


class WrongMethod(Refusal):
    code, status, text = "request.wrong-method", 405, "这个地址不接受这种请求方法。"


SAID = {
    "missing": "这里还没有填。",
    "extra_forbidden": "没有这个字段。",
    "string_type": "应为文字。",
    "string_too_long": "太长了。",
    "string_too_short": "这里还没有填。",
    "int_type": "应为整数。",
    "int_parsing": "应为整数。",
    "int_from_float": "应为整数。",
    "bool_type": "应为 true 或 false。",
    "bool_parsing": "应为 true 或 false。",
    "uuid_parsing": "应为编号（UUID）。",
    "uuid_type": "应为编号（UUID）。",
    "date_from_datetime_parsing": "应为日期（YYYY-MM-DD）。",
    "date_parsing": "应为日期（YYYY-MM-DD）。",
    "date_type": "应为日期（YYYY-MM-DD）。",
    "list_type": "应为列表。",
    "dict_type": "应为对象。",
    "model_type": "应为对象。",
    "model_attributes_type": "应为对象。",
    "enum": "请从列出的里面选一个。",
    "string_pattern_mismatch": "这里不能这样写。",
    "literal_error": "请从列出的里面选一个。",
}
OTHERWISE = "看不懂这个值。"


class CleanParser(Parser):
    """JSON whose texts are safe to keep: pairs joined, halves replaced, NUL taken out. An empty body is {}."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            parsed = json.loads(request.body)
        except (ValueError, RecursionError):
            raise UnreadableBody() from None
        if not isinstance(parsed, dict):
            raise UnreadableBody()
        return cleaned(parsed)


def cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else text.clean(value).text
    if isinstance(value, dict):
        return {cleaned(key): cleaned(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [cleaned(inside) for inside in value]
    return value


def reasons(errors: list[Any]) -> BadField:
    """The schema's complaints in our words, by field name."""
    fields: dict[str, list[str]] = {}
    for error in errors:
        where = [
            str(part) for part in error["loc"] if part not in ("body", "query", "path", "payload", "only")
        ]
        name = ".".join(where) or "body"
        fields.setdefault(name, []).append(SAID.get(error["type"], OTHERWISE))
    return BadField(fields=fields)


def install(api: NinjaAPI) -> None:
    """Register the one shape for everything that can go wrong inside the API."""

    def on_refusal(request: HttpRequest, error: Any) -> HttpResponse:
        return answered(request, error)

    def on_validation(request: HttpRequest, error: Any) -> HttpResponse:
        return answered(request, reasons(error.errors))

    def on_model(request: HttpRequest, error: Any) -> HttpResponse:
        return answered(request, reasons(error.errors(include_url=False)))

    def on_http(request: HttpRequest, error: Any) -> HttpResponse:
        cause = error.__cause__
        if isinstance(cause, RequestDataTooBig):
            return answered(request, refusals.TooMuch())
        if isinstance(cause, Refusal):
            return answered(request, cause)
        if isinstance(error, AuthenticationError):
            return answered(request, NotSignedIn())
        return answered(request, UnreadableBody())

    def on_missing(request: HttpRequest, error: Any) -> HttpResponse:
        return answered(request, NotFound())

    def on_bug(request: HttpRequest, error: Any) -> HttpResponse:
        if getattr(error.__cause__, "sqlstate", None) in refusals.CROSSED_STATES:
            return answered(request, refusals.Crossed())
        if refusals.database_gone(error):
            return refusals.unavailable(request)
        if isinstance(error, RequestDataTooBig):
            return answered(request, refusals.TooMuch())
        log.exception("bug in %s", request.path, exc_info=error)
        return answered(request, refusals.Broken())

    api.add_exception_handler(Refusal, on_refusal)
    api.add_exception_handler(ValidationError, on_validation)
    api.add_exception_handler(pydantic.ValidationError, on_model)
    api.add_exception_handler(HttpError, on_http)
    api.add_exception_handler(Http404, on_missing)
    api.add_exception_handler(Exception, on_bug)


def answered(request: HttpRequest, refusal: Refusal | refusals.Failure) -> HttpResponse:
    response = refusals.problem(refusal)
    if refusal.status == NotSignedIn.status:
        response["WWW-Authenticate"] = 'Bearer realm="minqing"'
    response["Cache-Control"] = "no-store"
    return response


def shaped(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Around a view of the router: its bare 405 gets the shape of every other no."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != WrongMethod.status or response.get("Content-Type", "").startswith(
            refusals.PROBLEM
        ):
            return response
        problem = answered(request, WrongMethod())
        if "Allow" in response:
            problem["Allow"] = response["Allow"]
        return problem

    return inner
