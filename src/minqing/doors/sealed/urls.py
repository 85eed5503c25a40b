"""Addresses of the sealed side. A person needs two; what an officer opens is named by an id that says nothing."""

from django.urls import path

from minqing.doors.sealed import acts, desk, entry, openings, report, status

urlpatterns = [
    path("", report.accuse, name="sealed-home"),
    path("status", status.status, name="sealed-status"),
    path("work/sign-in", entry.sign_in, name="sealed-sign-in"),
    path("work/key", entry.key, name="sealed-key"),
    path("work/leave", entry.leave, name="sealed-leave"),
    path("work/", desk.work, name="sealed-work"),
    path("work/clue/<uuid:clue_id>", acts.clue, name="sealed-clue"),
    path("work/clue/<uuid:clue_id>/file/<uuid:file_id>", desk.file, name="sealed-file"),
    path("work/openings", openings.openings, name="sealed-openings"),
    path("work/openings/<uuid:opening_id>", openings.who, name="sealed-who"),
]
