"""What a case forgets when a word in it is erased. Its skeleton stays: kinds, dates, offices, steps, how it was judged."""

from uuid import UUID

from django.db import transaction

from minqing.record.facts.queries import is_erased
from minqing.work.cases.models import (
    Appraisal,
    Booking,
    Case,
    ExtensionAsk,
    Hold,
    Link,
    Mediation,
    Reply,
    Supervision,
    Talk,
)

GONE = "—"
"""Stands where words stood that may not be empty."""


@transaction.atomic
def erase_matter(*, demand_id: UUID) -> list[UUID]:
    """Away with what this person said; in cases that are theirs alone also with what offices wrote about it.

    Returns those cases. In a joint case what the offices wrote belongs to the others too, and stays.
    """
    Talk.objects.filter(demand_id=demand_id).update(text="")
    Booking.objects.filter(demand_id=demand_id).update(notes="")
    Link.objects.filter(demand_id=demand_id).update(part="", reason="")
    Link.objects.filter(demand_id=demand_id, left_reason__isnull=False).update(left_reason="")
    mine = set(Link.objects.filter(demand_id=demand_id).values_list("case_id", flat=True))
    shared = Link.objects.filter(case_id__in=mine).exclude(demand_id=demand_id)
    living = {
        case_id for case_id, demand in shared.values_list("case_id", "demand_id") if not is_erased(demand)
    }
    alone = sorted(mine - living)
    Case.objects.filter(pk__in=alone).update(title=GONE)
    Reply.objects.filter(case_id__in=alone).update(
        text=GONE, request=GONE, facts="", reasons=GONE, basis=GONE, remedy=GONE
    )
    Hold.objects.filter(case_id__in=alone).update(words="", reason="", basis="")
    Mediation.objects.filter(case_id__in=alone).update(other_side=GONE, agreement="")
    Supervision.objects.filter(case_id__in=alone).update(words=GONE)
    Supervision.objects.filter(case_id__in=alone).exclude(answer="").update(answer=GONE)
    Appraisal.objects.filter(case_id__in=alone).update(subject=GONE)
    Appraisal.objects.filter(case_id__in=alone).exclude(result="").update(result=GONE)
    ExtensionAsk.objects.filter(case_id__in=alone).update(reason=GONE)
    Talk.objects.filter(case_id__in=alone).update(text="")
    return alone
