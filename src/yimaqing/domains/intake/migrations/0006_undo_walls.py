"""The application asks for undos and reads them; only the owner carries them out."""

from django.db import migrations

from yimaqing.kit.rowscope import APP_ROLE


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_mapping")]
    operations = [
        migrations.RemoveField("undoleft", "household_id"),
        migrations.RunSQL(
            f"REVOKE UPDATE ON intake_undo FROM {APP_ROLE}",
            f"GRANT UPDATE ON intake_undo TO {APP_ROLE}",
        ),
    ]
