"""Import of old messages with their clocks, and the loader of rows made beforehand, in a throwaway county.

python bench/importing.py [--json] [--rows 6000] [--rounds 3]. The import reads a file of invented messages with replies:
every row is checked, sealed, numbered, given three clocks and its facts. The loader is timed for COPY alone: subject,
person, demand, duty, fact and log leaf of demands that were made before the clock started.
"""

import argparse
import csv
import os
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from _county import throwaway
from _lines import line, middle, told

IMPORT, LOADER = 3_000, 10_000
BATCH = 2_000


def write(path: Path, rows: int, turn: int) -> None:
    began = datetime(2025, 3, 1, 8)  # noqa: DTZ001  as files have it
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["key", "time", "title", "text", "reply", "reply_time", "name", "phone"])
        for n in range(rows):
            at = began + timedelta(minutes=37 * n % 500_000)
            text = (
                f"上湾村第{n % 9}组的第{n}号水表从{at.day}日起就不走了，用水照收钱，请供水站来人看一看，换一个新的。"
                * 3
            )
            reply = f"您反映的第{n}号水表已经换好，多收的水费下月退回，由供水站上门办理。" * 3
            told_at = at + timedelta(days=3 + n % 40)
            sheet.writerow(
                [
                    f"{turn}-{n}",
                    at.isoformat(" "),
                    f"{n}号水表",
                    text,
                    reply,
                    told_at.isoformat(" "),
                    f"张{n}",
                    f"154{n:08d}",
                ]
            )


def imported(rows: int, rounds: int) -> tuple[list[float], float]:
    """(rows a second of each round, ms of processor time a row)."""
    from minqing.wiring.demo.base import settle  # noqa: PLC0415
    from minqing.wiring.importing.messages import WANTED, import_messages  # noqa: PLC0415

    settle(date(2026, 6, 30))
    found, cpu = [], 0.0
    for turn in range(rounds + 1):
        path = Path(os.environ["MINQING_HOME"]) / f"messages-{turn}.csv"
        write(path, rows if turn else 500, turn)
        began, busy = time.perf_counter(), time.process_time()
        report = import_messages(
            path, {name: name for name in WANTED}, sender="bench", today=date(2026, 6, 30)
        )
        took = time.perf_counter() - began
        assert report.added == (rows if turn else 500), report.as_dict()
        if turn:
            found.append(rows / took)
            cpu += time.process_time() - busy
    return found, cpu / rows / rounds * 1000


def batches(rows: int) -> list[Any]:
    """Demands as rows of six tables, ready for COPY."""
    from uuid import uuid4  # noqa: PLC0415

    from minqing.ground.offices.queries import office_by_code  # noqa: PLC0415
    from minqing.kernel.ids import uuid7_at  # noqa: PLC0415
    from minqing.methods.clock import CHINA  # noqa: PLC0415
    from minqing.methods.codes import verify_number  # noqa: PLC0415
    from minqing.wiring.loading import Batch  # noqa: PLC0415

    desk, began, out = office_by_code("xfj").id, datetime(2025, 3, 1, 8, tzinfo=CHINA), []
    for first in range(0, rows, BATCH):
        batch = Batch()
        for n in range(first, min(first + BATCH, rows)):
            at = began + timedelta(minutes=7 * n % 500_000)
            demand, person = batch.subject(at), uuid7_at(at)
            batch.add(
                "people_person", id=person, key=os.urandom(61), sealed=os.urandom(90), mask_name="张*", mask_phone="*********00", place_id=None,
                household_id=None, reply_by="sms", lang="zh-hans", created_at=at,
            )  # fmt: skip
            batch.add(
                "intake_demand", id=demand.id, person_id=person, text=f"第{n}号水表不走了，请来人看一看。" * 15, title="", place_id=None,
                place_path="", place_words="", channel="web", kind="help", anonymity="named", state="waiting", alarm="none", registered_at=at,
                arrived_on=at.date(), code_key=os.urandom(32), reply_by="sms", lang="zh-hans", sender="bench", sender_key=str(uuid4()),
                verify_no=verify_number(uuid4()), written_by_id=None, n_people=1, text_hash=os.urandom(32),
            )  # fmt: skip
            batch.add(
                "duties_duty", id=uuid7_at(at), about_id=demand.id, rule="xf.triage", rule_from=date(2022, 5, 1), office_id=desk, place="",
                from_on=at.date(), statutory_on=at.date(), due_at=at + timedelta(days=15), provisional=False, term="", extra=0, met_at=None,
                dropped=None,
            )  # fmt: skip
            batch.fact(demand, "demand.registered", at, channel="web")
        out.append(batch)
    return out


def loaded(rows: int, rounds: int) -> list[float]:
    found = []
    for _ in range(rounds):
        ready = batches(rows)
        began = time.perf_counter()
        for batch in ready:
            batch.put_in()
        found.append(rows / (time.perf_counter() - began))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rows", type=int, default=6_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not args.inside:
        with throwaway():
            done = subprocess.run([sys.executable, __file__, "--inside", *sys.argv[1:]], check=False)
        raise SystemExit(done.returncode)
    from minqing.wiring.booting import boot  # noqa: PLC0415

    boot()
    rates, cpu = imported(args.rows, args.rounds)
    copied = loaded(args.rows, args.rounds)
    lines = [
        line("import with clocks", IMPORT, middle(rates), "demands/s"),
        line("loader of pre-made rows, 6 tables", LOADER, middle(copied), "demands/s"),
    ]
    more = {
        "import, all rounds": [round(rate) for rate in rates], "import, ms of Python a row": round(cpu, 3),
        "loader, all rounds": [round(rate) for rate in copied],
    }  # fmt: skip
    told(lines, args.json, more)


if __name__ == "__main__":
    main()
