"""Places: divisions of the state and what lies below the village, with their yearly files."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """What a place is. The first five are the administrative levels."""

    PROVINCE = "province", "省"
    PREFECTURE = "prefecture", "市"
    COUNTY = "county", "县（市、区）"
    TOWNSHIP = "township", "乡镇（街道）"
    VILLAGE = "village", "村（社区）"
    NATURAL_VILLAGE = "natural_village", "自然村"
    GRID = "grid", "网格"
    ESTATE = "estate", "小区"
    BUILDING = "building", "楼栋"
    RESETTLEMENT_SITE = "resettlement_site", "易地搬迁安置点"


ADMINISTRATIVE = {"province": 1, "prefecture": 2, "county": 3, "township": 4, "village": 5}


class Place(models.Model):
    """A place. Its code carries scope: a subtree is a range of codes, cut by ``level``."""

    code = models.TextField(primary_key=True, db_collation="C")
    name = models.TextField()
    level = models.SmallIntegerField(help_text="1 province … 5 village, 6 below the village")
    kind = models.TextField(choices=Kind)
    unit_type = models.TextField(blank=True, default="")
    parent_code = models.TextField(blank=True, default="", db_collation="C")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True, help_text="first day on which it is no longer valid")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["parent_code", "code"], name="places_place_parent"),
            models.Index(fields=["level", "code"], name="places_place_level"),
        ]

    def __str__(self) -> str:
        return self.name


class Origin(models.Model):
    """A village that people of a resettlement site came from."""

    site = models.ForeignKey(Place, models.CASCADE, related_name="origins")
    village = models.ForeignKey(Place, models.CASCADE, related_name="+")
    households = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "village"], name="places_origin_once")
        ]


class Duty(models.TextChoices):
    """What a contact does for a place."""

    BRANCH_SECRETARY = "branch_secretary", "党支部书记"
    GROUP_LEADER = "group_leader", "党小组长"
    GRID_WORKER = "grid_worker", "网格员"
    PROPERTY_MANAGER = "property_manager", "物业负责人"
    OFFICE = "office", "便民服务电话"


class Contact(models.Model):
    """A person on duty for a place, with an office number that may be shown to anyone."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="contacts")
    duty = models.TextField(choices=Duty)
    name = models.TextField()
    office_phone = models.TextField(blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class Boundary(models.Model):
    """The outline of a place, WGS84."""

    place = models.OneToOneField(Place, models.CASCADE, primary_key=True, related_name="boundary")
    geometry = models.JSONField()
    source = models.TextField()


class PlaceYear(models.Model):
    """A place's file of one year, in the fields of the national village table."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="years")
    year = models.SmallIntegerField()
    attribute = models.TextField(blank=True, default="")
    households = models.IntegerField(null=True)
    minimum_living_households = models.IntegerField(null=True)
    population = models.IntegerField(null=True)
    rural_population = models.IntegerField(null=True)
    disabled_people = models.IntegerField(null=True)
    labour_force = models.IntegerField(null=True)
    migrant_workers = models.IntegerField(null=True)
    net_income_per_capita_fen = models.BigIntegerField(null=True)
    collective_income_fen = models.BigIntegerField(null=True)
    water_difficult_households = models.IntegerField(null=True)
    water_substandard_households = models.IntegerField(null=True)
    dangerous_houses = models.IntegerField(null=True)
    clinics = models.IntegerField(null=True)
    source = models.TextField(blank=True, default="")
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "year"], name="places_placeyear_once")
        ]


class Standing(models.TextChoices):
    """Poverty status of a place."""

    POOR_VILLAGE = "poor_village", "贫困村"
    ORDINARY_VILLAGE = "ordinary_village", "非贫困村"
    NATIONAL_POVERTY_COUNTY = "national_poverty_county", "国家级贫困县"
    PROVINCIAL_POVERTY_COUNTY = "provincial_poverty_county", "省级贫困县"


#: Which of them a place of a kind may hold; one at a time. Other kinds hold none.
STANDINGS = {
    Kind.VILLAGE: (Standing.POOR_VILLAGE, Standing.ORDINARY_VILLAGE),
    Kind.COUNTY: (Standing.NATIONAL_POVERTY_COUNTY, Standing.PROVINCIAL_POVERTY_COUNTY),
}


class PlaceStatus(models.Model):
    """A status that a place holds from one day to another."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="statuses")
    status = models.TextField(choices=Standing)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    source = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "status", "starts_on"], name="places_placestatus_once"
            )
        ]


class FormerName(models.Model):
    """A name that a place had, under its code of today or one before it."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="former_names")
    name = models.TextField()
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(help_text="first day on which it was no longer the name")

    class Meta:
        ordering = ("-valid_to",)
        constraints = [
            models.UniqueConstraint(fields=["place", "valid_to"], name="places_formername_once")
        ]


class Recode(models.Model):
    """A merger, split, move or renumbering: an old code that became another."""

    old_code = models.TextField(db_collation="C")
    new_code = models.TextField(db_collation="C")
    on = models.DateField()
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["old_code", "new_code", "on"], name="places_recode_once"
            )
        ]
