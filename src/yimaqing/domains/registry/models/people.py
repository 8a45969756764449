"""Households, persons, their search grams and their history.

Fields follow tables AC01 and AB01 of the national register; code columns hold the
slugs of ``codetables.toml``. Sealed columns are opened only through ``unmask``.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Concat, Left, Now


def _initial(syllable: int) -> Left:
    """The first letter of a syllable of ``name_pinyin``; empty when there are fewer."""
    part = Func("name_pinyin", Value(" "), Value(syllable), function="split_part")
    return Left(part, 1, output_field=models.TextField())


class Recorded(models.Model):
    """Where a row came from and when it last changed."""

    source = models.TextField(blank=True, default="")
    batch_id = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True


#: An index has a name of thirty characters at most, as Django asks.
_LONGEST_NAME = 30
#: What lists are filtered by, and the values that nearly everybody has: those are found by walking,
#: and an index without them costs an import next to nothing (docs/decisions/0025).
_HOUSEHOLDS_BY: dict[str, tuple[str, ...]] = {
    "register_class": ("archived", "ordinary"),
    "group": ("",),
    "poverty_status": ("", "lifted"),
    "attribute": ("", "poor", "ordinary"),
    "main_cause": ("",),
}
_PERSONS_BY: dict[str, tuple[str, ...]] = {
    "relation": ("head", "spouse", "son", "daughter"),
    "ethnicity": ("han",),
    "student_status": ("",),
    "health": ("healthy",),
    "labour_skill": ("ordinary", "none"),
    "work_area": ("",),
}


def _rare(table: str, by: dict[str, tuple[str, ...]]) -> list[models.Index]:
    """An index of each column's values but the common ones, with the place behind it."""
    return [
        models.Index(
            fields=[column, "place_code"],
            condition=~models.Q(**{f"{column}__in": common}),
            name=f"{table}_{column}"[:_LONGEST_NAME],
        )
        for column, common in by.items()
    ]


class Household(Recorded):
    """A household, in or outside the archived register."""

    place_code = models.TextField(db_collation="C")
    household_number = models.TextField(db_collation="C", help_text="aac001")
    register_class = models.TextField(help_text="archived, marginal, ordinary")
    group = models.TextField(blank=True, default="", help_text="one of the three groups, or none")
    poverty_status = models.TextField(blank=True, default="", help_text="aar010")
    attribute = models.TextField(blank=True, default="", help_text="aac006")
    standard = models.TextField(blank=True, default="", help_text="aac005")
    main_cause = models.TextField(blank=True, default="", help_text="aac007")
    other_causes = ArrayField(models.TextField(), default=list, help_text="aac008, at most two")
    return_cause = models.TextField(blank=True, default="", help_text="aac009")
    team = models.TextField(blank=True, default="", help_text="aar007, villagers' group")
    head_name = models.TextField(help_text="aar029")
    head_pinyin = models.TextField(db_collation="C")
    head_id_index = models.BinaryField(null=True, help_text="blind index of aar031")
    head_person_id = models.BigIntegerField(null=True, help_text="aac025, set from the relations")
    phone_sealed = models.BinaryField(null=True, help_text="aar012")
    phone_index = models.BinaryField(null=True)
    bank_name = models.TextField(blank=True, default="", help_text="aaq002")
    bank_account_sealed = models.BinaryField(null=True, help_text="aac004")
    bank_account_index = models.BinaryField(null=True)
    member_count = models.SmallIntegerField(help_text="aac017 as declared")
    recognised_year = models.SmallIntegerField(null=True, help_text="aar041")
    exit_year = models.SmallIntegerField(null=True, help_text="aac023")
    address = models.TextField(blank=True, default="")
    military_family = models.BooleanField(null=True, help_text="aac012")
    only_child_family = models.BooleanField(null=True, help_text="aac013")
    two_daughter_family = models.BooleanField(null=True, help_text="aac014")
    valid = models.BooleanField(default=True, help_text="aar100")

    class Meta:
        constraints = [
            # The key that every child table refers to: plain foreign keys ignore scope.
            models.UniqueConstraint(
                fields=["place_code", "id"], name="registry_household_place_key"
            ),
            # unique=True would add a second index for LIKE, which row-level security cannot use.
            models.UniqueConstraint(
                fields=["household_number"], name="registry_household_number_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["place_code", "head_pinyin", "id"], name="registry_household_name"
            ),
            models.Index(fields=["head_pinyin", "id"], name="registry_household_pinyin"),
            models.Index(fields=["phone_index"], name="registry_household_phone"),
            *_rare("registry_household", _HOUSEHOLDS_BY),
        ]


