"""What searches and sorts the register: initials, pinyin, what addresses begin with.

- ``name_initials`` is a stored column: only a column and a leakproof operator find their index
  under row-level security.
- Members sort by place and household (their key's index) or by pinyin over all places; the
  index by place and pinyin goes, so that an import writes one index more, not two.
- Addresses differ by their numbers: without them a village has a handful, kept by triggers and
  looked through as a whole. Measured: docs/decisions/0019.
"""

import django.db.models.functions.text
from django.db import migrations, models

from yimaqing.kit.rowscope import drop_policy_sql, grant_sql, policy_sql

# Block ranges (BRIN) let a rare or absent value be found in milliseconds, cost an import nothing
# (ranges are summarised by vacuum, until then they are simply read) and block no HOT update.
_WORDS, _DAYS, _SMALL, _LARGE = (
    "text_bloom_ops",
    "date_minmax_multi_ops",
    "int2_minmax_multi_ops",
    "int8_minmax_multi_ops",
)
SIEVES = {
    "household": {
        _WORDS: 'register_class "group" poverty_status attribute standard main_cause return_cause'
        " team bank_name",
        _SMALL: "member_count recognised_year exit_year",
    },
    "person": {
        _WORDS: "sex relation ethnicity education student_status health labour_skill work_area",
        _SMALL: "work_months",
        _DAYS: "born_on",
    },
    "payment": {_WORDS: "fund channel", _DAYS: "paid_on", _LARGE: "amount_fen"},
    "measure": {
        _WORDS: "measure_group name responsible_unit",
        _SMALL: "year",
        _DAYS: "starts_on ends_on",
    },
    "yearlyincome": {
        _WORDS: "divisor_basis",
        _SMALL: "year divisor",
        _LARGE: "wage_fen operating_fen property_fen transfer_fen operating_cost_fen total_fen"
        " net_fen per_capita_fen",
    },
}


def sieves():
    return [
        f"CREATE INDEX registry_{table}_sieve ON registry_{table} USING brin ("
        + ", ".join(f"{column} {ops}" for ops, columns in of.items() for column in columns.split())
        + ") WITH (pages_per_range = 8)"
        for table, of in SIEVES.items()
    ]


FOLLOW = """
CREATE FUNCTION registry_stem_of(address text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN btrim(substring(address FROM '^[^0-9０-９]*'));

CREATE FUNCTION registry_stems_of_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO registry_addressstem (place_code, stem)
  SELECT DISTINCT place_code, registry_stem_of(address) FROM new_rows WHERE address <> ''
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE FUNCTION registry_stems_of_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO registry_addressstem (place_code, stem)
  VALUES (NEW.place_code, registry_stem_of(NEW.address)) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION registry_stems_of_new(), registry_stems_of_changed() FROM PUBLIC;

CREATE TRIGGER stems_of_new AFTER INSERT ON registry_household
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION registry_stems_of_new();
CREATE TRIGGER stems_of_changed AFTER UPDATE OF address, place_code ON registry_household
  FOR EACH ROW WHEN ((OLD.address, OLD.place_code) IS DISTINCT FROM (NEW.address, NEW.place_code))
  EXECUTE FUNCTION registry_stems_of_changed();

-- When places merge, what both have stands once.
CREATE FUNCTION registry_stems_merge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM registry_addressstem WHERE place_code = NEW.place_code AND stem = NEW.stem;
  RETURN NEW;
END $$;
CREATE TRIGGER stems_merge BEFORE UPDATE OF place_code ON registry_addressstem
  FOR EACH ROW WHEN (NEW.place_code <> OLD.place_code) EXECUTE FUNCTION registry_stems_merge();

INSERT INTO registry_addressstem (place_code, stem)
SELECT DISTINCT place_code, registry_stem_of(address) FROM registry_household WHERE address <> '';
"""

BACK = """
DROP TRIGGER stems_of_new ON registry_household;
DROP TRIGGER stems_of_changed ON registry_household;
DROP TRIGGER stems_merge ON registry_addressstem;
DROP FUNCTION registry_stems_of_new();
DROP FUNCTION registry_stems_of_changed();
DROP FUNCTION registry_stems_merge();
DROP FUNCTION registry_stem_of(text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0019_duplicates"),
    ]

    operations = [
        migrations.CreateModel(
            name="AddressStem",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "place_code",
                        "stem",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("place_code", models.TextField(db_collation="C")),
                ("stem", models.TextField(db_collation="C")),
            ],
        ),
        migrations.RemoveIndex(
            model_name="person",
            name="registry_person_name",
        ),
        migrations.AddField(
            model_name="person",
            name="name_initials",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Concat(
                    django.db.models.functions.text.Left(
                        models.Func(
                            "name_pinyin", models.Value(" "), models.Value(1), function="split_part"
                        ),
                        1,
                        output_field=models.TextField(),
                    ),
                    django.db.models.functions.text.Left(
                        models.Func(
                            "name_pinyin", models.Value(" "), models.Value(2), function="split_part"
                        ),
                        1,
                        output_field=models.TextField(),
                    ),
                    django.db.models.functions.text.Left(
                        models.Func(
                            "name_pinyin", models.Value(" "), models.Value(3), function="split_part"
                        ),
                        1,
                        output_field=models.TextField(),
                    ),
                    django.db.models.functions.text.Left(
                        models.Func(
                            "name_pinyin", models.Value(" "), models.Value(4), function="split_part"
                        ),
                        1,
                        output_field=models.TextField(),
                    ),
                ),
                help_text="zsf for zhang san feng; a stored column, because only such are searched "
                "by index under row-level security",
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["head_pinyin", "id"], name="registry_household_pinyin"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["paid_on", "id"], name="registry_payment_newest"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["name_pinyin", "id"], name="registry_person_pinyin"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["name_initials"], name="registry_person_initials"),
        ),
        migrations.AddIndex(
            model_name="yearlyincome",
            index=models.Index(
                fields=["per_capita_fen", "id"], name="registry_yearlyincome_lowest"
            ),
        ),
        migrations.RunSQL(
            [
                policy_sql("registry_addressstem", household_column=None),
                grant_sql("registry_addressstem", "SELECT"),
                FOLLOW,
                *sieves(),
            ],
            [
                *(f"DROP INDEX registry_{table}_sieve" for table in SIEVES),
                BACK,
                drop_policy_sql("registry_addressstem"),
            ],
        ),
    ]
