"""Which database role may do what to which table: read this page to know what the running app cannot undo.

The owner migrates. The app reads and writes, but the past is closed to it: no UPDATE, DELETE or TRUNCATE on what
happened, and no DELETE on anything but the short list of what is meant to go. The sealed role sees the sealed part
alone, which the app does not see at all. `apply` says it all anew after every migration; saying it twice changes nothing.
"""

from urllib.parse import unquote, urlsplit

from django.db.backends.base.base import BaseDatabaseWrapper

from minqing.wiring import home, walls
from minqing.wiring.saying import say

APPEND_ONLY = frozenset(
    {
        "log_handed",
        "facts_fact",
        "log_leaf",
        "log_checkpoint",
        "log_cosignature",
        "people_look",
        "people_accessperson",
    }
)
# Everything the product ever deletes: what is done with, what was only ever meant for a while, what is moved under seal.
DELETABLE = frozenset({
    "account_emailaddress", "account_emailconfirmation", "mfa_authenticator", "django_session",  # signing in
    "cases_extensionask",  # asked, and answered by the extension itself
    "duties_rung",  # "the end is near", told anew for a new day
    "facts_reaction", "log_pending",  # done
    "files_blob",  # shreds of an upload that was cut off
    "inbox_item", "inbox_tally",  # answers kept seven days, tallies of an hour
    "intake_demand",  # a word found to be an accusation, in the transaction that seals it
    "law_lawrule", "law_schemechoice", "law_dispatchentry", "law_policyarticle",  # a proposal taken back
    "offices_kin", "offices_token",  # one's own declaration; keys that were withdrawn
    "search_doc",
})  # fmt: skip
ONLY_COLUMNS = {
    "people_access": (
        "state",
        "decided_by_id",
        "decided_office_id",
        "decided_at",
        "decided_words",
        "opened_at",
        "tell_from",
    ),
    "people_alarm": ("settled_by_id", "settled_at", "words"),
    "facts_subject": ("key", "erased_at"),  # erasing a key is the one change a subject knows
    "judgement_verdict": ("latest",),  # a version is never rewritten, it only stops being the newest
}
# What the app puts in and cannot read again: of an accusation only what answers its slip.
READ_COLUMNS = {
    "intake_accusation": (
        "id", "once", "code_key", "code_tag", "word_key", "word_tag", "verify_no", "arrived_on", "slip", "lang",
    )
}  # fmt: skip
WRITE_COLUMNS = {"intake_accusation": ("code_key", "code_tag", "word_key", "word_tag")}
# What the app may ask of what it does not read, or may not change: each function bounds what it does.
FUNCTIONS = (
    "people_sealed_put(uuid, text, bytea)",
    "people_sealed_match(text, bytea)",
    "judgement_erase_words(uuid)",
    "log_thin_heads()",
)
READ_ONLY = frozenset({"django_migrations"})
INSERT_ONLY = frozenset({"intake_enclosure"})  # not even how many there are can be read
SEALED_PREFIXES = ("clues_", "people_sealed")


def role_of(url: str) -> str:
    return unquote(urlsplit(url).username or "")


def apply(connection: BaseDatabaseWrapper, *, app: str = "", sealed: str = "", owner: str = "") -> int:
    """Grant and revoke on every table of this schema; returns how many tables. Run as their owner."""
    here = home.current()
    app, sealed = app or role_of(here.app_url()), sealed or role_of(here.sealed_url())
    owner = owner or role_of(here.owner_url())
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_user")
        schema, me = cursor.fetchone()
        roles = [app, sealed, role_of(here.side_url(home.COURIER))]
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [roles])
        known = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT c.relname, c.relkind FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace"
            " AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY 1"
        )
        tables = [row[0] for row in cursor.fetchall()]
        if app in (me, owner) or app not in known:
            say(
                f"注意：应用与迁移使用同一个数据库角色（{me}），不能防止应用改动已记录的事实。请设置 MINQING_OWNER_URL。",
                f"Note: app and owner are one database role ({me}); the app could change recorded facts. "
                "Set MINQING_OWNER_URL.",
            )
            return 0
        q = connection.ops.quote_name
        lines = [
            f"REVOKE ALL ON SCHEMA {q(schema)} FROM PUBLIC",
            f"GRANT USAGE ON SCHEMA {q(schema)} TO {q(app)}",
        ]
        for table in tables:
            lines += _lines(q, table, app=app, sealed=sealed if sealed in known and sealed != app else "")
        for function in FUNCTIONS:
            cursor.execute("SELECT to_regprocedure(%s) IS NOT NULL", [function])
            if cursor.fetchone()[0]:
                lines.append(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
                lines.append(f"GRANT EXECUTE ON FUNCTION {function} TO {q(app)}")
        lines.append(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {q(schema)} TO {q(app)}")
        if sealed in known and sealed != app:
            lines.append(f"GRANT USAGE ON SCHEMA {q(schema)} TO {q(sealed)}")
        carrier = role_of(here.side_url(home.COURIER))
        if carrier in known:
            lines.append(f"GRANT USAGE ON SCHEMA {q(schema)} TO {q(carrier)}")
            lines += walls.courier(q, tables, role=carrier)
        cursor.execute(";\n".join(lines))
    return len(tables)


def _lines(q, table: str, *, app: str, sealed: str) -> list[str]:  # type: ignore[no-untyped-def]
    lines = [f"REVOKE ALL ON {q(table)} FROM PUBLIC, {q(app)}"]
    if sealed:
        lines.append(f"REVOKE ALL ON {q(table)} FROM {q(sealed)}")
    if table.startswith(SEALED_PREFIXES):
        return (
            [*lines, f"GRANT SELECT, INSERT, UPDATE, DELETE ON {q(table)} TO {q(sealed)}"]
            if sealed
            else lines
        )
    if table in READ_COLUMNS:
        read, write = (", ".join(map(q, columns[table])) for columns in (READ_COLUMNS, WRITE_COLUMNS))
        return [*lines, f"GRANT INSERT, SELECT ({read}), UPDATE ({write}) ON {q(table)} TO {q(app)}"]
    for column in ONLY_COLUMNS.get(table, ()):
        lines.append(f"GRANT UPDATE ({q(column)}) ON {q(table)} TO {q(app)}")
    return [*lines, f"GRANT {', '.join(verbs(table))} ON {q(table)} TO {q(app)}"]


def verbs(table: str) -> list[str]:
    """What the app role may do to a whole table."""
    if table in READ_ONLY:
        return ["SELECT"]
    if table in INSERT_ONLY:
        return ["INSERT"]
    if table in APPEND_ONLY:
        return ["SELECT", "INSERT"]
    allowed = ["SELECT", "INSERT"]
    if table not in ONLY_COLUMNS:
        allowed.append("UPDATE")
    if table in DELETABLE:
        allowed.append("DELETE")
    return allowed
