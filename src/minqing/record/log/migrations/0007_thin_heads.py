"""Heads are signed up to once a second; after thirty days the last of each hour is kept, and what a witness has signed."""

from typing import Any

from django.db import migrations

# Run as the tables' owner, by its own clock: the app can call it and cannot say which head goes. The hour is cut thirty
# seconds late, like the one whose last head is published (record/log/rules.py, RELEASE_AFTER).
THIN = """
CREATE FUNCTION log_thin_heads() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
  WITH old AS (
    SELECT origin, size, max(size) OVER (PARTITION BY origin, date_trunc('hour', at - interval '30 seconds')) AS last
    FROM log_checkpoint WHERE at < clock_timestamp() - interval '30 days'
  ), gone AS (
    DELETE FROM log_checkpoint c USING old
    WHERE c.origin = old.origin AND c.size = old.size AND old.size < old.last
      AND NOT EXISTS (SELECT FROM log_cosignature s WHERE s.origin = c.origin AND s.size = c.size)
      AND c.size < (SELECT max(size) FROM log_checkpoint n WHERE n.origin = c.origin)
    RETURNING 1
  )
  SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION log_thin_heads() FROM PUBLIC;
"""


def make(_apps: Any, editor: Any) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
        cursor.execute(THIN.replace("{schema}", schema))


def drop(_apps: Any, editor: Any) -> None:
    editor.execute("DROP FUNCTION log_thin_heads()")


class Migration(migrations.Migration):
    dependencies = [("log", "0006_handed")]

    operations = [migrations.RunPython(make, drop)]
