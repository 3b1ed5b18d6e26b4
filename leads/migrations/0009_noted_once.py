"""A note may have a key under which it is made once only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An empty column and an index on it; rows of before have no key."""

    dependencies = [
        ("leads", "0008_counter"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="once",
            field=models.UUIDField(blank=True, editable=False, null=True, unique=True),
        ),
    ]
