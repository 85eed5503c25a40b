"""minqing log settle: what came back from a backup against what was signed last; the two decisions that are a person's."""

import argparse
import json
from typing import Any

from minqing.wiring import home
from minqing.wiring.booting import boot, module
from minqing.wiring.home import replace
from minqing.wiring.saying import Trouble, language, t


def run(args: argparse.Namespace) -> int:
    boot(as_owner=args.anew)
    if args.anew:
        _anew()
    elif args.signer_lost:
        _signer_lost()
    told = _told()
    if args.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(told["said"])
    return 0 if told["ok"] else 1


def _told() -> dict[str, Any]:
    commands, queries = module("minqing.record.log.commands"), module("minqing.record.log.queries")
    rules, settings = module("minqing.record.log.rules"), module("django.conf").settings
    found, known = commands.standing(), queries.high_water()
    ok = found in (rules.Standing.NEW, rules.Standing.GOES_ON)
    said = found.label if language() == "zh" else found.value.replace("-", " ")
    signed = f"{known.origin} {known.size}" if known else "–"
    told = {
        "standing": found.value,
        "ok": ok,
        "origin": settings.MINQING_LOG_ORIGIN,
        "size": queries.size(),
        "signed": known.size if known else None,
        "said": t(f"存证册 {queries.size()} 条，最后签过 {signed}：{said}。", f"The log: {queries.size()} leaves, signed last {signed}: {said}."),
    }  # fmt: skip
    if not ok:
        told["said"] += " " + _advice(found, rules.Standing)
    return told


def _advice(found: Any, standing: Any) -> str:
    if found == standing.UNKNOWN:
        return t(
            "把原来机器上的 signer 文件夹放到本目录；真的没有了：minqing log settle --signer-lost（会在册里写明）。",
            "Put the folder signer/ of the machine before into this home; if it is lost for good: "
            "minqing log settle --signer-lost (the log will say so).",
        )
    return t(
        "在此之前不再签名。找回缺的日志再恢复一次；真的没有了：minqing log settle --anew（另起新册，并在册里写明）。",
        "Nothing is signed until then. Find the WAL that is missing and restore again; if it is lost for good: "
        "minqing log settle --anew (a new log, which says what happened).",
    )


def _anew() -> None:
    commands, queries = module("minqing.record.log.commands"), module("minqing.record.log.queries")
    rules, settings = module("minqing.record.log.rules"), module("django.conf").settings
    found, known = commands.standing(), queries.high_water()
    if known is None or found in (rules.Standing.GOES_ON, rules.Standing.NEW):
        raise Trouble(
            t("用不着另起新册：", "There is no need of a new log: ")
            + (found.label if language() == "zh" else found.value),
            code=2,
        )
    here, at = home.current(), module("minqing.ground.law.queries").now()
    origin = rules.next_origin(known.origin, year=at.year)
    commands.open_anew(at=at, known=known)
    replace(here.path / "log.origin", f"{origin}\n".encode())
    commands.forget_old_origin()
    settings.MINQING_LOG_ORIGIN = origin
    commands.sign_head(at=at)


def _signer_lost() -> None:
    try:
        module("minqing.record.log.commands").take_newest(at=module("minqing.ground.law.queries").now())
    except ValueError as fault:
        raise Trouble(t(f"做不到：{fault}", f"That cannot be done: {fault}"), code=2) from None
