"""What the registry publishes to analytics: no names, no sealed columns, no numbers of people.

The name of each table is its name in the database. Days are dates, instants are UTC
without a zone (engines disagree on the arithmetic of zones, never on this).
"""

from __future__ import annotations

import ibis

household = ibis.table(
    {
        "id": "int64",
        "place_code": "string",
        "register_class": "string",
        "group": "string",
        "poverty_status": "string",
        "attribute": "string",
        "main_cause": "string",
        "return_cause": "string",
        "member_count": "int16",
        "recognised_year": "int16",
        "exit_year": "int16",
        "valid": "boolean",
    },
    name="registry_household",
)

person = ibis.table(
    {
        "id": "int64",
        "household_id": "int64",
        "place_code": "string",
        "sex": "string",
        "born_on": "date",
        "relation": "string",
        "ethnicity": "string",
        "student_status": "string",
        "health": "string",
        "labour_skill": "string",
        "resident_medical": "boolean",
        "employee_medical": "boolean",
        "major_illness_insurance": "boolean",
        "minimum_living": "boolean",
        "military": "boolean",
        "work_area": "string",
        "work_months": "int16",
        "valid": "boolean",
    },
    name="registry_person",
)

reading = ibis.table(
    {
        "id": "int64",
        "place_code": "string",
        "household_id": "int64",
        "person_id": "int64",
        "indicator": "string",
        "value_text": "string",
        "value_number": "float64",
        "observed_at": "timestamp",
        "source": "string",
        "batch_id": "int64",
    },
    name="registry_reading",
)

#: Readings with the moment that each was stored, for questions of what was known on a past day;
#: of the same table, so that a snapshot takes one or the other.
recorded_reading = ibis.table(
    {**reading.schema(), "changed_at": "timestamp"}, name="registry_reading"
)

yearlyincome = ibis.table(
    {
        "household_id": "int64",
        "place_code": "string",
        "year": "int16",
        "wage_fen": "int64",
        "operating_fen": "int64",
        "property_fen": "int64",
        "transfer_fen": "int64",
        "operating_cost_fen": "int64",
        "net_fen": "int64",
        "per_capita_fen": "int64",
        "divisor": "int16",
        "divisor_basis": "string",
    },
    name="registry_yearlyincome",
)

livingcondition = ibis.table(
    {
        "household_id": "int64",
        "place_code": "string",
        "year": "int16",
        "arable_mu": "float64",
        "forest_mu": "float64",
        "water_difficult": "boolean",
        "water_safe": "boolean",
        "dangerous_house": "boolean",
        "house_grade": "string",
    },
    name="registry_livingcondition",
)

measure = ibis.table(
    {
        "household_id": "int64",
        "place_code": "string",
        "year": "int16",
        "measure_group": "string",
    },
    name="registry_measure",
)

#: Everything that a snapshot takes of this domain.
tables = (household, person, reading, yearlyincome, livingcondition, measure)

#: How a snapshot sorts the rows of a county: readings of one indicator side by side make
#: the rules a tenth faster than readings of one household do.
order = {
    "registry_household": ("id",),
    "registry_person": ("household_id", "id"),
    "registry_reading": ("indicator", "household_id", "id"),
}
