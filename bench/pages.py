"""Server time of the worklist's first page under each single filter, for the county's desk and for one office, and of
the resident's status page.

python bench/pages.py [--json] [--scale 5] [--rounds 15]; MINQING_BENCH_HOME=<home> takes a county that is loaded already
(for a million cases: `minqing demo --scale 500`). Real HTTP to granian, one request after another, a signed-in session.
The number of queries is counted for a small county (scale 1) and for the large one: it must be the same for every list
that has a row in both.
"""

import argparse
import json
import os
import subprocess
import sys
from typing import Any

from _browse import Browser
from _county import GIVEN, demo, minqing, throwaway
from _lines import line, middle, percentile, told
from intake import web

PORT = 18734
LIST_MS, STATUS_MS = 80, 40
FILTERS = {
    "none": "", "state": "state=accepted", "ended": "state=ended", "all": "state=all", "office": "office={office}",
    "place": "place={place}", "before": "before={before}", "light red": "light=red", "light orange": "light=orange",
    "light yellow": "light=yellow", "light green": "light=green", "kind": "kind=complaint",
    "track": "track=petition", "grade": "grade=help", "mine": "mine=1", "supervised": "supervised=1", "queue": "queue=serve",
    "words": "q=%E8%B7%AF%E7%81%AF",
}  # fmt: skip
AT_OFFICE = (
    "none",
    "ended",
    "all",
    "place",
    "before",
    "light red",
    "light orange",
    "light yellow",
    "light green",
    "kind",
    "mine",
    "queue",
    "words",
)


def facts() -> dict[str, Any]:
    """In a process of its own: values for the filters, codes of demands, and the number of queries of each list."""
    from minqing.wiring.booting import boot  # noqa: PLC0415

    boot()
    from datetime import timedelta  # noqa: PLC0415
    from urllib.parse import parse_qs  # noqa: PLC0415

    from django.db import connection  # noqa: PLC0415
    from django.test import RequestFactory  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from minqing.doors.desk.worklist import filters_of  # noqa: PLC0415
    from minqing.ground.law.queries import now  # noqa: PLC0415
    from minqing.ground.offices.queries import account_by_username, actor, office_by_code  # noqa: PLC0415
    from minqing.wiring.demo.walk import secret_code  # noqa: PLC0415
    from minqing.work.cases.queries import status_of, worklist  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        cases = int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT d.id, d.sender_key FROM intake_demand d JOIN cases_link l ON l.demand_id = d.id"
            " WHERE d.sender = 'demo' ORDER BY md5(d.sender_key) LIMIT 40"
        )
        drawn = cursor.fetchall()
    at = now()
    account, handler = account_by_username("dispatcher"), account_by_username("handler")
    assert account is not None and handler is not None
    desk, office = actor(account, on=at.date()), actor(handler, on=at.date())
    values = {
        "office": str(office_by_code("shuili").id),
        "place": "990101101000",
        "before": (at + timedelta(days=3)).date().isoformat(),
    }
    queries = {name: query.format(**values) for name, query in FILTERS.items()}
    counts, rows = {}, {}
    for by, names, of in ((desk, FILTERS, ""), (office, AT_OFFICE, "office: ")):
        for name in names:
            wanted = filters_of(RequestFactory().get("/desk/cases/?" + queries[name]))
            worklist(by, wanted, now=at)
            with CaptureQueriesContext(connection) as seen:
                page = worklist(by, wanted, now=at)
            counts[of + name], rows[of + name] = len(seen), len(page.rows)
    status = []
    for demand_id, _ in drawn[:5]:
        status_of(demand_id, now=at)
        with CaptureQueriesContext(connection) as seen:
            status_of(demand_id, now=at)
        status.append(len(seen))
    assert parse_qs(queries["state"])
    return {
        "cases": cases,
        "queries": queries,
        "counts": counts,
        "rows": rows,
        "status": max(status),
        "codes": [secret_code(int(key)) for _, key in drawn],
    }


def asked() -> dict[str, Any]:
    out = subprocess.run(
        [sys.executable, __file__, "--facts"], capture_output=True, text=True, check=True
    ).stdout
    return dict(json.loads(out.splitlines()[-1]))


def times(known: dict[str, Any], rounds: int) -> tuple[dict[str, list[float]], list[float]]:
    lists: dict[str, list[float]] = {}
    shown = []
    with web(PORT, 1, 1):
        path = "/desk/cases/"
        for user, names, of in (("dispatcher", FILTERS, ""), ("handler", AT_OFFICE, "office: ")):
            staff = Browser(PORT)
            staff.sign_in(user)
            for name in names:
                query = known["queries"][name]
                staff.ask("GET", f"{path}?{query}")
                for _ in range(rounds):
                    status, _, took = staff.ask("GET", f"{path}?{query}")
                    assert status == 200, f"{name}: {status}"
                    lists.setdefault(of + name, []).append(took)
        for code in known["codes"]:
            person = Browser(PORT)
            if person.open_receipt(code):
                status, _, took = person.ask("GET", "/status/page")
                assert status == 200, status
                shown.append(took)
    return lists, shown[2:]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--scale", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--facts", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.facts:
        print(json.dumps(facts()))
        return
    if os.environ.get(GIVEN):
        given = os.environ.pop(GIVEN)
        with throwaway():
            minqing("demo", "--scale", "1")
            small = asked()
        os.environ[GIVEN] = given
        with demo(args.scale):
            large = asked()
            lists, shown = times(large, args.rounds)
    else:
        with demo(1):
            small = asked()
            minqing("demo", "--scale", str(args.scale))
            large = asked()
            lists, shown = times(large, args.rounds)
    worst = max(lists, key=lambda name: percentile(lists[name], 0.95))
    grown = {  # an empty list has nothing to ask more about
        name: (small["counts"][name], n)
        for name, n in large["counts"].items()
        if n > small["counts"][name] and small["rows"][name]
    }
    size = f"{large['cases']:,} cases"
    lines = [
        line(
            f"worklist p95, worst filter ({worst}), {size}",
            LIST_MS,
            percentile(lists[worst], 0.95),
            "ms",
            at_most=True,
        ),
        line(
            f"worklist p50, all filters, {size}",
            LIST_MS,
            middle([took for one in lists.values() for took in one]),
            "ms",
            at_most=True,
        ),
        line(
            f"filters with more queries than in {small['cases']:,} cases",
            0,
            len(grown),
            "filters",
            at_most=True,
        ),
        line(
            f"status page p95 without the code's hash, {size}",
            STATUS_MS,
            percentile(shown, 0.95),
            "ms",
            at_most=True,
        ),
        line(
            f"status page queries more than small, {size}",
            0,
            max(0, large["status"] - small["status"]),
            "queries",
            at_most=True,
        ),
    ]
    each = {
        name: f"p50 {middle(took):7.1f}  p95 {percentile(took, 0.95):7.1f} ms  {large['counts'][name]} queries (small {small['counts'][name]})"
        for name, took in lists.items()
    }
    each["status page"] = (
        f"p50 {middle(shown):7.1f}  p95 {percentile(shown, 0.95):7.1f} ms  {large['status']} queries, n={len(shown)}"
    )
    told(lines, args.json, each)


if __name__ == "__main__":
    main()
