"""minqing clock: one due date and why, as JSON; `--jsonl` for many. Needs no database.

Only with --county are the county's own rows read from its database; without, the shipped rules and calendar answer.
Exit 0 found · 2 no such rule or term · 3 no such date; the reason is on stdout as {"code", "detail"}.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import django

from minqing.ground.law import queries, rules
from minqing.kernel.errors import Refusal
from minqing.methods.clock import BadDate, BadTerm, ClockError, day_of, due_of, moment_of
from minqing.wiring.saying import language, t

NAME = "clock"
HELP = ("算期限，并说明为什么是这一天", "compute a due date and explain it")
NO_RULE, NO_DATE, SOME_FAILED = 2, 3, 1
KEYS = frozenset({"rule", "term", "from", "on"})
ENGLISH = {
    rules.UnknownRule: "There is no rule ",
    rules.RuleEnded: "No version is in force any more of the rule ",
}


class BadLine(ClockError):
    """A line of --jsonl that is no question."""

    code = "clock.bad-line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--rule", metavar="KEY", help=t("规则，如 xf.triage", "a rule, such as xf.triage"))
    what.add_argument(
        "--term", metavar="TERM", help=t("期限，如 15D、5WD、3M、24H", "a term, such as 15D, 5WD, 3M, 24H")
    )
    what.add_argument(
        "--jsonl",
        action="store_true",
        help=t("从标准输入逐行读 {rule|term, from, on?}", "read lines {rule|term, from, on?} from stdin"),
    )
    parser.add_argument(
        "--from", dest="from_", metavar="DATE|TIME", help=t("从哪天（或哪一刻）起", "the start")
    )
    parser.add_argument("--on", metavar="DATE", help=t("用哪一天有效的规则", "the rule in force on that day"))
    parser.add_argument(
        "--county",
        action="store_true",
        help=t("同时读本县数据库里的规则和日历", "also read the county's own rows from its database"),
    )
    parser.add_argument("--json", action="store_true", help=t("总是输出 JSON", "the answer always is JSON"))


def run(args: argparse.Namespace) -> int:
    if args.county:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minqing.wiring.settings")
        django.setup()
    lang = "en" if language() == "en" else "zh-hans"
    if args.jsonl:
        failed = False
        for found in answers(sys.stdin.buffer, lang):
            failed |= "code" in found
            print(_json(found))
        return SOME_FAILED if failed else 0
    if not (args.rule or args.term) or not args.from_:
        wanted = t("要有 --rule 或 --term，并且要有 --from。", "Give --rule or --term, and --from.")
        print(f"minqing clock: {wanted}", file=sys.stderr)
        return NO_RULE
    asked = {"rule": args.rule, "term": args.term, "from": args.from_, "on": args.on}
    try:
        print(_json(answer(asked, lang), indent=2))
    except (ClockError, Refusal) as error:
        print(_json(_refused(error)))
        return NO_DATE if isinstance(error, BadDate) else NO_RULE
    return 0


def answers(lines: Iterable[bytes], lang: str) -> Iterator[dict[str, Any]]:
    """An answer for each line that is not empty; a line that cannot be answered says why, and the next one goes on."""
    for line in lines:
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            if not isinstance(asked, dict):
                raise BadLine("每行要是一个 JSON 对象。", "Each line must be a JSON object.")
            if unknown := ", ".join(sorted(asked.keys() - KEYS)):
                raise BadLine(f"没有这样的键：{unknown}。", f"No such key: {unknown}.")
            yield answer(asked, lang)
        except (ClockError, Refusal) as error:
            yield _refused(error)
        except (ValueError, RecursionError):
            yield _refused(BadLine("这一行不是 JSON。", "This line is not JSON."))


def answer(asked: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """The due date for {"rule" or "term", "from", "on"?}."""
    key, term = asked.get("rule"), asked.get("term")
    if bool(key) == bool(term):
        raise BadLine("rule 和 term 要有一个，且只有一个。", "Give rule or term, and only one of them.")
    from_ = moment_of(_text(asked, "from"))
    if term:
        return rules.as_json(due_of(_term(term), from_, queries.calendar()), lang)
    on: date | None = day_of(moment_of(_text(asked, "on"))) if asked.get("on") is not None else None
    if not isinstance(key, str):
        raise rules.UnknownRule(key=json.dumps(key, ensure_ascii=False))
    return rules.as_json(queries.due(key, from_, on), lang)


def _text(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str):
        raise BadDate(f"{name} 要是文字，例如 2026-02-13。", f"{name} must be text, such as 2026-02-13.")
    return value


def _term(value: Any) -> str:
    if not isinstance(value, str):
        raise BadTerm("term 要是文字，例如 15D。", "term must be text, such as 15D.")
    return value


def _refused(error: ClockError | Refusal) -> dict[str, Any]:
    if isinstance(error, ClockError):
        return {"code": error.code, "detail": t(error.detail, error.detail_en)}
    english = f"{ENGLISH[type(error)]}{error.data['key']}" if type(error) in ENGLISH else str(error)
    return {"code": error.code, "detail": t(str(error), english)}


def _json(value: dict[str, Any], indent: int | None = None) -> str:
    """JSON that any terminal can be given: half a character pair, if one was typed, goes out escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "backslashreplace").decode()


def main(args: Sequence[str] | argparse.Namespace | None = None) -> int:
    """From parsed arguments, or from words: `python -m minqing.wiring.cli.clock --term 15D --from 2026-02-13`."""
    if not isinstance(args, argparse.Namespace):
        parser = argparse.ArgumentParser(prog="minqing clock", description=t(*HELP))
        add_arguments(parser)
        parser.add_argument("--lang", choices=["zh", "en"])
        args = parser.parse_args(args)
        if args.lang:
            os.environ["MINQING_LANG"] = args.lang
    return run(args)


if __name__ == "__main__":
    sys.exit(main())
