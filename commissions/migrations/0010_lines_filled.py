"""Deals that are there get the client's source, and their lines what reports group them by."""

from django.db import migrations

SOURCES = """
UPDATE commissions_deal d SET source = left(found.source, 60)
FROM (
    SELECT DISTINCT ON (d.id) d.id, e.details->>'source' AS source
    FROM commissions_deal d
    JOIN leads_lead own ON own.id = d.lead_id
    JOIN leads_lead l ON l.id = own.id OR l.party_id = own.party_id
    JOIN leads_contactevent e
        ON e.lead_id = l.id AND e.details ? 'source' AND e.at <= d.subscribed_at
    ORDER BY d.id, e.at, e.id
) found
WHERE found.id = d.id AND d.source = '';
"""
LINES = """
UPDATE commissions_line l
SET month = to_char(d.subscribed_at AT TIME ZONE p.time_zone, 'YYYY-MM'),
    source = d.source,
    contested = d.contested,
    basis = coalesce(found.deal->'reading'->>'basis', 'deal'),
    clauses = coalesce(
        ARRAY(SELECT jsonb_array_elements_text(found.deal->'clauses')), ARRAY[]::varchar[])
FROM commissions_deal d
JOIN leads_project p ON p.id = d.project_id
LEFT JOIN LATERAL (
    SELECT one AS deal FROM attribution_decision v, jsonb_array_elements(v.proof->'deals') AS one
    WHERE v.id = d.decision_id AND (one->>'fact')::text = d.event_id::text
    LIMIT 1
) found ON true
WHERE d.id = l.deal_id;
"""


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("commissions", "0009_lines_say_month_source_and_clauses")]
    operations = [
        migrations.RunSQL(SOURCES, migrations.RunSQL.noop),
        migrations.RunSQL(LINES, migrations.RunSQL.noop),
    ]
