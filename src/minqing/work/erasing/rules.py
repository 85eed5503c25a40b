"""When personal information may be erased, who must agree, and what stays. Pure.

The skeleton stays: kinds, dates, offices, steps, clocks, how it was judged. So nobody can bury a matter by erasing it.
"""

from datetime import date, timedelta

from minqing.kernel.errors import Refusal
from minqing.kernel.words import Word

WAIT = timedelta(days=30)
KEEP, EXPIRE = "pi.keep", "pi.expire"
"""Rules of the law room: how long words must be kept after the end, and when they are erased without being asked."""
BASIS = "pipl.47"
AT_A_TIME = 500


class Ground(Word):
    ASKED = "asked", "本人要求"
    EXPIRED = "expired", "保存期满"


class ErasureState(Word):
    WAITING = "waiting", "等待删除"
    TAKEN_BACK = "taken_back", "本人收回"
    ERASED = "erased", "已删除"


class StillOpen(Refusal):
    code, status, text = "erasure.open", 409, "这件事还在办，办完以后才能删。"


class StillKept(Refusal):
    code, status, text = (
        "erasure.kept",
        409,
        "{why}到{until}以前还要保存，现在不能删。",
    )


class AskedAlready(Refusal):
    code, status, text = "erasure.asked-already", 409, "已经提过删除，或者已经删了。"


class NothingAsked(Refusal):
    code, status, text = "erasure.nothing-asked", 409, "没有等着删除的要求。"


class TooSoon(Refusal):
    code, status, text = "erasure.too-soon", 409, "本人还可以反悔，{until}起才能同意删除。"


class TwoPersons(Refusal):
    code, status, text = "erasure.two-persons", 409, "您已经同意过了，要由另一个人再同意一次。"


def wait_until(asked: date) -> date:
    """The first day on which the two may agree."""
    return asked + WAIT
