"""Every address of the sealed side. None of the county's is here, and none of these is there."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from minqing.doors.parts import leave, policy, refusals
from minqing.wiring import sides
from minqing.wiring.booting import exists

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", sides.alive, name="healthz"),
    path("leave", leave.leave, name="leave"),
    path("csp-report", policy.held_back, name="csp-report"),
    path("leave/start", leave.leave_to_start, name="leave-start"),
]
if exists("minqing.doors.sealed.urls"):
    urlpatterns.append(path("", include("minqing.doors.sealed.urls")))

if settings.MINQING_DEMO and exists("minqing.doors.sealed.signing"):
    urlpatterns.append(path("demo/", include("minqing.wiring.demo.sealed_views")))

handler400 = refusals.bad_request
handler403 = refusals.permission_denied
handler404 = refusals.page_not_found
handler500 = refusals.server_error
