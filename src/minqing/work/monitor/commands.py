"""Keeps one report a night."""

from datetime import datetime

from django.db import transaction

from minqing.methods.clock import day_of
from minqing.work.monitor.models import Report
from minqing.work.monitor.queries import Found, monitor


@transaction.atomic
def keep_report(*, at: datetime) -> Found:
    """The report of the day, once: what was told in the morning stays what was told."""
    found = monitor(at=at)
    Report.objects.get_or_create(on=day_of(at), defaults={"at": at, "size": found.size, "told": found.told()})
    return found
