"""GET /healthz: does the county answer, is the worker alive, how far behind are its queues."""

import logging

from django.db import Error
from django.http import HttpRequest, JsonResponse

from minqing.record.facts.queries import queue_age_s
from minqing.record.log.queries import beat_age_s
from minqing.work.intake.queries import backlog_age_s

log = logging.getLogger(__name__)
WORKER_LATE_S = 60
QUEUE_LATE_S = 300


def healthz(request: HttpRequest) -> JsonResponse:
    """503 only when the database is gone; a dead worker is `degraded`, since intake goes on without it."""
    try:
        worker_s, queue_s = beat_age_s("worker"), queue_age_s()
        backlog_s = backlog_age_s()
    except Error as error:
        log.error("healthz: %s", type(error).__name__)
        body: dict[str, object] = {
            "status": "down", "database": "down", "worker": {"state": "unknown", "age_s": None}, "queue_age_s": None,
            "code_backlog_age_s": None,
        }  # fmt: skip
        return _answer(body, 503)
    worker = "stopped" if worker_s is None or worker_s > WORKER_LATE_S else "running"
    fine = worker == "running" and queue_s <= QUEUE_LATE_S
    body = {
        "status": "ok" if fine else "degraded", "database": "ok", "worker": {"state": worker, "age_s": worker_s},
        "queue_age_s": queue_s, "code_backlog_age_s": backlog_s,
    }  # fmt: skip
    return _answer(body, 200)


def _answer(body: dict[str, object], status: int) -> JsonResponse:
    response = JsonResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    return response


healthz.login_required = False  # type: ignore[attr-defined]  # open to everyone
