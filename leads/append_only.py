"""Lets the database refuse to change or delete rows of the tables that only grow."""

from django.db.migrations import RunSQL

FUNCTION = RunSQL(
    """
    CREATE FUNCTION guishu_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% only grows: nothing is changed or deleted', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$
    """,
    "DROP FUNCTION guishu_only_grows()",
)


def only_grows(table: str) -> RunSQL:
    """A migration's step: from now on the table refuses UPDATE and DELETE."""
    return RunSQL(
        f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION guishu_only_grows()",
        f"DROP TRIGGER only_grows ON {table}",
    )
