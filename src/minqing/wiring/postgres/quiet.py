"""What a server would tell anybody about rows nobody may know of: how many, how large, how busy. It is told to keep still."""

import psycopg

from minqing.wiring.home import CLUES, CLUES_DATABASE, CLUES_OWNER, CLUES_WORKER, DATABASE, SUPER, Home

# What would tell an ordinary role how many rows were put in: of databases and of tables, in functions and in the catalogue.
STATISTICS = ("^pg_stat_get_db_", "^pg_lock_status$")
SIZES = ("^pg_stat_get_", "^pg_(relation|table|total_relation|indexes|database)_size$")
CATALOGUE = ("pg_class", "pg_statistic", "pg_stats")


def hush(home: Home, county: str = DATABASE, clues: str = CLUES_DATABASE) -> None:
    """Nobody without a name of their own reads how often, how much and how large: statistics tell of sealed rows.

    Rights on the server's catalogue belong to each database: said once in both, as its superuser.
    """
    for database, told in ((county, STATISTICS), (clues, STATISTICS + SIZES)):
        # As with the roles: nobody is told of this, so it need not wait for a second disk.
        options = "-c synchronous_commit=local"
        with psycopg.connect(
            home.url(SUPER, database), autocommit=True, connect_timeout=30, options=options
        ) as root:
            for pattern in told:
                found = root.execute(
                    "SELECT oid::regprocedure::text FROM pg_proc WHERE proname ~ %s AND pronamespace = 'pg_catalog'::regnamespace",
                    [pattern],
                ).fetchall()
                for (signature,) in found:
                    root.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC".encode())
            if database == clues:
                for table in CATALOGUE:
                    root.execute(f"REVOKE SELECT ON pg_catalog.{table} FROM PUBLIC".encode())  # noqa: S608
                    root.execute(
                        f"GRANT SELECT ON pg_catalog.{table} TO {CLUES_OWNER}, {CLUES}, {CLUES_WORKER}".encode()
                    )
