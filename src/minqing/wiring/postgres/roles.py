"""The roles and databases of an embedded server, each with a password of its own."""

import json
import secrets

import psycopg
from psycopg import sql

from minqing.wiring.home import (
    APP,
    CLUES,
    CLUES_DATABASE,
    CLUES_OWNER,
    CLUES_WORKER,
    COURIER,
    DATABASE,
    DROP,
    OWNER,
    ROLES,
    SEALED,
    SUPER,
    Home,
    replace,
)
from minqing.wiring.postgres import quiet


def ensure_roles(home: Home) -> None:
    """Owner migrates; app may not change the past; the clues' database has an owner and roles of its own. Repeatable."""
    passwords = _passwords(home)
    # Nobody is told of these: they need not wait for a second disk.
    options = "-c synchronous_commit=local"
    root = psycopg.connect(home.url(SUPER, "postgres"), autocommit=True, connect_timeout=30, options=options)
    with root:
        have = {row[0] for row in root.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'minqing%'")}
        for role in ROLES:
            if role not in have and role != SUPER:
                make = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
                root.execute(make.format(sql.Identifier(role), sql.Literal(passwords[role])))
        made = {row[0] for row in root.execute("SELECT datname FROM pg_database")}
        for database, owner, others in (
            (DATABASE, OWNER, (APP, SEALED, COURIER)),
            (CLUES_DATABASE, CLUES_OWNER, (CLUES, CLUES_WORKER, DROP)),
        ):
            name = sql.Identifier(database)
            if database not in made:
                make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
                root.execute(make.format(name, sql.Identifier(owner)))
            root.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
            give = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}")
            root.execute(give.format(name, sql.SQL(", ").join(map(sql.Identifier, others))))
    if CLUES_DATABASE not in made:
        quiet.hush(home)


def _passwords(home: Home) -> dict[str, str]:
    """Of every role; a home from before one of them existed gets its password now."""
    known = home.server()
    missing = [role for role in ROLES if role not in known["passwords"]]
    if missing:
        known["passwords"] |= {role: secrets.token_urlsafe(24) for role in missing}
        replace(home.server_file, json.dumps(known, indent=1).encode())
    return dict(known["passwords"])
