"""The conditions that a rule may name, with the parameters that each takes.

A condition whose name begins with ``member_`` is about one member, and its findings name
the members; the others are about the household. Their expressions stand in ``members.py``
and ``households.py``.
"""

from __future__ import annotations

CONDITIONS: dict[str, frozenset[str]] = {
    "indicator_fails": frozenset(),
    "income_near_line": frozenset(),
    "income_cut": frozenset({"fall"}),
    "household_status": frozenset({"poverty_status"}),
    "reading_stale": frozenset(),
    "facts_contradict": frozenset(),
    "member_out_of_school": frozenset(),
    "member_school_unverified": frozenset(),
    "member_uninsured": frozenset(),
    "member_health": frozenset({"health"}),
    "member_ill_without_major_insurance": frozenset({"health"}),
    "member_health_without_labour": frozenset({"health"}),
}

#: Conditions that read one indicator in a way of its own: which rules may name with them.
INDICATORS_OF: dict[str, tuple[str, ...]] = {
    "indicator_fails": ("food", "clothing", "housing", "water", "income"),
    "income_near_line": ("income",),
    "income_cut": ("income",),
    "member_out_of_school": ("education",),
    "member_school_unverified": ("education",),
    "member_uninsured": ("medical",),
}


def is_of_member(condition: str) -> bool:
    """Whether the findings of a condition name members."""
    return condition.startswith("member_")
