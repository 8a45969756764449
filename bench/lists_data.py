"""A prefecture for the benches of lists and exports, made inside the database.

210,000 households and 590,000 people with names, codes, ID numbers and phones of uneven
frequency; payments, measures, incomes, to-dos, warnings, codes. Names follow the frequency of
surnames; the order of rows is that of an import, by household number.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import psycopg

from bench import scan_data
from yimaqing.config.cluster import Cluster
from yimaqing.config.cluster.roles import DATABASE
from yimaqing.kit.ids import id_check_digit, pinyin_key

HOUSEHOLDS = 210_000
PEOPLE = 590_000
_SURNAMES = "王" * 9 + "李" * 8 + "张" * 8 + "刘" * 6 + "陈" * 4 + "杨" * 3 + "赵" * 3 + "高" * 2
_SURNAMES += "郭" * 2 + "任任武武薛薛冯冯白白康康崔穆闫贺雒苗"
_GIVEN = "秀英建国明丽强军平芳伟艳勇涛三丰兰花贵生根喜福旺海龙玉梅桂香春红小文志永林峰燕雪云"

_HOUSEHOLDS = """
INSERT INTO registry_household (place_code, household_number, register_class, "group",
    poverty_status, attribute, standard, main_cause, other_causes, return_cause, team, head_name,
    head_pinyin, bank_name, member_count, recognised_year, exit_year, address, valid, source,
    phone_index)
SELECT v.code, '86' || lpad(i::text, 12, '0'),
       CASE WHEN i % 10 < 7 THEN 'archived' WHEN i % 10 = 7 THEN 'marginal' ELSE 'ordinary' END,
       CASE WHEN i % 50 = 7 THEN 'marginal_at_risk' WHEN i % 997 = 1 THEN 'sudden_hardship'
            ELSE '' END,
       CASE WHEN i % 10 < 7 THEN 'lifted' ELSE '' END,
       (ARRAY['poor', 'minimum_living', 'poor', 'poor'])[1 + i % 4], 'national',
       (ARRAY['illness', 'disability', 'schooling', 'no_labour'])[1 + i % 4],
       '{}', '', (1 + i % 5) || '组', n.name, n.pinyin, '农商行', 1 + i % 5, 2014 + i % 4,
       CASE WHEN i % 10 < 7 THEN 2017 + i % 4 END,
       v.name || (i % 99) || '号', i % 500 <> 0, '全国扶贫开发信息系统',
       CASE WHEN i % 3 = 0 THEN decode(md5('phone' || i), 'hex') END
  FROM generate_series(1, 210000) i
  JOIN (SELECT code, name, row_number() OVER (ORDER BY code) - 1 AS k
          FROM places_place WHERE level = 5) v ON v.k = i / 85
  JOIN bench_name n ON n.id = (i::bigint * 7919) % (SELECT count(*) FROM bench_name);
"""

_PERSONS = """
INSERT INTO registry_person (place_code, household_id, person_number, name, name_pinyin, sex,
    id_kind, id_number_sealed, id_number_index, born_on, relation, ethnicity, education,
    student_status, health, labour_skill, work_area, work_months, resident_medical,
    minimum_living, phone_index, valid, source)
SELECT h.place_code, h.id, h.household_number || m,
       CASE WHEN m = 1 THEN h.head_name ELSE n.name END,
       CASE WHEN m = 1 THEN h.head_pinyin ELSE n.pinyin END,
       CASE WHEN (h.id + m) % 2 = 0 THEN 'female' ELSE 'male' END, 'resident_id', i.sealed,
       decode(md5('id' || h.id || m), 'hex'),
       date '1935-01-01' + ((h.id * 31 + m * 7919) % 31000)::int,
       (ARRAY['head', 'spouse', 'son', 'daughter', 'mother'])[m],
       CASE WHEN h.id % 4999 = 3 THEN 'hui' WHEN h.id % 60000 = 17 THEN 'dong' ELSE 'han' END,
       (ARRAY['primary', 'junior', 'illiterate', 'senior', 'primary', 'primary'])[1 + h.id % 6],
       CASE WHEN m = 3 AND h.id % 3 = 0 THEN 'primary_1' ELSE '' END,
       CASE WHEN h.id % 40 = 9 THEN 'disabled' WHEN h.id % 17 = 1 THEN 'chronic' ELSE 'healthy'
       END, CASE WHEN m < 3 THEN 'ordinary' ELSE 'none' END,
       CASE WHEN m = 2 AND h.id % 4 = 0 THEN 'other_province' ELSE '' END,
       CASE WHEN m = 2 AND h.id % 4 = 0 THEN (h.id % 12)::int END,
       h.id % 400 <> 0, h.id % 11 = 0, NULL, h.id % 700 <> 0, h.source
  FROM registry_household h
 CROSS JOIN LATERAL generate_series(1, CASE WHEN h.id % 210 = 0 THEN 3
            ELSE h.member_count - (h.id % 5 > 3)::int END) m
  JOIN bench_name n ON n.id = (h.id * 6007 + m * 104729) % (SELECT count(*) FROM bench_name)
  JOIN bench_id i ON i.id = (h.id * 5 + m) % 20000
 ORDER BY h.id, m LIMIT 590000;
