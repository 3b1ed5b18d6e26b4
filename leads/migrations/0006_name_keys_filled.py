"""Fills in the keys of names that were written down before there were any."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from leads.fields import keys_of

AT_ONCE = 500


def fill_in(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """In short batches, each saved by itself; begun anew, it goes on with what is still empty."""
    people = apps.get_model("leads", "Person").objects.using(schema_editor.connection.alias)
    last = 0
    while batch := list(people.filter(pk__gt=last, keys=[]).order_by("pk")[:AT_ONCE]):
        for person in batch:
            person.keys = keys_of(person.name, person.aliases, person.traits)
        people.bulk_update(batch, ["keys"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    """Nothing to undo: without the column there are no keys."""

    atomic = False
    dependencies = [("leads", "0005_people_indexed")]
    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
