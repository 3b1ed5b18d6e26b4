"""The ledger only grows."""

from django.db import migrations

from leads.append_only import only_grows


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [("commissions", "0002_initial"), ("leads", "0002_append_only")]
    operations = [
        only_grows("commissions_entry"),
    ]
