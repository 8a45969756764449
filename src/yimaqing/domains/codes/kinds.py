"""The kinds of codes and what is added to their cards, as the domains offer them."""

from __future__ import annotations

from functools import cache

from yimaqing.kit.cards import Card, Panel
from yimaqing.kit.plugins import plugins


@cache
def cards() -> dict[str, Card]:
    """Every kind of code, by its slug, in the domains' order."""
    return {card.kind: card for module in plugins("cards") for card in getattr(module, "cards", ())}


@cache
def panels() -> dict[str, tuple[Panel, ...]]:
    """The panels of each kind, in their order on the card."""
    every = [p for module in plugins("cards") for p in getattr(module, "panels", ())]
    return {
        kind: tuple(sorted((p for p in every if p.kind == kind), key=lambda p: p.order))
        for kind in cards()
    }
