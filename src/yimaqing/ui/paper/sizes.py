"""Sizes of paper, sides, and millimetres in points."""

POINTS_PER_MM = 72 / 25.4
#: Width and height in millimetres (ISO 216; a bank card, ISO 7810 ID-1).
PAPERS = {"A4": (210.0, 297.0), "A3": (297.0, 420.0), "card": (85.6, 54.0)}
#: Text columns of a table are left, figures right.
LEFT, RIGHT = "left", "right"


def points(millimetres: float) -> float:
    """Millimetres in points."""
    return millimetres * POINTS_PER_MM
