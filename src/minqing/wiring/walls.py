"""Row-level security in the clues' database: which row which role sees. Read with grants.py.

Every table there is FORCEd. The pages' role sees a row only of a clue on which the officer named by `minqing.officer`
(`SET LOCAL`, a literal, once a transaction) holds an open access, or of the one clue that `minqing.clue` names because
its slip was shown. The worker's role sees all, and serves no page. Owner: only inside the functions of the county.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

from minqing.wiring import home

OFFICER = "nullif(current_setting('minqing.officer', true), '')::uuid"
SLIP = "nullif(current_setting('minqing.clue', true), '')::uuid"
HOLDS = f"EXISTS (SELECT 1 FROM clues_access a WHERE a.clue_id = {{clue}} AND a.officer = {OFFICER} AND a.until IS NULL)"  # noqa: S608
# Table → what the pages' role may do with the rows it sees, and how a row is known as one of theirs.
PAGES: dict[str, tuple[str, str]] = {
    "clues_clue": ("SELECT, UPDATE", f"{HOLDS.format(clue='clues_clue.id')} OR clues_clue.id = {SLIP}"),
    "clues_enclosure": ("SELECT", HOLDS.format(clue="clues_enclosure.clue_id")),
    "clues_officer": ("SELECT, INSERT, UPDATE", "true"),
    "clues_access": ("SELECT, UPDATE", f"clues_access.officer = {OFFICER}"),
    "clues_talk": (
        "SELECT, INSERT, UPDATE",
        f"{HOLDS.format(clue='clues_talk.clue_id')} OR clues_talk.clue_id = {SLIP}",
    ),
    "clues_step": (
        "SELECT, INSERT",
        f"{HOLDS.format(clue='clues_step.clue_id')} OR clues_step.clue_id = {SLIP}",
    ),
    "clues_duty": (
        "SELECT, INSERT, UPDATE",
        f"{HOLDS.format(clue='clues_duty.clue_id')} OR clues_duty.clue_id = {SLIP}",
    ),
    "clues_opening": ("SELECT, INSERT, UPDATE", HOLDS.format(clue="clues_opening.clue_id")),
    "clues_look": (
        "SELECT, INSERT",
        f"{HOLDS.format(clue='clues_look.clue_id')} OR clues_look.clue_id = {SLIP}",
    ),
    "clues_refund": (
        "SELECT, INSERT, UPDATE",
        f"{HOLDS.format(clue='clues_refund.clue_id')} OR clues_refund.clue_id = {SLIP}",
    ),
    "clues_chain": ("", "false"),
    "clues_slot": ("", "false"),
    "clues_try": ("SELECT, INSERT, UPDATE", "true"),
}
FUNCTIONS = (
    "clues_drop(uuid, bytea, bytea, bytea, bytea, bytea, bytea, text, date, bytea, text, uuid[], bytea[])",
    "clues_slip(bytea, bytea)",
    "clues_verify(text)",
    "clues_word(bytea, bytea, bytea, bytea)",
)
# What the clues' side reads of the county: who works where, which place is where, what the law says. And what it puts in.
COURIER_READS = (
    "offices_", "places_", "law_", "django_migrations", "mfa_authenticator",
    "log_checkpoint", "log_cosignature",  # the published heads, which every slip shows
)  # fmt: skip
COURIER_PUTS = {"log_pending": "INSERT", "log_handed": "SELECT, INSERT", "log_leaf": "SELECT"}
COURIER_FETCHES = ("intake_accusation", "intake_enclosure")


def apply(
    connection: BaseDatabaseWrapper,
    *,
    pages: str = home.CLUES,
    worker: str = home.CLUES_WORKER,
    drop: str = home.DROP,
) -> int:
    """Say all of it anew in the clues' database, as its owner; how many tables. A table without a line here is an error."""
    q = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_user")
        schema, owner = cursor.fetchone()
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY 1"
        )
        tables = [row[0] for row in cursor.fetchall()]
        lines = [
            f"REVOKE ALL ON SCHEMA {q(schema)} FROM PUBLIC",
            f"GRANT USAGE ON SCHEMA {q(schema)} TO {q(pages)}, {q(worker)}, {q(drop)}",
        ]
        for table in tables:
            lines.append(f"REVOKE ALL ON {q(table)} FROM PUBLIC, {q(pages)}, {q(worker)}, {q(drop)}")
            if table == "django_session":
                lines.append(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {q(table)} TO {q(pages)}, {q(worker)}")
            elif table == "django_migrations":
                lines.append(f"GRANT SELECT ON {q(table)} TO {q(pages)}, {q(worker)}")
            else:
                lines += _walls(q, table, owner=owner, pages=pages, worker=worker)
        for function in FUNCTIONS:
            lines.append(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
            lines.append(f"GRANT EXECUTE ON FUNCTION {function} TO {q(drop)}, {q(pages)}, {q(worker)}")
        cursor.execute(";\n".join(lines))
    return len(tables)


def _walls(q, table: str, *, owner: str, pages: str, worker: str) -> list[str]:  # type: ignore[no-untyped-def]
    may, seen = PAGES[table]
    lines = [
        f"ALTER TABLE {q(table)} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {q(table)} FORCE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS pages ON {q(table)}",
        f"DROP POLICY IF EXISTS works ON {q(table)}",
        f"CREATE POLICY works ON {q(table)} TO {q(owner)}, {q(worker)} USING (true) WITH CHECK (true)",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {q(table)} TO {q(worker)}",
    ]
    if may:
        lines.append(f"CREATE POLICY pages ON {q(table)} TO {q(pages)} USING ({seen}) WITH CHECK ({seen})")
        lines.append(f"GRANT {may} ON {q(table)} TO {q(pages)}")
    return lines


def courier(q, tables: list[str], *, role: str) -> list[str]:  # type: ignore[no-untyped-def]
    """The same for the county's database: what the clues' side may read, put in and fetch there."""
    lines = []
    for table in tables:
        lines.append(f"REVOKE ALL ON {q(table)} FROM {q(role)}")
        if table.startswith(COURIER_READS):
            lines.append(f"GRANT SELECT ON {q(table)} TO {q(role)}")
        elif table in COURIER_PUTS:
            lines.append(f"GRANT {COURIER_PUTS[table]} ON {q(table)} TO {q(role)}")
        elif table in COURIER_FETCHES:
            lines.append(f"GRANT SELECT, DELETE ON {q(table)} TO {q(role)}")
    return lines
