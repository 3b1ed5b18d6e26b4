"""Fills the database with many clients, each decided, in a few statements.

The rows are copies of one client who came through the door: lead, person, phone, event, decision
and ownership period, with keys, agents and proofs of their own.
"""

from datetime import datetime

from django.db import connection

from attribution.models import Decision, OwnershipPeriod
from leads.models import ContactEvent, Lead, Person, Phone, Staff

COPY = """
WITH template AS (
    SELECT l.project_id, l.valid_until, l.recorded_at, e.id AS event_id, e.kind, e.at,
           e.recorded_at AS written_at, e.details, d.policy_id, d.decided_at, d.decided_by,
           d.cases, d.alerts, d.cites, d.proof::text AS proof, o.period, e.agent_id
    FROM leads_lead l
    JOIN leads_contactevent e ON e.lead_id = l.id
    JOIN attribution_decision d ON d.event_id = e.id
    JOIN attribution_ownershipperiod o ON o.lead_id = l.id
    WHERE l.id = %(lead)s
), crowd AS (
    SELECT n, %(leads)s + n AS lead_id, %(people)s + n AS person_id, %(phones)s + n AS phone_id,
           %(events)s + n AS event_key, %(decisions)s + n AS decision_id,
           (%(agents)s::bigint[])[1 + n %% array_length(%(agents)s::bigint[], 1)] AS agent, t.*
    FROM template t CROSS JOIN generate_series(1, %(count)s) AS n
), lead AS (
    INSERT INTO leads_lead (id, project_id, owner_id, valid_until, contested, recorded_at)
    SELECT lead_id, project_id, agent, valid_until, false, recorded_at FROM crowd
), person AS (
    INSERT INTO leads_person (id, lead_id, name, traits)
    SELECT person_id, lead_id, '客人' || n, '' FROM crowd
), phone AS (
    INSERT INTO leads_phone (id, project_id, person_id, number, typed)
    SELECT phone_id, project_id, person_id, '+86190' || lpad(lead_id::text, 8, '0'),
           '190' || lpad(lead_id::text, 8, '0')
    FROM crowd
), event AS (
    INSERT INTO leads_contactevent
        (id, project_id, lead_id, kind, agent_id, at, recorded_at, by_id, details, note, key)
    SELECT event_key, project_id, lead_id, kind, agent, at, written_at, agent, details, '',
           gen_random_uuid()
    FROM crowd
), decision AS (
    INSERT INTO attribution_decision
        (id, lead_id, event_id, policy_id, decided_at, owner_id, valid_until, decided_by, cases,
         alerts, cites, proof)
    SELECT decision_id, lead_id, event_key, policy_id, decided_at, agent, valid_until, decided_by,
           cases, alerts, cites,
           replace(replace(replace(proof,
               '"fact": ' || event_id, '"fact": ' || event_key),
               '"agent": ' || agent_id, '"agent": ' || agent),
               '"lead": ' || %(lead)s, '"lead": ' || lead_id)::jsonb
    FROM crowd
)
INSERT INTO attribution_ownershipperiod (lead_id, agent_id, period, decision_id)
SELECT lead_id, agent, period, decision_id FROM crowd
"""
COUNTED = {
    "leads": Lead,
    "people": Person,
    "phones": Phone,
    "events": ContactEvent,
    "decisions": Decision,
}


def grow(template: ContactEvent, agents: list[Staff], clients: int) -> None:
    """Copy the client of an event until the project has so many."""
    wanted = clients - Lead.objects.count()
    if wanted <= 0:
        return
    with connection.cursor() as cursor:
        last = {}
        for name, model in COUNTED.items():
            cursor.execute(f'SELECT coalesce(max(id), 0) FROM "{model._meta.db_table}"')  # noqa: S608
            last[name] = cursor.fetchone()[0]
        cursor.execute(
            COPY,
            {
                **last,
                "lead": template.lead_id,
                "agents": [agent.pk for agent in agents],
                "count": wanted,
            },
        )
        for model in COUNTED.values():
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM \"{table}\""  # noqa: S608
            )
        for model in (*COUNTED.values(), OwnershipPeriod):
            cursor.execute(f'VACUUM ANALYZE "{model._meta.db_table}"')


def one_client(agent: Staff, event: ContactEvent, moment: datetime) -> bool:
    """Is the last copy as the template: one fact, one decision, owned at that moment?"""
    lead = Lead.objects.latest("pk")
    decision = Decision.objects.get(lead=lead)
    period = OwnershipPeriod.objects.get(lead=lead)
    return (
        decision.event == ContactEvent.objects.get(lead=lead)
        and decision.proof["chain"][0]["agent"] == lead.owner_id == period.agent_id
        and moment in period.period
    )
