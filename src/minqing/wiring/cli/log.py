"""minqing log: check the log against every row and every signature; take it out whole.

verify  exit 0 nothing wrong · 1 something was found · 2 it could not be checked
export  a folder or a .zip that verify.py reads without us
witness hand the newest head to the witnesses now · exit 0 as many have signed it as the policy asks · 1 not · 2 no policy
monitor whether the county kept its time limits, told from the log alone · exit 0 it did · 1 not
settle  after a restore: may the signer go on · exit 0 it may · 1 a person must decide
"""

import argparse
import contextlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psycopg
from django.db import Error

from minqing.kernel.words import Word
from minqing.wiring.booting import boot, database, module
from minqing.wiring.cli import settling
from minqing.wiring.cli.bar import Bar
from minqing.wiring.saying import Trouble, language, said_no, say, t

UNREADABLE = 2
KINDS = {
    "altered": ("被改过", "altered"),
    "deleted": ("被删去", "deleted"),
    "swapped": ("被调换了位置", "swapped"),
    "backdated": ("时间倒填", "back-dated"),
    "missing": ("没有进册", "never came into the log"),
    "fork": ("与签过字的册子不是同一本", "not the log that was signed"),
}
SHOWN = 50
WORTH_IT = 50_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="verify|export|witness|monitor|settle")
    verify = acts.add_parser("verify", help=t("核对存证册", "check the log"))
    verify.add_argument(
        "--full",
        action="store_true",
        help=t("每一条都从原始记录重算，并核对两棵树", "every leaf anew from its row, and both trees"),
    )
    verify.add_argument(
        "--json", action="store_true", help='{"size","root","ok","findings":[{"index","kind","case"}]}'
    )
    verify.add_argument(
        "--processes",
        type=int,
        default=min(os.cpu_count() or 1, 4),
        help=t("用几个进程", "so many processes"),
    )
    export = acts.add_parser("export", help=t("导出整册", "export the whole log"))
    export.add_argument("target", type=Path, help=t("文件夹，或 .zip 文件", "a folder, or a .zip file"))
    export.add_argument("--json", action="store_true", help='{"size","root","files"}')
    witness = acts.add_parser(
        "witness", help=t("把最新册首送去见证", "hand the newest signed head to the witnesses")
    )
    witness.add_argument("--look", action="store_true", help=t("只看，不送", "only look, hand in nothing"))
    witness.add_argument(
        "--json",
        action="store_true",
        help='{"size","quorum","released","witnesses":[{"name","size","at",…}]}',
    )
    monitor = acts.add_parser(
        "monitor", help=t("从存证册看期限守没守住", "whether time limits were kept, from the log alone")
    )
    monitor.add_argument(
        "--json",
        action="store_true",
        help='{"at","size","county":{"n","open_60","open_90","broken":{…}},"offices":[…],"findings":[{"case","kind"}]}',
    )
    settle = acts.add_parser(
        "settle", help=t("恢复以后：存证册能不能接着签", "after a restore: may the log be signed on")
    )
    settle.add_argument(
        "--anew",
        action="store_true",
        help=t("缺的日志真的没有了：另起新册", "what is missing is lost for good: open the log anew"),
    )
    settle.add_argument(
        "--signer-lost",
        action="store_true",
        help=t("签名记录也没有了：按库里最后的册首", "the signer's memory is lost too: take the newest head of the database"),
    )  # fmt: skip
    settle.add_argument(
        "--json", action="store_true", help='{"standing","ok","origin","size","signed","said"}'
    )


def run(args: argparse.Namespace) -> int:
    try:
        with database():
            if args.act == "settle":
                return settling.run(args)
            boot()
            return {"verify": _verify, "export": _export, "witness": _witness, "monitor": _monitor}[args.act](
                args
            )
    except (psycopg.Error, Error, OSError) as error:
        raise Trouble(
            t(f"读不出来：{error}", f"It cannot be read: {error}").splitlines()[0], code=UNREADABLE
        ) from None


def _verify(args: argparse.Namespace) -> int:
    bar = Bar()
    what = t("核对", "checking")
    with _cores(args) as rows:
        verdict = module("minqing.record.facts.queries").verify(
            full=args.full, progress=lambda done, total: bar(done, total, what), rows=rows
        )
    bar.close()
    if args.json:
        print(json.dumps(verdict.told(), ensure_ascii=False))
        return 0 if verdict.ok else 1
    print(t(f"{verdict.size} 条，册首 {verdict.root}", f"{verdict.size} leaves, root {verdict.root}"))
    for one in verdict.findings[:SHOWN]:
        place = t("未入册", "no place") if one.index is None else f"#{one.index}"
        print(f"✗ {place} {t(*KINDS[one.kind])} {one.case or ''}".rstrip())
    if len(verdict.findings) > SHOWN:
        more = len(verdict.findings) - SHOWN
        print(t(f"……还有 {more} 处（--json 全部列出）", f"… {more} more (--json lists all)"))
    if verdict.erased:
        n = verdict.erased
        print(
            t(
                f"– {n} 条的内容已依法删除，指纹和次序都还对",
                f"– {n} leaves of erased words: hash and order still hold",
            )
        )
    if verdict.ok:
        print(t("✓ 与签过字的册首相符", "✓ agrees with every signed head"))
    return 0 if verdict.ok else 1


