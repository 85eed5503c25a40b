"""The index of telephone and citizen numbers moves to where the app role reads nothing; two functions answer for it.

What the column held was made under another label and salt: it goes, and the worker makes the index anew.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

# Run as their owner, on the tables of this schema alone whatever the caller's search_path says. `put` takes in no row of
# a person without an identity. `match` answers one slow value with at most fifty ids, 2,000 times an hour; after that
# with one row of nothing.
FUNCTIONS = """
CREATE FUNCTION people_sealed_put(who uuid, what text, slow bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
  DELETE FROM people_sealed_blind WHERE person_id = who AND kind = what;
  PERFORM 1 FROM people_person WHERE id = who AND sealed IS NOT NULL FOR SHARE;
  IF FOUND AND slow IS NOT NULL THEN
    INSERT INTO people_sealed_blind (person_id, kind, blind) VALUES (who, what, slow);
  END IF;
END $$;
CREATE FUNCTION people_sealed_match(what text, slow bytea) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE asked integer;
BEGIN
  INSERT INTO people_sealed_asked (hour, n) VALUES (date_trunc('hour', clock_timestamp()), 1)
    ON CONFLICT (hour) DO UPDATE SET n = people_sealed_asked.n + 1 RETURNING n INTO asked;
  DELETE FROM people_sealed_asked WHERE hour < clock_timestamp() - interval '400 days';
  IF asked > 2000 THEN
    RETURN NEXT NULL;
    RETURN;
  END IF;
  RETURN QUERY SELECT person_id FROM people_sealed_blind WHERE kind = what AND blind = slow ORDER BY person_id LIMIT 50;
END $$;
REVOKE ALL ON FUNCTION people_sealed_put(uuid, text, bytea), people_sealed_match(text, bytea) FROM PUBLIC;
"""
AWAY = "DROP FUNCTION people_sealed_put(uuid, text, bytea); DROP FUNCTION people_sealed_match(text, bytea)"


def make(_apps: Any, editor: Any) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
        cursor.execute(FUNCTIONS.replace("{schema}", schema))


def drop(_apps: Any, editor: Any) -> None:
    editor.execute(AWAY)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_by_mail"),
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="person", name="people_person_blind"),
        migrations.RemoveIndex(model_name="person", name="people_person_unindexed"),
        migrations.RemoveField(model_name="person", name="blind"),
        migrations.AddField(
            model_name="person",
            name="indexed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("indexed", False), ("sealed__isnull", False)),
                fields=["created_at", "id"],
                name="people_person_to_index",
            ),
        ),
        migrations.CreateModel(
            name="Blind",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person", "kind", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.TextField()),
                ("blind", models.BinaryField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "db_table": "people_sealed_blind",
                "indexes": [models.Index(fields=["kind", "blind"], name="people_sealed_blind_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["tel", "id"])), name="people_sealed_blind_kind_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BlindAsked",
            fields=[
                ("hour", models.DateTimeField(primary_key=True, serialize=False)),
                ("n", models.IntegerField(default=0)),
            ],
            options={"db_table": "people_sealed_asked"},
        ),
        migrations.RunPython(make, drop),
    ]
