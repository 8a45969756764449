"""A prefecture for the cockpit bench: real divisions, 210,000 households and their standing.

Households lie in nine villages of ten; values come from hashes of their numbers, so every
run sees the same data. Kept between runs as long as nothing that it is made of changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from pathlib import Path
from typing import Any

import psycopg

from yimaqing.config.cluster import Cluster
from yimaqing.config.cluster.roles import DATABASE

HOUSEHOLDS = 210_000
MONTHS = 24
SOURCE = Path(__file__).resolve().parents[1] / "src/yimaqing"
PLACES = SOURCE / "domains/places/data"
LEADER = "bench-leader"

_REGISTER = """
INSERT INTO registry_household (place_code, household_number, register_class, "group",
    poverty_status, attribute, standard, main_cause, other_causes, return_cause, team, head_name,
    head_pinyin, bank_name, member_count, recognised_year, address, valid, source)
SELECT v.code, '86' || lpad(i::text, 12, '0'), 'archived',
       CASE WHEN i % 20 = 1 THEN 'lifted_monitored' ELSE '' END,
       CASE WHEN i % 97 = 3 THEN 'unlifted' ELSE 'lifted' END, 'poor', 'national',
       (ARRAY['illness', 'disability', 'labour', 'skill', 'schooling'])[1 + i % 5], '{}', '', '',
       '王秀英', 'wang xiu ying', '', 1 + i % 5, 2014, '', true, 'bench'
  FROM generate_series(1, %(n)s) i
  JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS k, count(*) OVER () AS villages
          FROM places_place WHERE level = 5 AND hashtext(code) % 10 <> 0) v
    ON v.k = i % v.villages;
"""
_STANDING = """
COPY (
  SELECT id AS household_id, place_code, left(place_code, 6) AS county_code,
         left(place_code, 9) AS township_code, left(place_code, 12) AS village_code,
         register_class, "group", poverty_status, main_cause, member_count,
         {states},
         (hash(id, 's') % 40 = 0)::SMALLINT AS stale_count,
         (hash(id, 'income_state') % 60 = 1)::SMALLINT AS missing_count,
         (hash(id, 'k') % 200 = 0)::SMALLINT AS contradiction_count,
         CASE WHEN hash(id, 'water_state') % 60 = 0 THEN 'red' WHEN hash(id, 'o') % 30 = 0
              THEN 'orange' WHEN hash(id, 'y') % 30 = 0 THEN 'yellow' END AS colour,
         'danfeng-2020' AS scheme, DATE '2020-08-19' AS as_of, left(place_code, 6) AS county
    FROM pg.public.registry_household ORDER BY place_code, id
) TO '{target}' (FORMAT parquet, PARTITION_BY (county), COMPRESSION zstd)
"""


def prepare(home: Path) -> Cluster:
    """A running server with the prefecture in it, and its snapshot in the lake."""
    cluster = Cluster(home)
    cluster.start()
    marker = home / "filled"
    if not marker.is_file() or marker.read_text() != _fingerprint():
        cluster.superuser(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cluster.start()
        shutil.rmtree(home / "lake", ignore_errors=True)
        _fill(cluster, home / "lake")
        marker.write_text(_fingerprint())
    return cluster


def _fill(cluster: Cluster, lake: Path) -> None:
    # Set up only now: settings are read once, and the addresses are known only now.
    from django.core.management import call_command  # noqa: PLC0415

    from yimaqing.domains.accounts.factories import make_user  # noqa: PLC0415
    from yimaqing.domains.cockpit.actions import store_figures  # noqa: PLC0415
    from yimaqing.domains.places.actions import (  # noqa: PLC0415
        load_boundaries,
        load_divisions,
    )

    cluster.ensure_roles()
    call_command("migrate", database="owner", verbosity=0)
    load_divisions(PLACES / "luliang_divisions.csv", edition=dt.date(2020, 1, 1))
    load_boundaries(PLACES / "luliang_counties.wgs84.geojson", source="bench")
    url = cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(_REGISTER.replace("%(n)s", str(HOUSEHOLDS)))
        owner.execute("VACUUM ANALYZE registry_household")
        _snapshot(url, lake)
        store_figures()
        owner.execute(
            "INSERT INTO cockpit_storedfigure (as_of, place_code, measure, value, known, snapshot)"
            " SELECT (as_of - make_interval(months => m))::date, place_code, measure,"
            " value + m % 3, known, snapshot"
            f" FROM cockpit_storedfigure, generate_series(1, {MONTHS}) m"
        )
        owner.execute("VACUUM ANALYZE cockpit_storedfigure")
    make_user("leader", "141100000000", username=LEADER)


def _snapshot(url: str, lake: Path) -> None:
    from yimaqing.analytics import lake as lakes  # noqa: PLC0415
    from yimaqing.analytics.connection import attach_postgres, connect  # noqa: PLC0415
    from yimaqing.analytics.snapshot import add_results  # noqa: PLC0415

    names = ("food", "clothing", "education", "medical", "housing", "water", "income")
    states = ", ".join(_state(f"{name}_state") for name in names)
    with lakes.writing(lake):
        taken_at = dt.datetime.now(dt.UTC)
        path = lakes.new_directory(lake, taken_at)
        with connect() as connection:
            attach_postgres(connection, url)
            table = path / "monitoring.standing"
            connection.execute(_STANDING.format(states=states, target=table))
        made = lakes.Snapshot(path, taken_at, {}, {"as_of": "2020-08-19"})
        lakes.finish(add_results(made, ["monitoring.standing"]))


def _state(name: str) -> str:
    return (
        f"CASE hash(id, '{name}') % 60 WHEN 0 THEN 'fail' WHEN 1 THEN 'unknown'"
        f" ELSE 'pass' END AS {name}"
    )


def _fingerprint() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    made_of: list[Any] = [*SOURCE.glob("domains/*/migrations/*.py"), *PLACES.iterdir()]
    for path in sorted(made_of):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
