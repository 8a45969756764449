"""What is known of a household over time: income, living, help, money, readings."""

from __future__ import annotations

from django.db import models

from yimaqing.domains.registry.models.people import OfHousehold


class YearlyIncome(OfHousehold):
    """Income of one year (AC07), in fen.

    total = wage + operating + property + transfer; net = total - operating cost;
    per capita = net / divisor. The database checks the identities. An empty divisor_basis: nobody
    said who was counted.
    """

    year = models.SmallIntegerField(help_text="aar040")
    wage_fen = models.BigIntegerField(help_text="aac073")
    operating_fen = models.BigIntegerField(help_text="aac071")
    property_fen = models.BigIntegerField(help_text="aac072")
    transfer_fen = models.BigIntegerField(help_text="aac085")
    family_planning_fen = models.BigIntegerField(default=0, help_text="aac076")
    minimum_living_fen = models.BigIntegerField(default=0, help_text="aac077")
    ecological_fen = models.BigIntegerField(default=0, help_text="aac078")
    five_guarantee_fen = models.BigIntegerField(default=0, help_text="aac086")
    pension_fen = models.BigIntegerField(default=0, help_text="aac087")
    other_transfer_fen = models.BigIntegerField(default=0, help_text="aac083")
    operating_cost_fen = models.BigIntegerField(help_text="aac074")
    total_fen = models.BigIntegerField(help_text="aac081")
    net_fen = models.BigIntegerField(help_text="aac079")
    per_capita_fen = models.BigIntegerField(help_text="aac082")
    divisor = models.SmallIntegerField(help_text="members that the income is shared by")
    divisor_basis = models.TextField(help_text="registered or resident members")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household_id", "year"], name="registry_yearlyincome_once"
            ),
            models.CheckConstraint(
                name="registry_yearlyincome_total",
                condition=models.Q(
                    total_fen=models.F("wage_fen")
                    + models.F("operating_fen")
                    + models.F("property_fen")
                    + models.F("transfer_fen")
                ),
            ),
            models.CheckConstraint(
                name="registry_yearlyincome_net",
                condition=models.Q(net_fen=models.F("total_fen") - models.F("operating_cost_fen")),
            ),
            models.CheckConstraint(
                name="registry_yearlyincome_divisor", condition=models.Q(divisor__gt=0)
            ),
        ]
        indexes = [
            models.Index(fields=["place_code"], name="registry_yearlyincome_place"),
            models.Index(fields=["per_capita_fen", "id"], name="registry_yearlyincome_lowest"),
        ]

    @property
    def transfer_percent(self) -> int | None:
        """The share of transfers in the whole income; None where there is no income."""
        return round(self.transfer_fen * 100 / self.total_fen) if self.total_fen > 0 else None


class LivingCondition(OfHousehold):
    """Land, house, water, road of one year (AC30)."""

    year = models.SmallIntegerField(help_text="aar040")
    arable_mu = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    irrigated_mu = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    forest_mu = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    returned_farmland_mu = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    orchard_mu = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    grassland_mu = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    water_surface_mu = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    production_power = models.BooleanField(null=True, help_text="aac308")
    water_difficult = models.BooleanField(null=True, help_text="aac311")
    water_safe = models.BooleanField(null=True, help_text="aac312")
    road_distance_km = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, help_text="aac315"
    )
    road_kind = models.TextField(blank=True, default="", help_text="aac316")
    house_area_m2 = models.DecimalField(
        max_digits=8, decimal_places=2, null=True, help_text="aac317"
    )
    house_structure = models.TextField(blank=True, default="")
    dangerous_house = models.BooleanField(null=True, help_text="aac318")
    house_grade = models.TextField(blank=True, default="", help_text="aac322, A to D")
    house_graded_on = models.DateField(null=True)
    sanitary_toilet = models.BooleanField(null=True, help_text="aac319")
    fuel = models.TextField(blank=True, default="", help_text="aac320")
    cooperative = models.BooleanField(null=True, help_text="aac084")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household_id", "year"], name="registry_livingcondition_once"
            )
        ]
        indexes = [models.Index(fields=["place_code"], name="registry_living_place")]


class Measure(OfHousehold):
    """A help measure that the household got."""

    number = models.TextField(db_collation="C")
    year = models.SmallIntegerField()
    measure_group = models.TextField(help_text="slug of code table measure_group")
    name = models.TextField()
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    responsible_unit = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="registry_measure_number_once")
        ]
        indexes = [
            models.Index(fields=["household_id", "-year"], name="registry_measure_household"),
            models.Index(fields=["place_code"], name="registry_measure_place"),
        ]


class Payment(OfHousehold):
    """Money that reached the household."""

    serial = models.TextField(db_collation="C")
    person_id = models.BigIntegerField(null=True, help_text="payee, when a member is named")
    fund = models.TextField()
    paid_on = models.DateField()
    amount_fen = models.BigIntegerField()
    channel = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["serial"], name="registry_payment_serial_once")
        ]
        indexes = [
            models.Index(fields=["household_id", "-paid_on"], name="registry_payment_household"),
            models.Index(fields=["place_code"], name="registry_payment_place"),
            models.Index(fields=["paid_on", "id"], name="registry_payment_newest"),
        ]


class Pairing(OfHousehold):
    """Who helps the household, from when to when (AK11, AC08)."""

    helper_name = models.TextField()
    unit = models.TextField(blank=True, default="")
    post = models.TextField(blank=True, default="")
    office_phone = models.TextField(blank=True, default="")
    user_id = models.BigIntegerField(null=True, db_index=True)
    rank = models.SmallIntegerField(default=1, help_text="1 responsible helper, 2 second helper")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household_id", "rank", "starts_on"], name="registry_pairing_once"
            )
        ]
        indexes = [models.Index(fields=["place_code"], name="registry_pairing_place")]


class Reading(OfHousehold):
    """One observed value of an indicator; nothing overwrites it, current state is derived."""

    person_id = models.BigIntegerField(null=True)
    indicator = models.TextField()
    value_text = models.TextField(blank=True, default="")
    value_number = models.FloatField(null=True)
    observed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household_id", "person_id", "indicator", "observed_at", "source"],
                name="registry_reading_once",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["place_code"], name="registry_reading_place")]
