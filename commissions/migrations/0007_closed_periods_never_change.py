"""The database keeps the ledger: entries rest on a decision, and closed months stay."""

from django.db import migrations

from leads.append_only import only_grows

ENTRY = """
CREATE FUNCTION guishu_entry_rests() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM commissions_deal d JOIN attribution_decision v ON v.id = NEW.decision_id
        WHERE d.id = NEW.deal_id
          AND v.proof->'deals' @> jsonb_build_array(jsonb_build_object('fact', d.event_id))
    ) THEN
        RAISE EXCEPTION 'entry rests on no decision about its deal'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM commissions_period WHERE id = NEW.period_id AND state <> 'open'
    ) THEN
        RAISE EXCEPTION 'period is closed: nothing is added'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rests BEFORE INSERT ON commissions_entry
FOR EACH ROW EXECUTE FUNCTION guishu_entry_rests();
"""
UNDO_ENTRY = """
DROP TRIGGER rests ON commissions_entry;
DROP FUNCTION guishu_entry_rests();
"""
BALANCED = """
CREATE FUNCTION guishu_posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added GROUP BY posting, deal_id HAVING sum(amount_cents) <> 0
    ) THEN
        RAISE EXCEPTION 'posting does not sum to nothing' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER balances AFTER INSERT ON commissions_entry
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION guishu_posting_balances();
"""
UNDO_BALANCED = """
DROP TRIGGER balances ON commissions_entry;
DROP FUNCTION guishu_posting_balances();
"""
PERIOD = """
CREATE FUNCTION guishu_period_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'closed' THEN
        RAISE EXCEPTION 'period is closed: nothing is changed or deleted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state = 'closed' AND (
        SELECT count(DISTINCT staff_id) FROM commissions_signature
        WHERE period_id = NEW.id AND digest = NEW.signed_digest
    ) < 2 THEN
        RAISE EXCEPTION 'two people sign before a period is closed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON commissions_period
FOR EACH ROW EXECUTE FUNCTION guishu_period_stays();
"""
UNDO_PERIOD = """
DROP TRIGGER stays ON commissions_period;
DROP FUNCTION guishu_period_stays();
"""


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [
        ("commissions", "0006_every_deal_has_a_unit"),
        ("leads", "0002_append_only"),
    ]
    operations = [
        migrations.RunSQL(ENTRY, UNDO_ENTRY),
        migrations.RunSQL(BALANCED, UNDO_BALANCED),
        migrations.RunSQL(PERIOD, UNDO_PERIOD),
        only_grows("commissions_plan"),
        only_grows("commissions_dealstep"),
        only_grows("commissions_adjustment"),
        only_grows("commissions_signature"),
    ]
