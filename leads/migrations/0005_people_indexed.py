"""Indexes of names and numbers, built while the office goes on working."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The new uniqueness stands before the old one goes."""

    atomic = False
    dependencies = [("leads", "0004_people_and_contacts")]
    operations = [
        AddIndexConcurrently(
            "person",
            django.contrib.postgres.indexes.GinIndex(
                fields=["keys"], name="person_keys", fastupdate=False
            ),
        ),
        AddIndexConcurrently(
            "person",
            models.Index(
                condition=models.Q(("compared", False)), fields=["id"], name="person_to_compare"
            ),
        ),
        AddIndexConcurrently(
            "phone",
            models.Index(
                models.F("project"),
                django.db.models.functions.text.Right(
                    models.Func(
                        models.F("number"),
                        models.Value(";"),
                        models.Value(1),
                        function="SPLIT_PART",
                        output_field=models.CharField(),
                    ),
                    8,
                ),
                name="phone_tail",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY one_phone_per_project_stands"
                    " ON leads_phone (project_id, number) WHERE state = 'stands'",
                    "DROP INDEX CONCURRENTLY one_phone_per_project_stands",
                ),
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY one_phone_per_person"
                    " ON leads_phone (person_id, number)",
                    "DROP INDEX CONCURRENTLY one_phone_per_person",
                ),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="phone",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("state", "stands")),
                        fields=("project", "number"),
                        name="one_phone_per_project_stands",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="phone",
                    constraint=models.UniqueConstraint(
                        fields=("person", "number"), name="one_phone_per_person"
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(model_name="phone", name="one_phone_per_project"),
    ]