@contextlib.contextmanager
def _cores(args: argparse.Namespace) -> Iterator[Any]:
    """Other processes that hold leaves against their rows, one a core; none for a log that is checked at once."""
    if not args.full or args.processes < 2 or module("minqing.record.log.queries").size() < WORTH_IT:
        yield None
        return
    rows_of = module("minqing.record.facts.queries").rows_of
    with ProcessPoolExecutor(args.processes, get_context("spawn"), initializer=boot) as pool:
        yield lambda parts: pool.map(rows_of, parts)


def _export(args: argparse.Namespace) -> int:
    target: Path = args.target
    if target.exists() and (target.is_file() or any(target.iterdir())):
        raise Trouble(
            t(f"{target} 已经存在，请换一个名字。", f"{target} exists: choose another name."), code=UNREADABLE
        )
    bar = Bar()
    with _into(target) as put:
        told = module("minqing.record.log.queries").export(
            put, progress=lambda done, total: bar(done, total, t("导出", "exporting"))
        )
        second = module("minqing.record.log.commands").second_head(upto=told["size"])
        if second is not None:
            put("sm3/checkpoint", str(second).encode())
    bar.close()
    if args.json:
        print(json.dumps(told))
    else:
        say(f"已导出 {told['size']} 条到 {target}", f"{told['size']} leaves exported to {target}")
    return 0


def _witness(args: argparse.Namespace) -> int:
    queries, rules = module("minqing.record.log.queries"), module("minqing.record.log.rules")
    at = module("minqing.ground.law.queries").now()
    try:
        if queries.witnesses(at=at) is None:
            raise Trouble(
                t(
                    "还没有见证机关：见 docs/how-to/witness.md（MINQING_LOG_POLICY）。",
                    "No witness is named yet: see docs/how-to/witness.md (MINQING_LOG_POLICY).",
                ),
                code=UNREADABLE,
            )
        if not args.look:
            module("minqing.wiring.witnessing").hand_over_now(at)
        found, head = queries.witnesses(at=at), queries.newest_head()
    except rules.BadPolicy as bad:
        raise Trouble(said_no(bad), code=UNREADABLE) from None
    told = {
        "size": head.size if head else None,
        "quorum": found.newest,
        "released": found.released,
        "witnesses": [asdict(one) for one in found.lines],
    }
    if args.json:
        print(json.dumps(told, ensure_ascii=False, default=str))
        return 0 if found.newest else 1
    for one in found.lines:
        seen = (
            f"{one.size}  {one.at.astimezone().isoformat(' ', 'minutes')}"
            if one.at
            else t("还没签过", "not yet")
        )
        error = f"  ✗ {_why(rules.WitnessTrouble(one.error))} ×{one.failures}" if one.error else ""
        print(f"{one.name}  {seen}{error}")
    size = told["size"]
    say(
        f"册首 {size}：{'签名够数' if found.newest else '签名还不够'}",
        f"head of {size}: {'enough have signed' if found.newest else 'not enough have signed'}",
    )
    return 0 if found.newest else 1


def _monitor(args: argparse.Namespace) -> int:
    found = module("minqing.work.monitor.queries").monitor(at=module("minqing.ground.law.queries").now())
    if args.json:
        findings = [asdict(one) for one in found.findings]
        print(json.dumps(found.told() | {"findings": findings}, ensure_ascii=False))
        return 1 if findings else 0
    kinds = module("minqing.work.monitor.rules").Breach
    county = found.county
    say(
        f"一年里 {county.n} 件；超过60日没有结果 {county.open_60} 件，超过90日 {county.open_90} 件",
        f"{county.n} matters in a year; {county.open_60} open for over 60 days, {county.open_90} for over 90",
    )
    for kind in kinds:
        if n := county.broken.get(kind.value, 0):
            print(f"✗ {n}  {_why(kind)}")
    return 1 if found.findings else 0


def _why(trouble: Word) -> str:
    return trouble.label if language() == "zh" else trouble.value.replace("-", " ")


@contextlib.contextmanager
def _into(target: Path) -> Iterator[Callable[[str, bytes], None]]:
    """Where the files of the export go; a zip stands there whole or not at all."""
    if target.suffix != ".zip":

        def write(name: str, data: bytes) -> None:
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

        yield write
        return
    half = target.with_name(f".{target.name}.part")
    with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
        yield archive.writestr
    half.rename(target)
