"""Lines say by what a report groups them: month, source, clauses, and whether they are disputed."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0008_buyer_papers"),
    ]

    operations = [
        migrations.AddField(
            model_name="deal",
            name="source",
            field=models.CharField(blank=True, db_default="", max_length=60, verbose_name="來源"),
        ),
        migrations.AddField(
            model_name="line",
            name="basis",
            field=models.CharField(db_default="deal", default="deal", max_length=12),
        ),
        migrations.AddField(
            model_name="line",
            name="clauses",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="line",
            name="contested",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="line",
            name="month",
            field=models.CharField(db_default="", max_length=7),
        ),
        migrations.AddField(
            model_name="line",
            name="source",
            field=models.CharField(blank=True, db_default="", max_length=60),
        ),
    ]
