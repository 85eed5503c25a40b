"""Who looks, and when, on every page and paper on which an identity stands: a photograph of it says whose it was."""

from dataclasses import dataclass
from datetime import datetime

from minqing.charter import Actor
from minqing.ground.offices.queries import account_names, names_of
from minqing.methods.clock import CHINA

TIMES = range(40)


@dataclass(frozen=True)
class Mark:
    """In both languages at once: whoever finds the paper may read only one."""

    zh: str
    en: str

    @property
    def times(self) -> range:
        return TIMES


def mark_of(by: Actor, *, at: datetime) -> Mark:
    who = {by.account_id} if by.account_id else set()
    zh, en = (next(iter(account_names(who, english=english).values()), "") for english in (False, True))
    office = names_of({by.office_id}).get(by.office_id, ("", "")) if by.office_id else ("", "")
    moment = at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    return Mark(
        f"{office[0]} {zh} {moment} 查看", f"Viewed by {en or zh}, {office[1] or office[0]}, {moment}"
    )
