"""A register of 210,000 households for the scan bench, made inside the database.

Set-based SQL as the owner, in the shape of a prefecture: 13 counties, 156 townships,
2,496 villages; members, helpers, changes, one village office each; warnings at every
eighth household. Codes are issued by
the product's own action. Kept between runs as long as no migration has changed.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import psycopg

from yimaqing.config.cluster import Cluster
from yimaqing.config.cluster.roles import DATABASE

HOUSEHOLDS = 210_000
SOURCE = Path(__file__).resolve().parents[1] / "src/yimaqing"

PLACES = """
INSERT INTO places_place (code, name, level, kind, unit_type, parent_code)
SELECT '141100000000', '吕梁市', 2, 'prefecture', '', '140000000000' UNION ALL
SELECT '1411' || lpad(c::text, 2, '0') || '000000', '测试' || c || '县', 3, 'county', '',
       '141100000000' FROM generate_series(21, 33) c UNION ALL
SELECT '1411' || lpad(c::text, 2, '0') || lpad(t::text, 3, '0') || '000', '青石' || t || '镇', 4,
       'township', '', '1411' || lpad(c::text, 2, '0') || '000000'
  FROM generate_series(21, 33) c, generate_series(100, 111) t UNION ALL
SELECT '1411' || lpad(c::text, 2, '0') || lpad(t::text, 3, '0') || lpad(v::text, 3, '0'),
       '王家庄' || v || '村', 5, 'village', '',
       '1411' || lpad(c::text, 2, '0') || lpad(t::text, 3, '0') || '000'
  FROM generate_series(21, 33) c, generate_series(100, 111) t, generate_series(200, 215) v;
INSERT INTO places_contact (place_id, duty, name, office_phone, valid_from)
SELECT code, 'office', '便民服务站', '0358-' || right(code, 7), '2020-01-01'
  FROM places_place WHERE level = 5;
"""

_HOUSEHOLDS = """
INSERT INTO registry_household (place_code, household_number, register_class, "group",
    poverty_status, attribute, standard, main_cause, other_causes, return_cause, team, head_name,
    head_pinyin, bank_name, member_count, recognised_year, address, valid, source)
SELECT v.code, '86' || lpad(i::text, 12, '0'),
       CASE WHEN i %% 10 < 7 THEN 'archived' WHEN i %% 10 = 7 THEN 'marginal' ELSE 'ordinary' END,
       CASE WHEN i %% 10 = 7 THEN 'marginal' WHEN i %% 20 = 1 THEN 'lifted_monitored' ELSE '' END,
       CASE WHEN i %% 10 < 7 THEN 'lifted' ELSE '' END, 'poor', 'national', 'illness', '{}', '',
       (1 + i %% 5) || '组', '欧阳' || chr(20013 + (i %% 900)::int) || '英', 'ou yang', '农商行',
       1 + i %% 5, 2014, v.name || (i %% 99) || '号', true, '全国扶贫开发信息系统'
  FROM generate_series(1, %(n)s) i
  JOIN (SELECT code, name, row_number() OVER (ORDER BY code) - 1 AS k
          FROM places_place WHERE level = 5) v ON v.k = i %% 2496;
"""

_FILES = """
INSERT INTO registry_person (place_code, household_id, person_number, name, name_pinyin, sex,
    id_kind, born_on, relation, ethnicity, education, student_status, health, labour_skill,
    work_area, valid, source)
SELECT h.place_code, h.id, h.household_number || m, h.head_name, h.head_pinyin, 'male', '',
       '1970-01-01', CASE m WHEN 1 THEN 'head' ELSE 'son' END, 'han', '', '', 'healthy', '', '',
       true, h.source
  FROM registry_household h CROSS JOIN LATERAL generate_series(1, h.member_count) m;
INSERT INTO registry_pairing (place_code, household_id, helper_name, unit, post, office_phone,
    rank, starts_on, source)
