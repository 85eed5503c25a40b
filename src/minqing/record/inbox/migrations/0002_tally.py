from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("key", models.BinaryField(primary_key=True, serialize=False)),
                ("n", models.IntegerField()),
                ("began_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("shut_until", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["last_at"], name="inbox_tally_last")],
            },
        ),
        migrations.RunSQL("ALTER TABLE inbox_tally SET UNLOGGED", "ALTER TABLE inbox_tally SET LOGGED"),
    ]