INSERT INTO registry_persongram (gram, place_code, person_id, household_id)
SELECT DISTINCT gram, p.place_code, p.id, p.household_id FROM registry_person p,
 LATERAL generate_series(1, 2) n, LATERAL generate_series(1, char_length(p.name) - n + 1) i,
 LATERAL (SELECT substr(p.name, i, n) AS gram) x ORDER BY gram, p.place_code, p.id;
"""

_FACTS = """
INSERT INTO registry_payment (place_code, household_id, serial, fund, paid_on, amount_fen,
    channel, source)
SELECT place_code, id, 'P' || id || '-' || k, (ARRAY['产业奖补', '低保金', '教育补助'])[1 + k % 3],
       date '2018-01-01' + ((id * 7 + k * 181) % 1000)::int, 10000 + id % 90000, '一卡通', 'b'
  FROM registry_household, generate_series(1, 2) k ORDER BY id;
INSERT INTO registry_measure (place_code, household_id, number, year, measure_group, name,
    responsible_unit, note, source)
SELECT place_code, id, 'M' || id || '-' || k, 2018 + k, (ARRAY['industry', 'education'])[k],
       '种植补贴', '县农业农村局', '', 'b'
  FROM registry_household, generate_series(1, 2) k ORDER BY id;
INSERT INTO registry_yearlyincome (place_code, household_id, year, wage_fen, operating_fen,
    property_fen, transfer_fen, operating_cost_fen, family_planning_fen, minimum_living_fen,
    ecological_fen, five_guarantee_fen, pension_fen, other_transfer_fen, total_fen, net_fen,
    per_capita_fen, divisor, divisor_basis, source)
SELECT place_code, id, 2020, 100 * (id % 30000), 50000, 0, 20000, 10000, 0, 0, 0, 0, 0, 20000,
       100 * (id % 30000) + 70000, 100 * (id % 30000) + 60000,
       (100 * (id % 30000) + 60000) / member_count, member_count, 'registered', 'b'
  FROM registry_household ORDER BY id;
INSERT INTO work_todo (kind, place_code, household_id, subject_kind, subject_id, detail, due_on,
    state, reason)
SELECT 'registry.no_members', place_code, id, 'household', id::text,
       jsonb_build_object('household_number', household_number),
       date '2026-11-01' + (id % 60)::int, 'open', '' FROM registry_household WHERE id % 10 = 3;
"""


def fingerprint() -> str:
    """Changes with any migration or with the statements here."""
    return scan_data.fingerprint() + hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]


def prepare(home: Path) -> Cluster:
    """A running server with the prefecture in it, kept until a migration changes."""
    cluster = Cluster(home)
    cluster.start()
    marker = home / "filled"
    if not marker.is_file() or marker.read_text() != fingerprint():
        cluster.superuser(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cluster.start()
        _fill(cluster)
        marker.write_text(fingerprint())
    return cluster


def _fill(cluster: Cluster) -> None:
    # Set up only now: settings are read once, and the addresses are known only now.
    from django.core.management import call_command  # noqa: PLC0415

    cluster.ensure_roles()
    call_command("migrate", database="owner", verbosity=0)
    began = time.monotonic()
    with psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute(scan_data.PLACES)
        _names(connection)
        _id_numbers(connection)
        for statements in (_HOUSEHOLDS, _PERSONS, _FACTS, scan_data.WARNINGS, scan_data.WORKERS):
            connection.execute(statements)
            print(f"  {time.monotonic() - began:.0f} s", flush=True)
        connection.execute("DROP TABLE bench_name, bench_id")
    cluster.superuser("VACUUM ANALYZE; CHECKPOINT", DATABASE)


def _names(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Every surname with every pair of given characters, and every single one: 100,000 names."""
    given = [a + b for a in _GIVEN for b in _GIVEN] + list(_GIVEN)
    names = [surname + one for surname in _SURNAMES for one in given]
    connection.execute("CREATE TABLE bench_name (id int PRIMARY KEY, name text, pinyin text)")
    with connection.cursor().copy("COPY bench_name FROM STDIN") as copy:
        for number, name in enumerate(names):
            copy.write_row((number, name, pinyin_key(name)))


def _id_numbers(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Sealed ID numbers with right check digits; each stands for thirty people."""
    from django.conf import settings  # noqa: PLC0415 - set up by now

    from yimaqing.kit.crypto import keyring  # noqa: PLC0415

    numbers = [f"14119919{60 + n % 40:02d}0101{n % 1000:03d}" for n in range(20_000)]
    sealed = keyring(settings.DATA_KEYS).seal_many(
        [number + id_check_digit(number) for number in numbers],
        purpose=b"registry_person.id_number",
    )
    connection.execute("CREATE TABLE bench_id (id int PRIMARY KEY, sealed bytea)")
    with connection.cursor().copy("COPY bench_id FROM STDIN") as copy:
        for number, one in enumerate(sealed):
            copy.write_row((number, one))
