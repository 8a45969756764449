"""How alike a row of a list and a person of the register are: the model of the linkage.

``m`` is how often a row about somebody looks so beside his record, ``u`` how often beside that
of another; a name's, a sound's and a place's own share in the register stands for ``u`` where
a level names its ``frequency``. A list tells less than the register, and so do the levels: a
row that names a township only cannot fail to name the village.

They were set on a generated list of another seed than the one that ``bench linkage`` judges.
"""

from __future__ import annotations

from yimaqing.analytics.matching import Comparison, Level, Model
from yimaqing.domains.registry.duplicates.likeness import LONG, ONE_OFF

#: A row is taken to mean somebody when he has this share of what speaks for anybody or nobody.
MATCHED = 0.95
#: Below it, down to here, somebody has to look.
UNCERTAIN = 0.10
#: Share of a department's rows that are about people of the register, before anything is compared.
IN_REGISTER = 0.5
#: A share is reckoned among so many people more than there are, so that in a small register a
#: name that occurs twice is not held for a common one.
AMONG = 100_000

NAME = Comparison(
    "name",
    "folded_l IS NULL OR folded_r IS NULL",
    (
        Level("same_name", "name_l = name_r", 0.90, 2e-5, "folded"),
        Level("variant_characters", "folded_l = folded_r", 0.90, 2e-5, "folded"),
        Level("same_sound", f"sound_l = sound_r AND {LONG}", 0.03, 1.5e-4, "sound"),
        Level("swapped_characters", f"letters_l = letters_r AND {LONG}", 0.012, 2e-5, "letters"),
        Level("near_sound", f"near_l = near_r AND {LONG}", 0.02, 6e-4, "near"),
        Level("one_character_off", ONE_OFF, 0.03, 4e-3),
        Level("same_surname", "surname_l = surname_r", 0.008, 0.07, "surname"),
    ),
    (0.002, 0.92),
)

_BOTH_IDS = "id17_l IS NOT NULL AND id17_r IS NOT NULL"
_NO_IDS = f"NOT ({_BOTH_IDS})"
_YEAR_ONLY = "born_l IS NULL"
#: Number and birth date are one comparison: the number holds the date.
IDENTITY = Comparison(
    "identity",
    f"{_NO_IDS} AND (birth_year_l IS NULL OR birth_year_r IS NULL)",
    (
        Level("same_id", "id17_l = id17_r", 0.60, 1e-8),
        Level(
            "id_one_digit_off",
            f"{_BOTH_IDS} AND damerau_levenshtein(id17_l, id17_r) = 1",
            0.20,
            2e-6,
        ),
        Level("same_birth_ids_differ", f"born_l = born_r AND {_BOTH_IDS}", 0.02, 4e-5),
        Level("same_birth", "born_l = born_r", 0.90, 4e-5),
        Level("day_and_month_turned", f"born_l = turned_r AND {_NO_IDS}", 0.01, 2e-5),
        Level(
            "lunar_birthday",
            f"(born_l = solar_r OR solar_l = born_r) AND {_NO_IDS}",
            0.02,
            8e-5,
        ),
        Level(
            "birth_digit_off",
            f"{_NO_IDS} AND damerau_levenshtein(born_l, born_r) = 1",
            0.04,
            1.2e-3,
        ),
        Level("year_as_told", f"{_YEAR_ONLY} AND birth_year_l = birth_year_r", 0.93, 0.017),
        Level(
            "year_one_off",
            f"{_YEAR_ONLY} AND abs(birth_year_l::int - birth_year_r::int) = 1",
            0.05,
            0.033,
        ),
        Level("same_year", f"{_NO_IDS} AND birth_year_l = birth_year_r", 0.02, 0.017),
    ),
    (0.005, 0.96),
)

SEX = Comparison(
    "sex",
    "coalesce(sex_l, '') = '' OR coalesce(sex_r, '') = ''",
    (Level("same_sex", "sex_l = sex_r", 0.99, 0.5),),
    (0.01, 0.5),
)

_VILLAGE_TOLD, _TOWNSHIP_TOLD = "village_l IS NOT NULL", "township_l IS NOT NULL"
PLACE = Comparison(
    "place",
    "county_l IS NULL OR village_r IS NULL",
    (
        Level("same_village", "village_l = village_r", 0.88, 4e-4, "village"),
        Level(
            "township_as_told",
            f"NOT ({_VILLAGE_TOLD}) AND township_l = township_r",
            0.95,
            7e-3,
            "township",
        ),
        Level("same_township", "township_l = township_r", 0.07, 7e-3, "township"),
        Level(
            "county_as_told",
            f"NOT ({_TOWNSHIP_TOLD}) AND county_l = county_r",
            0.97,
            0.077,
            "county",
        ),
        Level("same_county", "county_l = county_r", 0.03, 0.077, "county"),
    ),
    (0.02, 0.92),
)

PHONE = Comparison(
    "phone",
    "phone_l IS NULL OR phone_r IS NULL",
    (Level("same_phone", "phone_l = phone_r", 0.6, 2e-5),),
    (0.4, 0.99998),
)

MODEL = Model(
    comparisons=(NAME, IDENTITY, SEX, PLACE, PHONE),
    blocks=(
        "l.id17 = r.id17",
        "l.id_no_year = r.id_no_year AND l.surname = r.surname",
        "l.id_no_day = r.id_no_day AND l.surname = r.surname",
        "l.sound = r.sound AND l.birth_year = r.birth_year",
        "l.letters = r.letters AND l.birth_year = r.birth_year",
        "l.folded = r.folded AND l.county = r.county",
        "l.near = r.near AND l.village = r.village",
        "l.near = r.near AND l.born = r.born",
        "l.letters = r.letters AND l.village = r.village",
        "l.born = r.born AND l.village = r.village",
        "l.born = r.born AND l.surname = r.surname AND l.township = r.township",
        "l.surname = r.surname AND l.village = r.village AND l.birth_year = r.birth_year",
        "l.phone = r.phone AND l.surname = r.surname",
    ),
    doubles=IN_REGISTER,
    among=AMONG,
)
