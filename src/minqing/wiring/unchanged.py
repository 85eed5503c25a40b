"""Whether a start has anything to migrate, grant or collect: told by what the last one left written down.

Asked without Django, so that a second start need not load all of it only to find that nothing is to be done.
"""

import hashlib
import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import psycopg

from minqing.wiring.home import CLUES, Home, replace

PACKAGE = Path(__file__).resolve().parents[1]
TOLD = ("MINQING_STATIC", "MINQING_DEMO")
# Which migrations a database has, who may do what to which table and column, and who sees which row.
STANDS = """
SELECT (SELECT count(*)::text || max(applied)::text FROM django_migrations),
    (SELECT md5(string_agg(oid::text || relname || coalesce(relacl::text, ''), ',' ORDER BY relname)) FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace),
    (SELECT md5(string_agg(attrelid::text || attname || attacl::text, ',' ORDER BY attrelid, attname)) FROM pg_attribute
     WHERE attacl IS NOT NULL),
    (SELECT md5(string_agg(polrelid::text || polname || coalesce(pg_get_expr(polqual, polrelid), ''), ','
     ORDER BY polrelid, polname)) FROM pg_policy)
"""


def mark(here: Home, package: Path = PACKAGE) -> str:
    """A number of all that `minqing migrate --static` depends on, and of what it leaves; empty where there is no database."""
    urls = [here.app_url(), here.owner_url(), here.sealed_url(), here.side_url(CLUES)]
    try:
        stands = [_stands(url) for url in (urls[0], urls[-1]) if url]
    except psycopg.Error:
        return ""
    said = [
        *_files(package), str(Path(sysconfig.get_path("purelib")).stat().st_mtime_ns), *map(str, stands), *urls,
        *(os.environ.get(name, "") for name in TOLD), str((here.static / ".collected").exists()),
    ]  # fmt: skip
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _stands(url: str) -> tuple[object, ...] | None:
    with psycopg.connect(url, connect_timeout=5) as connection:
        return connection.execute(STANDS).fetchone()


def _files(package: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(package):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            found = (Path(folder) / name).stat()
            yield f"{folder}/{name} {found.st_size} {found.st_mtime_ns}"


def keep(here: Home) -> None:
    replace(here.run / "migrated", mark(here).encode())


def unchanged(here: Home) -> bool:
    try:
        kept = (here.run / "migrated").read_text()
    except FileNotFoundError:
        return False
    return bool(kept) and kept == mark(here)
