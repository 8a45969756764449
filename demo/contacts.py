"""Office contacts of places, as a stranger's scan shows them: synthetic names and numbers."""

from __future__ import annotations

from demo import identity
from demo.draw import chance, stream
from demo.names import NamePool
from demo.registered import Register

_VILLAGE_DUTIES = ("branch_secretary", "grid_worker")


def contacts(seed: int, r: Register) -> list[dict[str, str]]:
    """Place code, duty, name and office phone: two people a village, an office above it."""
    rng = stream(seed, "contacts")
    codes = r.villages["code"].to_list()
    townships = [f"{code}000" for code in r.villages["township"].unique().sort()]
    counties = [f"{code}000000" for code in r.villages["county"].unique().sort()]
    posts = [(code, duty) for code in codes for duty in _VILLAGE_DUTIES]
    posts += [(code, "office") for code in (*townships, *counties)]
    pool = NamePool()
    names = pool.full(rng, pool.surname(rng, len(posts)), chance(rng, 0.7, len(posts)))
    phones = identity.office_numbers(rng, len(posts))
    return [
        {"place": place, "duty": duty, "name": name, "office_phone": phone}
        for (place, duty), name, phone in zip(posts, names, phones, strict=True)
    ]
