"""The report shows the latest lines first, of all projects together."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The office goes on while the index is built."""

    atomic = False
    dependencies = [("commissions", "0010_lines_filled")]
    operations = [
        AddIndexConcurrently(
            model_name="line",
            index=models.Index(
                fields=["-subscribed_at", "-deal", "-share", "id"], name="line_latest"
            ),
        ),
    ]