SELECT place_code, id, '李建国', '县农业农村局', '科员', '0358-44' || right(household_number, 5), 1,
       '2019-01-01', source
  FROM registry_household WHERE register_class <> 'ordinary';
INSERT INTO registry_change (place_code, household_id, subject_kind, subject_id, kind, actor,
    source, before)
SELECT h.place_code, h.id, (ARRAY['household', 'person', 'livingcondition', 'payment'])[c], h.id,
       CASE WHEN c = 3 THEN 'updated' ELSE 'created' END, 'system:import', h.source,
       CASE WHEN c = 3 THEN '{"house_grade": "B"}'::jsonb END
  FROM registry_household h CROSS JOIN generate_series(1, 4) c;
INSERT INTO registry_reading (place_code, household_id, indicator, value_text, observed_at, source)
SELECT place_code, id, (ARRAY['food', 'clothing', 'water', 'housing'])[r],
       CASE WHEN r = 4 THEN 'A' ELSE 'pass' END, '2020-06-01', source
  FROM registry_household CROSS JOIN generate_series(1, 4) r;
"""

WARNINGS = """
INSERT INTO monitoring_warning (place_code, household_id, rule_code, indicator, scheme, colour,
    colour_rank, ruleset_version, text_zh, text_en, reading_ids, person_ids, since, act_by)
SELECT h.place_code, h.id, w.rule, w.indicator, 'danfeng-2020', w.colour, w.colour_rank, '2020',
       w.zh, w.en, '{}', '{}', '2020-03-02', '2020-03-20'
  FROM registry_household h
 CROSS JOIN (VALUES
   ('water_unsafe', 'water', 'red', 1, '饮水不安全', 'Drinking water is not safe'),
   ('member_seriously_ill', '', 'yellow', 3, '家庭成员患大病', 'A member is seriously ill')
 ) w (rule, indicator, colour, colour_rank, zh, en)
 WHERE h.id % 8 = 0;
"""

WORKERS = """
INSERT INTO accounts_user (username, display_name, office, office_phone, is_active,
    failed_logins, must_change_password)
SELECT 'bench' || left(code, 6), '县里' || left(code, 6), '', '', true, 0, false
  FROM places_place WHERE level = 3;
INSERT INTO accounts_assignment (user_id, role, place_code, place_level, department, starts_on,
    reason, appointed_from)
SELECT u.id, 'county_officer', p.code, 3, '', '2020-01-01', '', ''
  FROM accounts_user u JOIN places_place p
    ON u.username = 'bench' || left(p.code, 6) AND p.level = 3;
"""


def fingerprint() -> str:
    """Changes with any migration or with the statements here."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(SOURCE.glob("domains/*/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def prepare(home: Path, households: int = HOUSEHOLDS) -> Cluster:
    """A running server with the register in it; Django is pointed at it by the environment."""
    cluster = Cluster(home)
    cluster.start()
    marker = home / "filled"
    if not marker.is_file() or marker.read_text() != f"{fingerprint()} {households}":
        cluster.superuser(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cluster.start()
        _fill(cluster, households)
        marker.write_text(f"{fingerprint()} {households}")
    return cluster


def _fill(cluster: Cluster, households: int) -> None:
    # Set up only now: settings are read once, and the addresses are known only now.
    from django.core.management import call_command  # noqa: PLC0415

    from yimaqing.domains.codes.actions import issue_subtree  # noqa: PLC0415

    cluster.ensure_roles()
    call_command("migrate", database="owner", verbosity=0)
    with psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute(PLACES)
        connection.execute(_HOUSEHOLDS, {"n": households})
        connection.execute(_FILES)
        connection.execute(WARNINGS)
        connection.execute(WORKERS)
    began = time.monotonic()
    made = issue_subtree(
        place_code="141100000000", level=2, by=None, actor="system:bench", using="owner"
    )
    print(f"  codes issued: {made} in {time.monotonic() - began:.1f} s", flush=True)
    cluster.superuser("VACUUM ANALYZE; CHECKPOINT", DATABASE)
