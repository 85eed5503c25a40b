"""Tables of cases."""

from minqing.work.cases.models.beside import (
    Appraisal,
    Booking,
    ExtensionAsk,
    Mediation,
    ReceptionDay,
    Supervision,
    Withdrawal,
)
from minqing.work.cases.models.matter import AWAY, Case, Counter, Hold, Link, Reply, Talk

__all__ = [
    "AWAY",
    "Appraisal",
    "Booking",
    "Case",
    "Counter",
    "ExtensionAsk",
    "Hold",
    "Link",
    "Mediation",
    "ReceptionDay",
    "Reply",
    "Supervision",
    "Talk",
    "Withdrawal",
]
