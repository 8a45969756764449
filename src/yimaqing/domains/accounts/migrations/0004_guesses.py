"""Wrong passwords counted by address, device and unknown name."""

from django.db import migrations, models

from yimaqing.kit.rowscope import grant_sql


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_credentials")]
    operations = [
        migrations.CreateModel(
            name="Guess",
            fields=[
                ("key", models.BinaryField(primary_key=True, serialize=False)),
                ("failures", models.IntegerField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
            ],
        ),
        # Counters of minutes: a crash may empty them.
        migrations.RunSQL(
            ["ALTER TABLE accounts_guess SET UNLOGGED", grant_sql("accounts_guess")],
            migrations.RunSQL.noop,
        ),
    ]
