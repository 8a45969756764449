"""A batch is seen by who sent it and by those whose area holds all its rows."""

from django.db import migrations

from yimaqing.kit.rowscope import drop_policy_sql, grant_sql, policy_sql

OWN = "user_id = nullif(current_setting('yimaqing.user_id', true), '')::bigint"
POLICY = policy_sql("intake_batch", household_column=None)
USING = POLICY[POLICY.index("USING (") + len("USING (") : POLICY.index(") WITH CHECK")]
FORWARD = [
    "ALTER TABLE intake_batch ENABLE ROW LEVEL SECURITY",
    f"CREATE POLICY scope ON intake_batch USING (({USING}) OR {OWN}) WITH CHECK ({OWN})",
    grant_sql("intake_batch", "SELECT, INSERT, UPDATE"),
    # An error is seen with its batch, whose own policy applies inside the subquery.
    "ALTER TABLE intake_error ENABLE ROW LEVEL SECURITY",
    (
        "CREATE POLICY scope ON intake_error USING"
        " (EXISTS (SELECT FROM intake_batch b WHERE b.id = batch_id))"
    ),
    grant_sql("intake_error", "SELECT"),
]


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            FORWARD, [drop_policy_sql("intake_error"), drop_policy_sql("intake_batch")]
        )
    ]
