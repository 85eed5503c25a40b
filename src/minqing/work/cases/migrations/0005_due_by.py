from django.db import migrations, models

CHOICES = [("holder", "承办单位"), ("other", "别的单位"), ("nobody", "没有单位欠着")]

FILL = """
UPDATE cases_case SET due_by = found.due_by
FROM (
    SELECT held.id, CASE WHEN bool_and(owed.of_right) THEN 'nobody'
                         WHEN (array_agg(owed.office_id = held.holder_id AND NOT owed.of_right ORDER BY owed.due_at, owed.id))[1]
                         THEN 'holder' ELSE 'other' END AS due_by
    FROM cases_case held JOIN (
        SELECT id, about_id, office_id, due_at, rule IN (
            'xf.object', 'xf.object.again', 'hl.object', 'xf.review.ask', 'xf.rereview.ask', 'xf.withdraw', 'md.consent',
            'db.return', 'db.rate', 'fy.apply', 'so.object'
        ) AS of_right FROM duties_duty WHERE met_at IS NULL
    ) owed ON owed.about_id = held.id
    WHERE held.due_at IS NOT NULL GROUP BY held.id
) found
WHERE cases_case.id = found.id AND found.due_by <> 'nobody'
"""


class Migration(migrations.Migration):
    """About what has ended nobody owes anything; of the open ones the duties tell. New rows begin as not known."""

    dependencies = [
        ("cases", "0004_continues"),
        ("duties", "0003_owed_with_what_lists_ask"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="due_by",
            field=models.TextField(choices=CHOICES, db_default="nobody", default="nobody"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="case",
            name="due_by",
            field=models.TextField(choices=CHOICES, db_default="other", default="other"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_by__in", ["holder", "other", "nobody"])),
                name="cases_case_due_by_known",
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="cases_open_path"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False), ("merged_into__isnull", True)),
                fields=["holder_path", "due_at", "id"],
                include=("due_by", "due_from"),
                name="cases_open_reach",
                opclasses=["text_pattern_ops", "timestamptz_ops", "uuid_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    ("due_at__isnull", False), ("merged_into__isnull", True), ("due_by", "other")
                ),
                fields=["holder_path"],
                name="cases_open_due_by_other",
                opclasses=["text_pattern_ops"],
            ),
        ),
        # So that lists are planned for the new column from the first one on.
        migrations.RunSQL("ANALYZE cases_case", migrations.RunSQL.noop),
    ]
