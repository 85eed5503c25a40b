"""Addresses of the resident's door."""

from django.urls import path, re_path

from minqing.doors.public import acts, erasing, log, report, status
from minqing.doors.public import open as opened

urlpatterns = [
    path("", opened.home, name="home"),
    path("report", report.report, name="report"),
    path("report/slip", report.slip, name="slip"),
    path("report/slip/print", report.slip_print, name="slip-print"),
    path("report/slip/file", report.slip_voucher, name="slip-voucher"),
    path("report/slip/done", report.slip_done, name="slip-done"),
    path("status", status.status, name="status"),
    path("status/page", status.status_page, name="status-page"),
    path("status/slip", status.status_voucher, name="status-voucher"),
    path("status/erase", erasing.erase, name="status-erase"),
    path("status/close", status.status_close, name="status-close"),
    path("status/papers/<uuid:document_id>", status.status_paper, name="status-paper"),
    path("status/cases/<uuid:case_id>/<slug:slug>", acts.act, name="status-act"),
    path("open", opened.open_page, name="open"),
    path("open/receptions/<uuid:day_id>/book", opened.book, name="reception-book"),
    path("open/booking", opened.booking, name="booking"),
    path("verify", opened.verify, name="verify"),
    path("log", log.log_page, name="log"),
    path("log/check", log.log_check, name="log-check"),
    path("log/sheet", log.log_sheet, name="log-sheet"),
    path("log/checkpoint", log.log_checkpoint, name="log-checkpoint"),
    path("log/tile/<path:path>", log.log_tile, name="log-tile"),
    re_path(r"^log/proof/(?P<digest>[0-9a-f]{64})$", log.log_proof, name="log-proof"),
    path("log/verify.py", log.log_verifier, name="log-verifier"),
    path("log/log.policy", log.log_policy, name="log-policy"),
    path("privacy", opened.privacy, name="privacy"),
    path("help", opened.help_page, name="help"),
]
