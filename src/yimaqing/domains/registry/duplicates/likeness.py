"""How alike two persons of the register are: the model of the linkage.

``m`` is how often two entries of one person look so, ``u`` how often entries of two do. They
follow the kinds of errors that the generated truth set describes (tests and ``bench
duplicates`` print precision and recall), and the make-up of a prefecture: 590,000 people in
2,900 villages, born on some 30,000 days.
"""

from __future__ import annotations

from yimaqing.analytics.matching import Comparison, Level, Model

#: From here on a pair is shown to a reviewer.
LIKELY = 0.70
#: One person in this many is taken to stand twice, before anything is compared.
DOUBLES = 0.01
#: People of a prefecture: a name's share is reckoned among so many more, so that in a small
#: register a name that occurs twice is not held for a common one.
AMONG = 100_000

_BOTH_IDS = "id17_l IS NOT NULL AND id17_r IS NOT NULL"
LONG = "length(folded_l) >= 2 AND length(folded_r) >= 2"
# DuckDB's edit distances count bytes, of which a Chinese character has three.
ONE_OFF = (
    "list_has_any(masks_l, masks_r) OR list_contains(shorter_l, folded_r)"
    " OR list_contains(shorter_r, folded_l)"
)
_APART = "household_l <> household_r"

NAME = Comparison(
    "name",
    "folded_l IS NULL OR folded_r IS NULL",
    (
        Level("same_name", "name_l = name_r", 0.59, 2e-5, "folded"),
        Level("variant_characters", "folded_l = folded_r", 0.05, 2e-5, "folded"),
        Level("same_sound", f"sound_l = sound_r AND {LONG}", 0.14, 1.5e-4),
        Level("swapped_characters", f"letters_l = letters_r AND {LONG}", 0.04, 2e-5),
        Level("near_sound", f"near_l = near_r AND {LONG}", 0.07, 6e-4),
        Level("one_character_off", ONE_OFF, 0.10, 5e-3),
    ),
    (0.01, 0.994),
)

#: The ID number holds the birth date, so both are one comparison: two people born on one day
#: in one county differ in the three digits of the serial number alone.
IDENTITY = Comparison(
    "identity",
    f"NOT ({_BOTH_IDS}) AND (born_l IS NULL OR born_r IS NULL)",
    (
        Level("same_id", "id17_l = id17_r", 0.30, 1e-8),
        Level(
            "id_one_digit_off",
            f"{_BOTH_IDS} AND left(id17_l, 14) <> left(id17_r, 14)"
            " AND damerau_levenshtein(id17_l, id17_r) = 1",
            0.15,
            3e-7,
        ),
        Level(
            "id_serial_digit_off",
            "left(id17_l, 14) = left(id17_r, 14) AND damerau_levenshtein(id17_l, id17_r) = 1",
            0.10,
            3e-5,
        ),
        Level("same_birth_ids_differ", f"born_l = born_r AND {_BOTH_IDS}", 0.02, 2e-5),
        Level("same_birth", "born_l = born_r", 0.27, 3e-5),
        Level(
            "birth_digit_off",
            f"NOT ({_BOTH_IDS}) AND damerau_levenshtein(born_l, born_r) = 1",
            0.09,
            2e-3,
        ),
        Level("same_year", f"NOT ({_BOTH_IDS}) AND left(born_l, 4) = left(born_r, 4)", 0.04, 0.02),
    ),
    (0.03, 0.975),
)

SEX = Comparison(
    "sex",
    "sex_l = '' OR sex_r = ''",
    (Level("same_sex", "sex_l = sex_r", 0.985, 0.5),),
    (0.015, 0.5),
)
PLACE = Comparison(
    "place",
    "village_l IS NULL OR village_r IS NULL",
    (
        Level("same_household", "household_l = household_r", 0.15, 2e-4),
        Level("same_village", "village_l = village_r", 0.55, 4e-4),
        Level("same_township", "left(village_l, 9) = left(village_r, 9)", 0.12, 7e-3),
        Level("same_county", "left(village_l, 6) = left(village_r, 6)", 0.09, 0.07),
    ),
    (0.09, 0.92),
)
# A family shares a telephone and its members: within one household neither says anything.
PHONE = Comparison(
    "phone",
    f"phone_l IS NULL OR phone_r IS NULL OR NOT ({_APART})",
    (Level("same_phone", "phone_l = phone_r", 0.5, 5e-5),),
    (0.5, 0.999),
)
FAMILY = Comparison(
    "family",
    f"len(family_l) = 0 OR len(family_r) = 0 OR NOT ({_APART})",
    (Level("same_family", "list_has_any(family_l, family_r)", 0.45, 2e-3),),
    (0.55, 0.998),
)

MODEL = Model(
    comparisons=(NAME, IDENTITY, SEX, PLACE, PHONE, FAMILY),
    blocks=(
        "l.id17 = r.id17",
        "l.sound = r.sound AND l.born = r.born",
        "l.near = r.near AND l.village = r.village",
        "l.surname = r.surname AND l.id_no_year = r.id_no_year",
        "l.surname = r.surname AND l.id_no_day = r.id_no_day",
        "l.letters = r.letters AND l.birth_year = r.birth_year",
        "l.born = r.born AND l.sex = r.sex AND l.village = r.village",
        "l.born = r.born AND l.surname = r.surname AND l.township = r.township",
        "l.phone = r.phone AND l.birth_year = r.birth_year",
    ),
    doubles=DOUBLES,
    among=AMONG,
    # Two members of one household with two names and two valid numbers are brothers, or twins.
    excluded="l.household = r.household AND l.folded <> r.folded AND l.id17 <> r.id17",
)
