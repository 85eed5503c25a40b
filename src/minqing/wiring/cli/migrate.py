"""minqing migrate: as owner, bring the schema to this version, then say who may do what."""

import argparse
import contextlib
import hashlib
import json
from collections.abc import Iterator

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from minqing.wiring import grants, home, postgres, sides, unchanged, walls
from minqing.wiring.booting import boot
from minqing.wiring.saying import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--static", action="store_true", help="also collect the static files of the pages")
    parser.add_argument("--json", action="store_true", help="print {applied, tables, static}")


def run(args: argparse.Namespace) -> int:
    boot(as_owner=True)
    here = home.current()
    with postgres.running(here), contextlib.closing(connection):
        applied = migrate()
        tables = grants.apply(connection)
        applied += sealed_side()
        collected = collect(here) if args.static else False
        if args.static:
            unchanged.keep(here)
    if args.json:
        print(json.dumps({"applied": applied, "tables": tables, "static": collected}))
    return 0


def migrate() -> list[str]:
    """Apply what is missing; returns the names."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"升级数据库结构：{len(plan)} 步……", f"Migrating the database: {len(plan)} steps …")
        call_command("migrate", interactive=False, verbosity=0)
    return [f"{step.app_label}.{step.name}" for step, _ in plan]


def sealed_side() -> list[str]:
    """The clues' own database, where there is one: its tables, its sessions, its walls."""
    if "clues" not in connections:
        return []
    beside = connections["clues"]
    with contextlib.closing(beside):
        executor = MigrationExecutor(beside)
        ours = [node for node in executor.loader.graph.leaf_nodes() if node[0] in sides.OWN]
        plan = executor.migration_plan(ours)
        for app in sides.OWN if plan else ():
            call_command("migrate", app, database="clues", interactive=False, verbosity=0)
        walls.apply(beside, **{part: grants.role_of(home.current().side_url(role)) for part, role in (
            ("pages", home.CLUES), ("worker", home.CLUES_WORKER), ("drop", home.DROP))})  # fmt: skip
    return [f"{step.app_label}.{step.name}" for step, _ in plan]


def collect(here: home.Home) -> bool:
    """Copy, hash and compress the static files, only when one of them changed since the last time."""
    stamp = here.static / ".collected"
    fingerprint = hashlib.sha256("\n".join(sorted(_static_files())).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    here.static.mkdir(exist_ok=True)
    stamp.write_text(fingerprint)
    return True


def _static_files() -> Iterator[str]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield f"{name} {storage.size(name)} {storage.get_modified_time(name).timestamp()}"
