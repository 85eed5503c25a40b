"""Intake over HTTP against pgbench doing the same inserts, alternately, on the same machine. Target: ratio ≥ 0.33, aim 0.50.

python bench/intake.py [--json] [--seconds 4] [--rounds 5] [--processes 2] [--threads 2]

A throwaway PostgreSQL with fsync on; granian serves the real application with every middleware; each request carries a
name and a telephone number that are sealed. pgbench writes the same six rows: once as the one prepared statement that
intake uses, once as BEGIN, six INSERTs, COMMIT. The contract's figure is the ratio to the inserts.
"""

import argparse
import contextlib
import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from _lines import line, told

CONNECTIONS = 16
BODIES = 200
MUST, AIM = 0.33, 0.50


@contextlib.contextmanager
def county() -> Iterator[tuple[Path, str]]:
    """A home of its own with a running server and an empty, migrated county."""
    folder = Path(tempfile.mkdtemp(prefix="minqing-bench-"))
    (folder / "home").mkdir(mode=0o700)
    if os.geteuid() == 0:
        folder.chmod(0o755)
        (folder / "home" / "data-is-at").write_text(str(folder / "data"))
    os.environ["MINQING_HOME"] = str(folder / "home")
    os.environ.pop("DATABASE_URL", None)
    os.environ["MINQING_STATIC"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    subprocess.run(
        [sys.executable, "-m", "minqing.wiring.cli", "db", "up"], check=True, stdout=subprocess.DEVNULL
    )
    try:
        subprocess.run(
            [sys.executable, "-m", "minqing.wiring.cli", "migrate"], check=True, stdout=subprocess.DEVNULL
        )
        subprocess.run([sys.executable, __file__, "--make-county"], check=True)
        yield folder, os.environ["MINQING_HOME"]
    finally:
        subprocess.run(
            [sys.executable, "-m", "minqing.wiring.cli", "db", "down"], check=False, stdout=subprocess.DEVNULL
        )
        shutil.rmtree(folder, ignore_errors=True)


def make_county() -> None:
    """The few rows that intake points to: one village and the petition desk."""
    from minqing.wiring.booting import boot  # noqa: PLC0415  Django comes up first

    boot()
    from datetime import date  # noqa: PLC0415

    from minqing.ground.offices.commands import open_office  # noqa: PLC0415
    from minqing.ground.offices.rules import OfficeKind  # noqa: PLC0415
    from minqing.ground.places.commands import PlaceRow, load_places  # noqa: PLC0415

    load_places(
        [PlaceRow("990101", "棠川县"), PlaceRow("990101101", "青石镇"), PlaceRow("990101101201", "上湾村")]
    )
    open_office(
        code="desk", name="棠川县信访局", name_en="Petition Office", kind=OfficeKind.PETITION_DESK, place_code="990101000000",
        place_path="/990101/", superior=None, on=date(2020, 1, 1),
    )  # fmt: skip


@contextlib.contextmanager
def web(port: int, processes: int, threads: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers",
        str(processes), "--blocking-threads", str(threads), "--no-ws", "--log-level", "warning", "minqing.wiring.wsgi:application",
    ]  # fmt: skip
    served = subprocess.Popen(command, env=os.environ | {"MALLOC_ARENA_MAX": "2"})
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/healthz")
                if connection.getresponse().status < 500:
                    break
            time.sleep(0.1)
        yield served
    finally:
        served.terminate()
        served.wait(20)


def bodies() -> list[str]:
    """About 300 characters each, all different."""
    sentence = "上湾村三组的自来水从{day}日早上起停了，家里有老人和孩子，打了供水站的电话没有人接，请帮忙问一问什么时候能来水。"
    return [
        json.dumps({
            "text": "".join(sentence.format(day=(n + k) % 28 + 1) for k in range(5)) + f"第{n}号。", "place": "990101101201",
            "name": f"张{n}", "phone": f"1380013{n:04d}", "reply_by": "sms",
        }, ensure_ascii=False)
        for n in range(BODIES)
    ]  # fmt: skip


def by_wrk(port: int, seconds: float, folder: Path) -> float:
    """Requests answered 201 in a second; a fall-back without wrk uses threads of our own (and measures less)."""
    if not shutil.which("wrk"):
        return by_threads(port, seconds)
    script = folder / "post.lua"
    quoted = ",\n".join("[==[" + body + "]==]" for body in bodies())
    script.write_text(
        f"local bodies = {{{quoted}}}\nlocal n = 0\nlocal head = {{['Content-Type']='application/json'}}\n"
        "request = function() n = n % #bodies + 1; return wrk.format('POST', '/api/v1/demands', head, bodies[n]) end\n"
        "local bad = 0\nresponse = function(status) if status ~= 201 then print('STATUS ' .. status) end end\n"
    )
    told = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{int(seconds)}s", "-s", str(script), "--latency", f"http://127.0.0.1:{port}"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    if "STATUS" in told or "Non-2xx" in told:
        raise SystemExit(f"intake refused requests:\n{told[:2000]}")
    found = re.search(r"Requests/sec:\s*([\d.]+)", told)
    assert found, told
    return float(found[1])


def by_threads(port: int, seconds: float) -> float:
    counts, end, sent = [0] * CONNECTIONS, time.monotonic() + seconds, bodies()

    def work(me: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.monotonic() < end:
            body = sent[counts[me] % BODIES].encode()
            connection.request("POST", "/api/v1/demands", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            counts[me] += answer.status == 201

    threads = [threading.Thread(target=work, args=(me,)) for me in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def scripts(folder: Path) -> dict[str, Path]:
    """The inserts of intake as pgbench scripts: the constants of the rooms, with values of the same kind and size."""
    from minqing.wiring.booting import boot  # noqa: PLC0415

    boot()
    from minqing.ground.people.rules import PERSON_SQL  # noqa: PLC0415
    from minqing.record.facts.rules import FACT_SQL, SUBJECT_SQL  # noqa: PLC0415
    from minqing.record.log.rules import PENDING_SQL  # noqa: PLC0415
    from minqing.work.duties.rules import DUTY_SQL  # noqa: PLC0415
    from minqing.work.intake.commands.register import REGISTER_SQL, desk_id  # noqa: PLC0415
    from minqing.work.intake.rules import DEMAND_SQL  # noqa: PLC0415

    def uid(tail: str) -> str:
        # Ids in the order of time, as version 7 ids are; unlike random ones they keep the indexes warm.
        stamp, rest = "to_hex(:stamp::bigint * 1000 + :client_id::bigint)", "to_hex(:r::bigint)"
        return f"(lpad({stamp}, 12, '0') || '7000800000' || lpad({rest}, 8, '0') || '{tail}')::uuid"

    blob = "decode(repeat('ab', {n}), 'hex')"
    text = json.loads(bodies()[0])["text"]
    values: dict[str, str] = {
        "subject_id": uid("01"), "fact_id": uid("02"), "person_id": uid("03"), "duty_id": uid("04"),
        "subject_key": blob.format(n=61), "person_key": blob.format(n=61), "person_sealed": blob.format(n=80),
        "fact_kind": "'demand.registered'", "by_id": "NULL::uuid", "at": "now()",
        "fact_body": "'" + '{"x":"' + "y" * 200 + '"}' + "'",
        "leaf": blob.format(n=220), "leaf_hash": blob.format(n=32), "mask_name": "'张*'", "mask_phone": "'*********00'",
        "place": "'990101101201'", "place_path": "'/990101/101/201/'", "place_words": "''", "reply_by": "'sms'", "lang": "'zh-hans'",
        "duty_rule": "'xf.triage'", "duty_rule_from": "'2022-05-01'::date", "duty_office": f"'{desk_id()}'::uuid",
        "duty_from": "current_date", "duty_statutory": "current_date", "duty_due": "now()", "duty_provisional": "false",
        "text": f"'{text}'", "title": "''", "channel": "'api'", "kind": "'help'", "anonymity": "'named'", "state": "'waiting'",
        "alarm": "'none'", "arrived_on": "current_date", "code_key": "uuid_send(" + uid("05") + ") || uuid_send(" + uid("06") + ")",
        "word_key": "NULL::bytea", "sender": "'bench'", "sender_key": uid("07") + "::text", "verify_no": uid("08") + "::text",
        "n_people": "1", "text_hash": blob.format(n=32), "scan_id": "NULL::uuid", "original_id": "NULL::uuid",
    }  # fmt: skip
    head = "\\set r random(1, 2000000000)\n\\set stamp :n + 1\n\\set n :stamp\n"

    def filled(sql: str) -> str:
        return sql % values

    inserts = [SUBJECT_SQL, PERSON_SQL, FACT_SQL, PENDING_SQL, DUTY_SQL, DEMAND_SQL]
    made = {
        "inserts": head + "BEGIN;\n" + "".join(filled(one) + ";\n" for one in inserts) + "COMMIT;\n",
        "statement": head + filled(REGISTER_SQL) + ";\n",
    }
    paths = {name: folder / f"{name}.sql" for name in made}
    for name, script in made.items():
        paths[name].write_text(script)
    return paths


def by_pgbench(script: Path, seconds: float, url: str, start: int) -> float:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    env = os.environ | {
        "PGPASSWORD": unquote(parts.password or ""), "PGHOST": query["host"][0], "PGPORT": query["port"][0],
        "PGUSER": unquote(parts.username or ""),
    }  # fmt: skip
    told = subprocess.run(
        ["pgbench", "-n", "-M", "prepared", "-f", str(script), "-c", str(CONNECTIONS), "-j", "2", "-T", str(int(seconds)),
         "-D", f"n={start}", parts.path.lstrip("/")],
        capture_output=True, text=True, env=env, check=False,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", told.stdout)
    if not found or "ERROR" in told.stderr:
        raise SystemExit(told.stdout + told.stderr[:2000])
    return float(found[1])


def python_ms(n: int = 2000) -> float:
    """Milliseconds of Python a request costs in one process, database left out of the sum as waiting."""
    from django.test import RequestFactory  # noqa: PLC0415

    from minqing.doors.api.urls import urlpatterns  # noqa: PLC0415

    view = next(one.callback for one in urlpatterns if "demands" in str(one.pattern))
    made, sent = RequestFactory(), bodies()
    requests = [
        made.post("/api/v1/demands", sent[k % BODIES], content_type="application/json") for k in range(n)
    ]
    for request in requests:
        request.LANGUAGE_CODE = "zh-hans"
    began = time.process_time()
    for request in requests:
        assert view(request).status_code == 201
    return (time.process_time() - began) / n * 1000


def measure(seconds: float, rounds: int, processes: int, threads: int, port: int = 18733) -> dict[str, Any]:
    with county() as (folder, _):
        paths = scripts(folder)
        from minqing.wiring import home  # noqa: PLC0415

        url = home.current().app_url()
        found: dict[str, list[float]] = {"http": [], "inserts": [], "statement": []}
        with web(port, processes, threads):
            by_wrk(port, 1, folder)  # warm
            for turn in range(rounds):
                found["http"].append(by_wrk(port, seconds, folder))
                for k, name in enumerate(("inserts", "statement")):
                    start = (turn * 2 + k + 1) * 10_000_000
                    found[name].append(by_pgbench(paths[name], seconds, url, start))
        ms = python_ms()
    middle = {name: statistics.median(values) for name, values in found.items()}
    pairs = {
        name: statistics.median(http / sql for http, sql in zip(found["http"], found[name], strict=True))
        for name in ("inserts", "statement")
    }
    return {
        "connections": CONNECTIONS, "processes": processes, "threads": threads, "rounds": rounds, "seconds": seconds,
        "http_per_s": round(middle["http"]), "http_per_s_per_process": round(middle["http"] / processes),
        "python_ms_per_request": round(ms, 3), "pgbench_inserts_per_s": round(middle["inserts"]),
        "pgbench_statement_per_s": round(middle["statement"]), "ratio_to_inserts": round(pairs["inserts"], 3),
        "ratio_to_statement": round(pairs["statement"], 3), "must": MUST, "aim": AIM,
        "all": {name: [round(value) for value in values] for name, values in found.items()},
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--make-county", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.make_county:
        make_county()
        return
    found = measure(args.seconds, args.rounds, args.processes, args.threads)
    ratio = found["ratio_to_inserts"]
    lines = [
        line("intake over HTTP : pgbench, same inserts (must)", MUST, ratio, ""),
        line("intake over HTTP : pgbench, same inserts (aim)", AIM, ratio, ""),
    ]
    told(lines, args.json, found)


if __name__ == "__main__":
    main()
