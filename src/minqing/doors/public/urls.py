"""Addresses of the resident's door."""

from django.urls import path

from minqing.doors.public import open as opened
from minqing.doors.public import report, status

urlpatterns = [
    path("", opened.home, name="home"),
    path("report", report.report, name="report"),
    path("report/slip", report.slip, name="slip"),
    path("report/slip/print", report.slip_print, name="slip-print"),
    path("report/slip/done", report.slip_done, name="slip-done"),
    path("status", status.status, name="status"),
    path("status/page", status.status_page, name="status-page"),
    path("status/close", status.status_close, name="status-close"),
    path("status/quiet", status.status_quiet, name="status-quiet"),
    path("status/papers/<uuid:document_id>", status.status_paper, name="status-paper"),
    path("status/cases/<uuid:case_id>/verdict", status.status_verdict, name="status-verdict"),
    path("status/cases/<uuid:case_id>/say", status.status_say, name="status-say"),
    path("status/cases/<uuid:case_id>/review", status.status_review, name="status-review"),
    path("status/cases/<uuid:case_id>/withdraw", status.status_withdraw, name="status-withdraw"),
    path("status/cases/<uuid:case_id>/leave", status.status_leave, name="status-leave"),
    path("open", opened.open_page, name="open"),
    path("open/receptions/<uuid:day_id>/book", opened.book, name="reception-book"),
    path("verify", opened.verify, name="verify"),
    path("privacy", opened.privacy, name="privacy"),
    path("help", opened.help_page, name="help"),
]
