"""Households follow their place when it is merged or renumbered."""

import datetime as dt

from yimaqing.domains.places.actions import recode
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.models import Household, Person, PersonGram, Reading


def test_a_household_and_its_children_follow_the_renumbered_township(database):
    for code, name in (("141124104000", "白文镇"), ("141124110000", "新白文镇")):
        Place.objects.create(code=code, name=name, level=4, kind="township")
    home = make_household(place_code="141124104201", readings={"housing": "A"})
    neighbour = make_household(place_code="141124105201")

    moved = recode("141124104000", "141124110000", on=dt.date(2024, 1, 1), reason="民发〔2024〕1号")

    assert moved["registry_household"] == 1
    for model in (Person, PersonGram, Reading):
        row = model.objects.using("owner").filter(household_id=home.pk).first()
        assert row.place_code == "141124110201"
    assert Household.objects.using("owner").get(pk=home.pk).place_code == "141124110201"
    assert Household.objects.using("owner").get(pk=neighbour.pk).place_code == "141124105201"
