"""The year as minutes: which days are worked, when people speak, and a course laid on the calendar."""

from datetime import date, datetime, time, timedelta

from minqing.ground.law.rules import shipped_calendar
from minqing.methods.clock import CHINA, Calendar
from minqing.wiring.demo.courses import Course
from minqing.wiring.demo.dice import draws, wheel
from minqing.wiring.demo.offices import office
from minqing.wiring.demo.story import Step

DAYS = 365
LEAD_IN = 40  # days before the year, for the calendar arithmetic of its first steps
AFTER = 400
# How much is heard: by weekday (Monday first), by month, on a day off, by hour.
WEEKDAY = (1.22, 1.1, 1.06, 1.04, 1.06, 0.74, 0.68)
MONTH = (0.95, 0.7, 1.06, 1.02, 0.98, 1.08, 1.16, 1.2, 1.04, 0.92, 0.98, 1.06)
DAY_OFF = 0.45
BY_HOUR = (3, 2, 1, 1, 1, 3, 9, 26, 60, 86, 82, 52, 28, 34, 62, 74, 66, 48, 34, 40, 44, 34, 18, 8)
HOURS = wheel(list(enumerate(BY_HOUR)), 2048)
OPENS, CLOSES = 510, 1070  # minutes of a working day: 8:30 to 17:50
CALLERS = {"xfj": "hotline", "hotline": "xfj"}
QUICK = {"forward": (2, 8), "accept": (6, 16), "contact": (5, 18), "reply": (20, 66)}
"""Minutes within which a danger to life is worked on; a cut main gets eight times as long."""


class Frame:
    """The calendar of the year that ends at `now`, in whole days and minutes from its first midnight."""

    def __init__(self, now: datetime, calendar: Calendar | None, seed: int) -> None:
        self.now = now.astimezone(CHINA)
        self.today: date = self.now.date()
        self.seed = seed
        self.calendar = calendar or shipped_calendar()
        self.first = self.today - timedelta(days=DAYS - 1)
        self.base = datetime.combine(self.first, time(), CHINA)
        self.now_minute = int((self.now - self.base).total_seconds() // 60)
        self.dates = [self.first + timedelta(days=n) for n in range(-LEAD_IN, DAYS + AFTER)]
        self.work_days = [n - LEAD_IN for n, day in enumerate(self.dates) if self.calendar.is_workday(day)]
        worked = set(self.work_days)
        self.works = [n in worked for n in range(DAYS + AFTER - LEAD_IN)]
        count = sum(n < 0 for n in self.work_days) - 1
        self.work_index = []
        for works in self.works:
            count += works
            self.work_index.append(count)
        self.day_wheel = wheel([(n, self._heard(n)) for n in range(DAYS)], 16384)

    def _heard(self, n: int) -> float:
        day = self.first + timedelta(days=n)
        weight = WEEKDAY[day.weekday()] * MONTH[day.month - 1]
        return weight if self.works[n] or day.weekday() >= 5 else weight * DAY_OFF

    def day(self, minute: int) -> date:
        return self.dates[LEAD_IN + minute // 1440]

    def moment(self, minute: int) -> datetime:
        return self.base + timedelta(minutes=minute)

    def usual_minute(self, dice: tuple[int, ...]) -> int:
        """When somebody speaks: seasons, weekdays and hours; never after now."""
        days = self.day_wheel
        minute = days[dice[3] % len(days)] * 1440 + HOURS[dice[4] % len(HOURS)] * 60 + dice[5] % 60
        while minute > self.now_minute:
            minute -= 7 * 1440
        return minute

    def worked(self, at: int, days: int, turn: int) -> int:
        """A minute of a working day, `days` working days on; the same day while it lasts."""
        day, minute = divmod(at, 1440)
        if days == 0 and self.works[day] and minute < CLOSES - 20:
            return day * 1440 + min(max(minute, OPENS) + 4 + turn % 75, CLOSES)
        index = self.work_index[day] + max(1, days)
        return self.work_days[index] * 1440 + OPENS + turn % (CLOSES - OPENS)

    def lay(
        self, course: Course, minute: int, item: int, places: dict[str, str], hurry: int = 0
    ) -> tuple[Step, ...]:
        """The course on the calendar, cut off at now; `hurry` 1 for a cut main, 2 for a danger to life."""
        dice = draws(self.seed, item, 6, 2)
        out: list[Step] = []
        at = served = minute
        answered = False
        turn = 0
        for number, leg in enumerate(course.legs):
            span = leg.low + dice[turn] % leg.width
            if hurry and not answered and leg.act in QUICK:
                low, width = QUICK[leg.act]
                at += (low + dice[turn + 1] % width) * (8 if hurry == 1 else 1)
                if leg.act == "contact" and at % 1440 < 420:  # nobody is rung out of bed for a dripping tap
                    at += 420 - at % 1440 if hurry == 1 else 0
            elif leg.unit == "w":
                at = self.worked(at, span, dice[turn + 1])
            elif leg.unit == "d":
                at = max(at + 9, (at // 1440 + span) * 1440 + 420 + dice[turn + 1] % 840)
            elif leg.unit == "s":
                at = max(at, (served // 1440 + span) * 1440 + 5)
            else:
                at += span
            turn += 2
            if at > self.now_minute:
                break
            if leg.act == "serve":
                served = at
            answered = answered or leg.act == "reply"
            settings = leg.settings
            where = places.get(leg.office, leg.office)
            to = places.get(settings["to"], "") if "to" in settings else ""
            out.append(Step(number, leg.act, at, self.moment(at), leg.role, where, to, leg.state, settings))
        return tuple(out)


def places_of(lead: str, helper: str, wrong: str, desk: str) -> dict[str, str]:
    """What the office words of a course stand for in one story."""
    caller = CALLERS.get(desk, "xfj")
    return {
        "lead": lead, "helper": helper, "wrong": wrong, "desk": desk, "above": office(lead).superior or "fuban",
        "cb": "xfj" if caller == lead else caller, "township": lead[:9] + "000" if lead.isdigit() else "fuban",
    }  # fmt: skip
