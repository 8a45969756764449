"""Keys are rotated without losing a value, and the old key can be retired."""

from django.conf import settings
from django.test import override_settings

from yimaqing.domains.registry.actions import rotate_keys
from yimaqing.domains.registry.factories import add_person, make_household
from yimaqing.domains.registry.models import Person
from yimaqing.kit.crypto import keyring, new_key

PHONE = b"registry_person.phone"


def test_values_are_sealed_with_the_new_key_and_found_by_the_same_index(database):
    add_person(make_household(), name="王建国", phone="13800005678")
    rotated = f"2:{new_key()},{settings.DATA_KEYS}"
    with override_settings(DATA_KEYS=rotated):
        counts = {r.column: r.values for r in rotate_keys()}
        assert counts["registry_person.phone"] == 1
        assert counts["registry_person.id_number"] == 2
        assert {r.values for r in rotate_keys()} == {0}
        ring = keyring(rotated)
        held = Person.objects.using("owner").get(name="王建国")
        assert bytes(held.phone_sealed)[0] == 2
        assert ring.open(held.phone_sealed, purpose=PHONE) == "13800005678"
        assert bytes(held.phone_index) == ring.index("13800005678", purpose=PHONE)


def test_the_old_key_can_be_thrown_away_after_retiring_it(database):
    add_person(make_household(), name="王建国", phone="13800005678")
    newest = f"2:{new_key()}"
    with override_settings(DATA_KEYS=f"{newest},{settings.DATA_KEYS}"):
        list(rotate_keys(retire_old=True))
    ring = keyring(newest)
    held = Person.objects.using("owner").get(name="王建国")
    assert ring.open(held.phone_sealed, purpose=PHONE) == "13800005678"
    assert bytes(held.phone_index) == ring.index("13800005678", purpose=PHONE)
