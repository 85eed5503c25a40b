import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_one_index_each"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="continues",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="continued",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="receptionday",
            name="place_words_en",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("continues__isnull", False)),
                fields=["continues"],
                name="cases_continues",
            ),
        ),
    ]
