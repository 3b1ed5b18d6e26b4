"""Clients who want things and mean to buy: how long each chart of the analysis takes.

The clients are the crowd of `crowd`; each has further facts of the journal, and most of them a
need with its steps, a profile, a plan, an offer, some a deal. Written in a few statements, with the
triggers that compare them on.
"""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from commissions.models import Deal
from leads.models import Lead, Need, NeedItem
from tests.bench import crowd

EVENTS_EACH = 4
"""Further facts of each client: 200,000 clients have a million."""
DAY = "%(now)s::timestamptz - make_interval(mins => (l.id * 7919 %% 518400)::int)"
FACTS = f"""
INSERT INTO leads_contactevent
    (project_id, lead_id, kind, agent_id, at, recorded_at, by_id, details, note, key)
SELECT l.project_id, l.id,
       (ARRAY['follow_up', 'visit', 'follow_up', 'call'])[1 + (l.id + n) %% 4], l.owner_id,
       {DAY} + make_interval(days => n), {DAY} + make_interval(days => n), l.owner_id,
       CASE (l.id + n) %% 4
           WHEN 0 THEN jsonb_build_object('outcome', 'reached', 'reached', true)
           WHEN 2 THEN jsonb_build_object('outcome', 'off', 'reached', false)
           WHEN 3 THEN jsonb_build_object('source',
               (ARRAY['web', 'friend', 'billboard', 'film', 'client'])[1 + l.id %% 5])
           ELSE '{{}}' END,
       '', gen_random_uuid()
FROM leads_lead l CROSS JOIN generate_series(1, %(each)s) n
"""  # noqa: S608 - our own text
NEEDS = f"""
WITH wanted AS (
    SELECT l.*, {DAY} AS said, l.id %% 4 AS way,
           (%(items)s::bigint[])[1 + l.id %% array_length(%(items)s::bigint[], 1)] AS item
    FROM leads_lead l WHERE l.id %% 4 <> 3
), need AS (
    INSERT INTO leads_need
        (project_id, lead_id, item_id, words, place, source, at, by_id, recorded_at, key, number,
         changed_at, state, importance, expected, floor, perceived, after, measure, carried_by,
         responsible_id, due, done, confirmation, confirmed_words)
    SELECT project_id, id, item, 'words', '',
           CASE id %% 5 WHEN 0 THEN 'complaint' ELSE 'reception' END,
           said, owner_id, said, gen_random_uuid(), 1, said,
           CASE WHEN way = 0 THEN 'verified' ELSE 'analysed' END, 3, 4 + id %% 2, 3, 2 + id %% 3,
           CASE WHEN way = 0 THEN 4 END, CASE WHEN way = 0 THEN 'measure ' || id %% 40 ELSE '' END,
           '', CASE WHEN way = 0 THEN owner_id END, CASE WHEN way = 0 THEN said::date END,
           CASE WHEN way = 0 THEN said::date + (id %% 30)::int END,
           CASE WHEN way = 0 THEN 'better' ELSE '' END, ''
    FROM wanted RETURNING *
)
INSERT INTO leads_needstep
    (need_id, number, note, by_id, at, key, state, importance, expected, floor, perceived, after,
     measure, carried_by, responsible_id, due, done, confirmation, confirmed_words)
SELECT id, 1, '', by_id, changed_at, gen_random_uuid(), state, importance, expected, floor,
       perceived, after, measure, carried_by, responsible_id, due, done, confirmation,
       confirmed_words
FROM need
"""  # noqa: S608 - our own text
PROFILES = f"""
INSERT INTO leads_profileentry
    (lead_id, number, by_id, recorded_at, key, motives, motive_words, purpose, unit_type, payment,
     decider, decider_words)
SELECT l.id, 1, l.owner_id, {DAY}, gen_random_uuid(),
       ARRAY[(ARRAY['marriage', 'upgrade', 'school', 'commute'])[1 + l.id %% 4]],
       '', '', '', '', '', ''
FROM leads_lead l WHERE l.id %% 2 = 0
"""  # noqa: S608 - our own text
PLANS = f"""
INSERT INTO leads_purchaseplan
    (lead_id, number, by_id, recorded_at, key, month, unit_type, amount, probability, note, dropped)
SELECT l.id, 1, l.owner_id, {DAY}, gen_random_uuid(),
       date_trunc('month', %(now)s::timestamptz + make_interval(months => (l.id %% 14)::int))::date,
       'type ' || l.id %% 4, 200000000, 40, '', false
FROM leads_lead l WHERE l.id %% 3 = 0
"""  # noqa: S608 - our own text
OFFERS = f"""
WITH made AS (
    INSERT INTO leads_offer
        (lead_id, kind, permyriad, months, terms, unit, day, by_id, recorded_at, key)
    SELECT l.id, CASE l.id %% 2 WHEN 0 THEN 'discount' ELSE 'instalments' END,
           CASE l.id %% 2 WHEN 0 THEN 200 END, CASE l.id %% 2 WHEN 1 THEN 6 END, '', '',
           ({DAY})::date, l.owner_id, {DAY}, gen_random_uuid()
    FROM leads_lead l WHERE l.id %% 5 = 0 RETURNING *
)
INSERT INTO leads_offeranswer (offer_id, answer, words, day, by_id, recorded_at, key)
SELECT id, CASE id %% 3 WHEN 0 THEN 'accepted' ELSE 'declined' END, '', day, by_id, recorded_at,
       gen_random_uuid()
FROM made
"""  # noqa: S608 - our own text
DEALS = f"""
WITH made AS (
    SELECT l.*, {DAY} + interval '20 days' AS sold, %(after)s + l.id AS key
    FROM leads_lead l WHERE l.id %% 20 = 0 AND NOT EXISTS (
        SELECT 1 FROM commissions_deal d WHERE d.lead_id = l.id)
), event AS (
    INSERT INTO leads_contactevent
        (id, project_id, lead_id, kind, agent_id, at, recorded_at, by_id, details, note, key)
    SELECT key, project_id, id, 'deal', owner_id, sold, sold, owner_id, '{{}}', '',
           gen_random_uuid()
    FROM made
), unit AS (
    INSERT INTO commissions_unit (id, project_id, number, unit_type, price_cents)
    SELECT key, project_id, 'B' || key, '', 200000000 FROM made
), reservation AS (
    INSERT INTO commissions_reservation
        (id, unit_id, lead_id, agent_id, deposit_cents, at, recorded_at, by_id, ended, key)
    SELECT key, key, id, owner_id, 0, sold, sold, owner_id, '', gen_random_uuid() FROM made
)
INSERT INTO commissions_deal
    (id, project_id, lead_id, event_id, plan_id, reservation_id, unit, unit_type, buyer, source,
     price_cents, rent_cents, term_months, paid_cents, contracted_at, commission_cents,
     subscribed_at, closed_by_id, credit, contested, tally)
SELECT key, project_id, id, key, %(plan)s, key, 'B' || key, '', '', '', 200000000, 0, 0, 0,
       CASE WHEN id %% 40 = 0 THEN sold END, 0, sold, owner_id,
       jsonb_build_object(owner_id::text, 100), false, '{{}}'
FROM made
"""  # noqa: S608 - our own text


def grow(template: Any, agents: list[Any], plan: int, clients: int) -> tuple[int, int, int]:
    """Fill the project of the template. Gives how many clients, facts and needs there are."""
    crowd.grow(template, agents, clients)
    items = list(NeedItem.objects.filter(project=None).values_list("pk", flat=True))
    given = {
        "now": timezone.now() - timedelta(days=30),
        "each": EVENTS_EACH,
        "items": items,
        "after": 100_000_000,
        "plan": plan,
    }
    with connection.cursor() as cursor:
        for statement in (FACTS, NEEDS, PROFILES, PLANS, OFFERS, DEALS):
            cursor.execute(statement, given)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT count(*) FROM leads_contactevent")
        facts = cursor.fetchone()[0]
    assert Deal.objects.exists()
    return Lead.objects.count(), facts, Need.objects.count()
