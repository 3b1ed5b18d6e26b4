"""Decisions and policy versions only grow."""

from django.db import migrations

from leads.append_only import only_grows


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [("attribution", "0002_initial"), ("leads", "0002_append_only")]
    operations = [
        only_grows("attribution_decision"),
        only_grows("attribution_policyversion"),
    ]
