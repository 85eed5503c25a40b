"""Addresses of the API, and the one NinjaAPI behind them."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver

from minqing.doors.api import books, demands, identities, problems, receipts, staff
from minqing.doors.api.contract import Contract

api = Contract(
    title="民情 Minqing",
    version="1",
    description="One county's demands, cases and verdicts. 一个县的诉求、办理与评价。",
    docs_url=None,
    parser=problems.CleanParser(),
    urls_namespace="api",
)
problems.install(api)
for router in (demands.router, receipts.router, staff.router, books.router, identities.router):
    api.add_router("", router)


def _shaped() -> Iterator[URLPattern | URLResolver]:
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern):
            exempt = getattr(pattern.callback, "csrf_exempt", False)
            pattern.callback = problems.shaped(pattern.callback)
            pattern.callback.csrf_exempt = exempt  # type: ignore[attr-defined]
            pattern.callback.login_required = False  # type: ignore[attr-defined]  # staff show a token, see callers
        yield pattern


app_name = "api"
urlpatterns = list(_shaped())
