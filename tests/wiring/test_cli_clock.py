"""`minqing clock`, as a person runs it: one answer or many lines, no database, a clear exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

from minqing.ground.law import rules


def clock(*words: str, said: bytes = b"", lang: str = "zh") -> tuple[int, list[dict[str, object]]]:
    """Run it as a person would, without any database or settings."""
    env = {
        "PATH": os.environ["PATH"],
        "MINQING_LANG": lang,
        "PYTHONPATH": str(Path(rules.__file__).parents[4]),
    }
    done = subprocess.run([sys.executable, "-m", "minqing.wiring.cli", "clock", *words], input=said, capture_output=True,
                          env=env, timeout=60)  # fmt: skip
    text = done.stdout.decode()
    lines = text.splitlines() if "--jsonl" in words else [text]
    return done.returncode, [json.loads(line) for line in lines if line.strip()]


def test_clock_answers_from_the_shell() -> None:
    code, [found] = clock("--rule", "xf.handle", "--from", "2026-03-02")
    assert code == 0
    assert list(found) == [
        "rule",
        "term",
        "from",
        "statutory",
        "due",
        "provisional",
        "basis",
        "explanation",
        "steps",
    ]
    assert (found["rule"], found["term"], found["from"]) == ("xf.handle", "60D", "2026-03-02")
    assert (found["statutory"], found["due"], found["provisional"]) == ("2026-05-01", "2026-05-06", False)
    assert found["basis"] == "《信访工作条例》第三十四条"
    assert all(set(step) == {"code", "params"} for step in found["steps"])  # type: ignore[attr-defined]
    code, [found] = clock("--rule", "xf.handle", "--from", "2026-03-02", "--on", "2015-01-01", "--lang", "en")
    assert found["basis"] == "Petition Regulations (2005), art. 33"
    assert str(found["explanation"]).isascii()
    code, [found] = clock("--term", "24H", "--from", "2026-02-13T10:00Z")
    assert (found["rule"], found["due"]) == (None, "2026-02-14T18:00:00+08:00")


def test_clock_says_what_is_wrong_and_exits_2_or_3() -> None:
    for words, code, name in (
        (["--rule", "no.such", "--from", "2026-03-02"], 2, "law.unknown-rule"),
        (["--term", "15X", "--from", "2026-03-02"], 2, "clock.bad-term"),
        (["--term", "15D", "--from", "2026-02-30"], 3, "clock.bad-date"),
        (["--term", "15D", "--from", "1948-12-31"], 3, "clock.date-before-1949"),
        (["--rule", "xf.triage", "--from", "2026-03-02", "--on", "soon"], 3, "clock.bad-date"),
    ):
        got, [told] = clock(*words, lang="en")
        assert (got, told["code"]) == (code, name)
        assert set(told) == {"code", "detail"}
        assert str(told["detail"]).isascii()


def test_clock_reads_lines_and_a_bad_one_stops_nothing() -> None:
    lines = [
        '{"term": "15D", "from": "2026-02-13"}', "nonsense", "[1]", '{"rule": "zz", "from": "2026-01-01"}', "",
        '{"rule": "z\\ud800", "from": "2026-01-01"}', '{"rule": 5, "from": "2026-01-01"}', '{"rule": "xf.tell", "from": 5}',
        '{"rule": "xf.tell", "term": "1D", "from": "2026-01-01"}', '{"rule": "xf.handle", "from": "2026-03-02", "on": "2026-03-02"}',
        '{"term": "15D", "from": "2026-02-13", "unit": "D"}',
    ]  # fmt: skip
    code, found = clock("--jsonl", said="\n".join(lines).encode() + b"\n\xff\xfe\n")
    assert code == 1, "some line could not be answered"
    assert clock("--jsonl", said=lines[0].encode())[0] == 0
    assert [line.get("code") or line["due"] for line in found] == [
        "2026-02-28", "clock.bad-line", "clock.bad-line", "law.unknown-rule", "law.unknown-rule", "law.unknown-rule",
        "clock.bad-date", "clock.bad-line", "2026-05-06", "clock.bad-line", "clock.bad-line",
    ]  # fmt: skip
