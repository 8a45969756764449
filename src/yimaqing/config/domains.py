"""The ordered list of domains: each may import only those above it in this list.

A new capability is one new folder under ``yimaqing/domains``, one line here, and one
word in the layer list of ``pyproject.toml``.
"""

DOMAINS: tuple[str, ...] = (
    "audit",  # who did what, sealed
    "places",  # divisions, boundaries, yearly files
    "accounts",  # people who log in, their roles and scope
    "lists",  # any list: filters, pages, search, exports
    "work",  # to-dos and their deadlines
    "intake",  # the door that files come in by
    "codes",  # QR codes and what a scan shows
    "registry",  # households, persons, yearly facts, readings
    "monitoring",  # indicators, rules, warnings
    "recognition",  # from a clue into monitoring and out of it
    "cockpit",  # figures and maps for leaders
)

REQUIRED = frozenset(
    {"audit", "places", "accounts", "lists", "work", "intake", "codes", "registry"}
)


def enabled(switched_off: str) -> tuple[str, ...]:
    """Domains in use, given the comma-separated setting ``YIMAQING_DOMAINS_OFF``.

    Raises ValueError when an unknown or a required domain is named.
    """
    off = {name.strip() for name in switched_off.split(",") if name.strip()}
    unknown = off - set(DOMAINS)
    if unknown:
        raise ValueError(f"YIMAQING_DOMAINS_OFF names unknown domains: {sorted(unknown)}")
    needed = off & REQUIRED
    if needed:
        raise ValueError(f"YIMAQING_DOMAINS_OFF names required domains: {sorted(needed)}")
    return tuple(name for name in DOMAINS if name not in off)
