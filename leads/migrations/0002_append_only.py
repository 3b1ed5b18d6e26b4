"""The journal and the log of disclosures only grow."""

from django.db import migrations

from leads.append_only import FUNCTION, only_grows


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [("leads", "0001_initial")]
    operations = [
        FUNCTION,
        only_grows("leads_contactevent"),
        only_grows("leads_disclosure"),
    ]