class OfHousehold(Recorded):
    """A row of a household's file; (place_code, household_id) is its composite foreign key."""

    place_code = models.TextField(db_collation="C")
    household_id = models.BigIntegerField()

    class Meta:
        abstract = True


class Person(OfHousehold):
    """A member of a household."""

    person_number = models.TextField(null=True, db_collation="C", help_text="aab001")
    name = models.TextField(help_text="aab002")
    name_pinyin = models.TextField(db_collation="C")
    name_initials = models.GeneratedField(
        expression=Concat(*(_initial(n) for n in (1, 2, 3, 4))),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
        help_text="zsf for zhang san feng; a stored column, because only such are searched "
        "by index under row-level security",
    )
    sex = models.TextField(help_text="aab003")
    id_kind = models.TextField(blank=True, default="", help_text="aab018")
    id_number_sealed = models.BinaryField(null=True, help_text="aab004")
    id_number_index = models.BinaryField(null=True)
    born_on = models.DateField(null=True, help_text="aab005")
    relation = models.TextField(help_text="aab006")
    ethnicity = models.TextField(blank=True, default="", help_text="aab007")
    education = models.TextField(blank=True, default="", help_text="aab008")
    student_status = models.TextField(blank=True, default="", help_text="aab009")
    health = models.TextField(blank=True, default="", help_text="aab017")
    labour_skill = models.TextField(blank=True, default="", help_text="aab010")
    resident_medical = models.BooleanField(null=True, help_text="aab013")
    employee_medical = models.BooleanField(null=True)
    major_illness_insurance = models.BooleanField(null=True, help_text="aab022")
    resident_pension = models.BooleanField(null=True, help_text="aab014")
    employee_pension = models.BooleanField(null=True, help_text="aab021")
    minimum_living = models.BooleanField(null=True, help_text="aab030")
    military = models.BooleanField(null=True, help_text="aab019")
    work_area = models.TextField(blank=True, default="")
    work_months = models.SmallIntegerField(null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    valid = models.BooleanField(default=True, help_text="aab015")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place_code", "household_id", "id"], name="registry_person_household_key"
            ),
            models.UniqueConstraint(fields=["person_number"], name="registry_person_number_once"),
            models.UniqueConstraint(
                fields=["id_number_index"],
                condition=models.Q(valid=True),
                name="registry_person_id_number_once",
            ),
        ]
        indexes = [
            models.Index(fields=["name_pinyin", "id"], name="registry_person_pinyin"),
            models.Index(fields=["name_initials"], name="registry_person_initials"),
            models.Index(fields=["phone_index"], name="registry_person_phone"),
            models.Index(fields=["born_on", "place_code"], name="registry_person_born"),
            models.Index(
                fields=["minimum_living", "place_code"],
                condition=models.Q(minimum_living=True),
                name="registry_person_living",
            ),
            models.Index(
                fields=["work_months", "place_code"],
                condition=models.Q(work_months__isnull=False),
                name="registry_person_months",
            ),
            *_rare("registry_person", _PERSONS_BY),
        ]

    @property
    def insured(self) -> bool | None:
        """Whether one of the two basic medical insurances covers the person; None: not known."""
        known = [v for v in (self.resident_medical, self.employee_medical) if v is not None]
        return any(known) if known else None


class PersonGram(models.Model):
    """A character or pair of characters of a person's name, for substring search.

    Only leakproof operators use indexes under row-level security, so LIKE cannot.
    """

    pk = models.CompositePrimaryKey("gram", "place_code", "person_id")
    gram = models.TextField(db_collation="C")
    place_code = models.TextField(db_collation="C")
    person_id = models.BigIntegerField(db_index=True)
    household_id = models.BigIntegerField()


class AddressStem(models.Model):
    """What an address of a village begins with, up to its first digit: 前东旺坪.

    Kept by triggers; so few that a part of an address is looked for in all of them.
    """

    pk = models.CompositePrimaryKey("place_code", "stem")
    place_code = models.TextField(db_collation="C")
    stem = models.TextField(db_collation="C")


class Change(models.Model):
    """One change of one row: the old values of the changed columns.

    Creation has none: any past state is reached from the present backwards.
    Sealed columns appear as ``"sealed"``, never with their value.
    """

    place_code = models.TextField(db_collation="C")
    household_id = models.BigIntegerField()
    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    kind = models.TextField(help_text="created, updated, removed")
    at = models.DateTimeField(db_default=Now())
    actor = models.TextField()
    source = models.TextField(blank=True, default="")
    batch_id = models.BigIntegerField(null=True, db_index=True)
    before = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["household_id", "id"], name="registry_change_household")]
