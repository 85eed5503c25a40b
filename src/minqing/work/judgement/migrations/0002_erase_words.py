"""A verdict's words can be erased and never rewritten: the app may call one function that empties them."""

from typing import Any

from django.db import migrations

ERASE = """
CREATE FUNCTION judgement_erase_words(voice uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
  UPDATE judgement_verdict SET words = '' WHERE voice_id = voice AND words <> ''
$$;
REVOKE ALL ON FUNCTION judgement_erase_words(uuid) FROM PUBLIC;
"""


def make(_apps: Any, editor: Any) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
        cursor.execute(ERASE.replace("{schema}", schema))


def drop(_apps: Any, editor: Any) -> None:
    editor.execute("DROP FUNCTION judgement_erase_words(uuid)")


class Migration(migrations.Migration):
    dependencies = [("judgement", "0001_initial")]

    operations = [migrations.RunPython(make, drop)]
