"""minqing migrate: as owner, bring the schema to this version, then say who may do what."""

import argparse
import contextlib
import hashlib
import json
from collections.abc import Iterator

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from minqing.wiring import grants, home, postgres
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
        collected = collect(here) if args.static else False
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
