"""The file of a case only grows; cases that are open already get their parties."""

from datetime import timedelta

from django.db import migrations

from leads.append_only import only_grows

STANDING = ("owner", "waiting", "uncounted")


def give_parties(apps, schema_editor):
    """Who stands in the decision of an open case is a party, told when the case was opened."""
    case_of, party_of = apps.get_model("disputes", "Case"), apps.get_model("disputes", "Party")
    open_ones = case_of.objects.filter(state="open").select_related("decision")
    for case in open_ones.iterator(chunk_size=500):
        proof = case.decision.proof
        found = [claim["agent"] for claim in proof["chain"] if claim["state"] in STANDING]
        found += [int(agent) for deal in proof["deals"] for agent in deal["credit"]]
        due = case.opened_at + timedelta(days=2)
        party_of.objects.bulk_create(
            [
                party_of(case=case, staff_id=pk, notified_at=case.opened_at, due_at=due)
                for pk in dict.fromkeys(found)
            ],
            ignore_conflicts=True,
        )
        by_policy = case.decided_by == "policy"
        case.stage = "policy" if by_policy else "answers"
        case.holds, case.next_at = not by_policy, due
        case.save(update_fields=["stage", "holds", "next_at"])


class Migration(migrations.Migration):
    """Parties first: the triggers stand on files that begin empty."""

    dependencies = [("disputes", "0004_how_cases_go")]
    operations = [
        migrations.RunPython(give_parties, migrations.RunPython.noop),
        only_grows("disputes_step"),
        only_grows("disputes_evidence"),
    ]
