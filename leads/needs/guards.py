"""Lets the database hold a need to its steps: what was said stays, what it shows is its last step.

The two are compared as the transaction ends, since a need and its first step point at each other.
"""

from django.db.migrations import RunSQL

SHOWN = (
    *("state", "importance", "expected", "floor", "perceived", "after", "measure", "carried_by"),
    *("responsible_id", "due", "done", "confirmation", "confirmed_words"),
)
SAID = (
    *("id", "project_id", "lead_id", "item_id", "words", "place", "source", "event_id"),
    *("at", "by_id", "recorded_at", "key"),
)


def _columns(of: str, names: tuple[str, ...]) -> str:
    return ", ".join(f'{of}."{name}"' for name in names)


STAYS = RunSQL(
    f"""
    CREATE FUNCTION guishu_need_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR ({_columns("NEW", SAID)}) IS DISTINCT FROM ({_columns("OLD", SAID)})
            OR NEW.number < OLD.number
        THEN
            RAISE EXCEPTION 'leads_need only grows: what a client said is not changed or deleted'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON leads_need
        FOR EACH ROW EXECUTE FUNCTION guishu_need_stays();
    """,
    "DROP TRIGGER stays ON leads_need; DROP FUNCTION guishu_need_stays()",
)

AGREES = RunSQL(
    f"""
    CREATE FUNCTION guishu_need_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        asked bigint;
    BEGIN
        IF TG_TABLE_NAME = 'leads_need' THEN asked := NEW.id; ELSE asked := NEW.need_id; END IF;
        IF NOT EXISTS (
            SELECT 1 FROM leads_need n JOIN leads_needstep s
                ON s.need_id = n.id AND s.number = n.number AND s.at = n.changed_at
            WHERE n.id = asked
                AND ({_columns("n", SHOWN)}) IS NOT DISTINCT FROM ({_columns("s", SHOWN)})
                AND NOT EXISTS (
                    SELECT 1 FROM leads_needstep t WHERE t.need_id = n.id AND t.number > n.number
                )
        ) THEN
            RAISE EXCEPTION 'need % does not show its last step', asked
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER agrees AFTER INSERT OR UPDATE ON leads_need
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guishu_need_agrees();
    CREATE CONSTRAINT TRIGGER agrees AFTER INSERT ON leads_needstep
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guishu_need_agrees();
    """,  # noqa: S608 - columns of our own
    """
    DROP TRIGGER agrees ON leads_needstep;
    DROP TRIGGER agrees ON leads_need;
    DROP FUNCTION guishu_need_agrees()
    """,
)
