"""Every night."""

from datetime import datetime

from minqing.work.monitor.commands import keep_report


def report(at: datetime) -> int:
    return len(keep_report(at=at).findings)
