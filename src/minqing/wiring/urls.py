"""Every address of the product, door by door."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from minqing.doors.api import health
from minqing.doors.api import urls as api
from minqing.doors.parts import refusals
from minqing.wiring.booting import exists

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("api/v1/", include(api)),
    path("accounts/", include("allauth.urls")),
]
for prefix, door in (
    ("", "minqing.doors.parts.urls"),
    ("desk/", "minqing.doors.desk.urls"),
    ("", "minqing.doors.public.urls"),
):
    if exists(door):
        urlpatterns.append(path(prefix, include(door)))
if settings.MINQING_DEMO and exists("minqing.wiring.demo.urls"):
    urlpatterns.append(path("demo/", include("minqing.wiring.demo.urls")))

handler400 = refusals.bad_request
handler403 = refusals.permission_denied
handler404 = refusals.page_not_found
handler500 = refusals.server_error
