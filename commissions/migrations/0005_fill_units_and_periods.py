"""Deals that are there already get their unit, plan and decision; entries their period."""

from django.db import migrations
from django.db.models import Sum


def fill(apps, schema_editor):
    """Rows of before units and periods were kept."""
    model = {
        name: apps.get_model("commissions", name)
        for name in ("Deal", "Line", "Plan", "Reservation", "Unit")
    }
    for deal in model["Deal"].objects.filter(reservation=None).select_related("project"):
        unit, _new = model["Unit"].objects.get_or_create(project=deal.project, number=deal.unit)
        deal.reservation = model["Reservation"].objects.create(
            unit=unit,
            lead_id=deal.lead_id,
            agent_id=deal.closed_by_id,
            at=deal.subscribed_at,
            recorded_at=deal.event.recorded_at,
            by_id=deal.event.by_id,
        )
        plans = model["Plan"].objects.filter(project=deal.project).order_by("effective_from")
        begun = plans.filter(effective_from__lte=deal.subscribed_at.date())
        deal.plan = begun.last() or plans.first()
        lines = model["Line"].objects.filter(deal=deal)
        latest = lines.order_by("-decision_id").first()
        deal.decision_id = latest and latest.decision_id
        deal.credit = {str(line.agent_id): line.share for line in lines if line.share}
        deal.contested = bool(lines.aggregate(held=Sum("held_cents"))["held"])
        deal.save()


PERIODS = """
ALTER TABLE commissions_entry DISABLE TRIGGER only_grows;
INSERT INTO commissions_period (project_id, month, state, signed_digest, digest)
SELECT DISTINCT e.project_id, to_char(e.posted_at AT TIME ZONE p.time_zone, 'YYYY-MM'),
       'open', '', ''
FROM commissions_entry e JOIN leads_project p ON p.id = e.project_id
ON CONFLICT DO NOTHING;
UPDATE commissions_entry e SET period_id = m.id
FROM commissions_period m JOIN leads_project p ON p.id = m.project_id
WHERE m.project_id = e.project_id AND e.period_id IS NULL
  AND m.month = to_char(e.posted_at AT TIME ZONE p.time_zone, 'YYYY-MM');
ALTER TABLE commissions_entry ENABLE TRIGGER only_grows;
"""


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("commissions", "0004_units_deals_periods")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(PERIODS, migrations.RunSQL.noop),
    ]
