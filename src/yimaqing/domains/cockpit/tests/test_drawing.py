"""Outlines and steps: pure arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimaqing.domains.cockpit.geometry import frame_of
from yimaqing.domains.cockpit.scale import STEPS, scale_of, writing_of

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}


def test_a_square_at_the_equator_fills_the_frame():
    frame = frame_of({"a": SQUARE})
    assert frame.height == pytest.approx(1000, rel=0.001)
    assert frame.outlines["a"].path == "M0,1000l1000,0 0,-1000 -1000,0 0,1000z"
    assert (frame.outlines["a"].x, frame.outlines["a"].y) == (500, 500)


def test_neighbours_keep_their_common_border():
    right = {"type": "MultiPolygon", "coordinates": [[[[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]]]}
    frame = frame_of({"a": SQUARE, "b": right})
    assert frame.outlines["a"].path.startswith("M0,500l500,0 0,-500")
    assert frame.outlines["b"].path.startswith("M500,500l500,0 0,-500")


def test_no_geometry_makes_no_frame():
    assert frame_of({}) is None
    assert frame_of({"a": {"type": "Point", "coordinates": []}}) is None


def test_steps_tell_nothing_counted_from_not_known():
    scale = scale_of([0.0, None, 0.1, 0.2])
    assert scale.step(None) is None
    assert scale.step(0.0) == 0
    assert scale.step(0.1) == 1
    assert scale.step(0.2) == len(scale.bounds)


def test_each_step_holds_as_many_places():
    values = [float(n) for n in range(1, 51)]
    scale = scale_of(values)
    assert scale.bounds == (10, 20, 30, 40, 50)
    assert [sum(scale.step(v) == k for v in values) for k in range(1, 6)] == [10] * 5


def test_figures_that_read_the_same_have_one_step():
    values = [0.1002, 0.1004, 0.1043, 0.2]
    writing = writing_of(values, shares=True)
    scale = scale_of(writing.as_read(v) for v in values)
    assert [writing.text(v) for v in values] == ["10.0%", "10.0%", "10.4%", "20.0%"]
    assert scale.step(writing.as_read(values[0])) == scale.step(writing.as_read(values[1]))
    bounds = [writing.text(bound) for bound in scale.bounds]
    assert bounds == ["10.0%", "10.4%", "20.0%"]


def test_what_was_counted_never_reads_as_nothing():
    writing = writing_of([0.00001, 0.02], shares=True)
    assert writing.text(0.00001) == "0.01%"
    assert writing.text(0.0) == "0.00%"
    assert writing.text(0.0104) == "1.04%"


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=40))
def test_a_larger_figure_never_has_a_lower_step(values):
    scale = scale_of(values)
    steps = [scale.step(v) or 0 for v in sorted(values)]
    assert steps == sorted(steps)
    assert 1 <= steps[0] <= steps[-1] <= STEPS
