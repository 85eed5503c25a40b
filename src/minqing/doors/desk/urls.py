"""Addresses of the desk; each act on a case has its own name, made from the table of acts."""

from django.urls import path

from minqing.doors.desk import cases, demands, leader, others
from minqing.doors.parts.acts import CASE_ACTS, DEMAND_ACTS

urlpatterns = [
    path("", others.desk_home, name="desk"),
    path("cases/", cases.worklist, name="worklist"),
    path("cases/bulk-assign/", cases.bulk_assign, name="case-bulk-assign"),
    path("cases/<uuid:case_id>/", cases.case_page, name="case-page"),
    path("cases/<uuid:case_id>/contacts/<uuid:demand_id>/", cases.case_contact_open, name="contact-open"),
    path("cases/<uuid:case_id>/papers/<uuid:document_id>/", cases.case_paper, name="case-paper"),
    *[path(f"cases/<uuid:case_id>/{act.name}/", cases.case_act, {"act": act}, name=f"case-{act.name}") for act in CASE_ACTS],
    path("waiting/", demands.waiting_list, name="waiting"),
    path("register/", demands.demand_register, name="demand-register"),
    path("demands/<uuid:demand_id>/", demands.demand_page, name="demand-page"),
    *[path(f"demands/<uuid:demand_id>/{act.name}/", demands.demand_act, {"act": act}, name=f"demand-{act.name}") for act in DEMAND_ACTS],
    path("callbacks/", others.callbacks, name="callbacks"),
    path("callbacks/<uuid:callback_id>/", others.callback_work, name="callback-work"),
    path("callbacks/<uuid:callback_id>/contact/", others.callback_contact, name="callback-contact"),
    path("withdrawals/", others.withdrawals, name="withdrawals"),
    path("withdrawals/<uuid:withdrawal_id>/", others.withdrawal_confirm, name="withdrawal-confirm"),
    path("receptions/", others.receptions, name="receptions"),
    path("receptions/<uuid:day_id>/", others.reception_page, name="reception-page"),
    path("receptions/<uuid:day_id>/hear/<uuid:booking_id>/", others.booking_hear, name="booking-hear"),
    path("failures/", others.failures_page, name="failures"),
    path("failures/retry/", others.failure_retry, name="failure-retry"),
    path("small-county/", others.small_county_page, name="small-county"),
    path("leader/", leader.leader, name="leader"),
]  # fmt: skip
