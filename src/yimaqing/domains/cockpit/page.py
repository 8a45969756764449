"""What one cockpit page shows: one place, one chosen measure, one snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from yimaqing.analytics.measure import EVERY
from yimaqing.domains.cockpit.geometry import Outline
from yimaqing.domains.cockpit.measures import INDICATORS
from yimaqing.domains.cockpit.models import Target
from yimaqing.domains.cockpit.outlines import Drawing, drawing_of, version_of
from yimaqing.domains.cockpit.parts import Below, IndicatorLine, Line, Step, aim_of, change_text
from yimaqing.domains.cockpit.queries import (
    VILLAGE,
    Figure,
    Snapshot,
    Spot,
    change_since,
    expected_villages,
    figures_below,
    measures,
    place_figures,
    prefix_below,
    targets_of,
    visible_ranges,
    whole,
)
from yimaqing.domains.cockpit.scale import Scale, scale_of, writing_of
from yimaqing.domains.places.queries import children, path_of
from yimaqing.kit.rowscope import Scope

FEW = 12  # places below: more of them, or a map, fill the middle column alone
DEFAULT_MEASURE = "colour.red"
KEY_FIGURES = (
    *("households", "people", "group.any"),
    *("colour.red", "colour.orange", "colour.yellow"),
)


class CockpitPage:
    """Read by the templates; each part is worked out once, when it is shown."""

    def __init__(
        self, *, spot: Spot, scope: Scope, snapshot: Snapshot, measure: str, by: str
    ) -> None:
        self.spot = spot
        self.scope = scope
        self.snapshot = snapshot
        self.measure = measures().get(measure) or measures()[DEFAULT_MEASURE]
        countable = self.measure.holds is EVERY
        self.by = "count" if countable or by == "count" else "share"
        self.share_makes_sense = not countable
        self.ranges = visible_ranges(scope, spot.code, spot.level)
        self.partial = not whole(scope, spot.code, spot.level)

    @cached_property
    def villages(self) -> dict[str, int]:
        """How many villages should report, by the digits that tell the places below apart."""
        return expected_villages(self.ranges, prefix_below(self.spot.level))

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Every measure of this place."""
        return place_figures(self.snapshot, self.ranges, sum(self.villages.values()))

    @cached_property
    def path(self) -> list[tuple[str, str]]:
        """Names from the top, with the address of those that the viewer may open."""
        return [
            (p.name, self.address(p.code) if whole(self.scope, p.code, p.level) else "")
            for p in path_of(self.spot.code)
        ]

    @property
    def ancestors(self) -> list[tuple[str, str]]:
        """The path without the place itself."""
        return self.path[:-1]

    @property
    def at_village(self) -> bool:
        """Whether households, not places, lie below."""
        return self.spot.level >= VILLAGE

    def line(self, code: str, change: str = "", target: Target | None = None) -> Line:
        """A measure of this place."""
        figure = self.figures[code]
        return Line(
            measures()[code],
            figure,
            self.list_address(code),
            change,
            target=aim_of(target, figure, self.snapshot.as_of) if target else None,
            apart=figure.reported != self.figures["households"].reported,
        )

    @cached_property
    def key_lines(self) -> list[Line]:
        """The row of six figures, with the change since the evaluation before, and the target."""
        earlier = change_since(self.ranges, self.snapshot.as_of, list(KEY_FIGURES))
        targets = {} if self.partial else targets_of(self.spot.code)
        return [
            self.line(c, change_text(self.figures[c].value, c, earlier), targets.get(c))
            for c in KEY_FIGURES
        ]

    @property
    def unreported(self) -> bool:
        """Whether no village of the place reports any household."""
        return self.figures["households"].unreported

    @property
    def coverage(self) -> str:
        """Villages that the snapshot holds households of."""
        return self.line("households").coverage

    @cached_property
    def indicator_lines(self) -> list[IndicatorLine]:
        """The seven indicators."""
        lines = [
            (code, label, self.line(f"fail.{code}"), self.line(f"unknown.{code}"))
            for code, label in INDICATORS.items()
        ]
        households = self.figures["households"].value
        return [IndicatorLine(*one, households=households) for one in lines]

    def family(self, name: str) -> list[Line]:
        """The measures of a family."""
        lines = [self.line(code) for code, m in measures().items() if m.family == name]
        longest = max((line.figure.value for line in lines), default=0) or 1
        return [replace(line, length=line.figure.value / longest) for line in lines]

    @property
    def group_lines(self) -> list[Line]:
        """Groups that occur: the words of 2020 and of 2021 are not shown side by side."""
        return [line for line in self.family("group") if line.figure.value]

    @property
    def cause_lines(self) -> list[Line]:
        """Main causes, the most frequent first."""
        found = [line for line in self.family("cause") if line.figure.value]
        return sorted(found, key=lambda line: -line.figure.value)

    @property
    def cause_halves(self) -> list[list[Line]]:
        """Main causes in two columns."""
        lines = self.cause_lines
        middle = (len(lines) + 1) // 2
        return [half for half in (lines[:middle], lines[middle:]) if half] or [[]]

    @property
    def age_lines(self) -> list[Line]:
        """Households with warnings, by the age of their oldest one."""
        return self.family("age")

    @property
    def quality_lines(self) -> list[Line]:
        """Missing, contradictory, stale."""
        return self.family("quality")

    @cached_property
    def spots_below(self) -> list[Spot]:
        """The places directly below that the viewer may see; none below a village."""
        if self.at_village:
            return []
        level = self.spot.level + 1
        return [
            Spot(p.code, p.name, p.level)
            for p in children(self.spot.code)
            if p.level == level and visible_ranges(self.scope, p.code, p.level)
        ]

    @property
    def few_below(self) -> bool:
        """Whether the middle column has room below its places for the causes."""
        return len(self.spots_below) <= FEW and (self.at_village or self.drawing is None)

    @cached_property
    def below(self) -> list[Below]:
        """The places directly below, in the order of their codes."""
        prefix = prefix_below(self.spot.level)
        found = figures_below(self.snapshot, self.measure.code, self.ranges, prefix, self.villages)
        spots = self.spots_below
        return self._placed(spots, [found.get(s.code[:prefix]) for s in spots], prefix)

    def _placed(
        self, spots: list[Spot], figures: Iterable[Figure | None], prefix: int
    ) -> list[Below]:
        held = [f or self._unreported(s, prefix) for s, f in zip(spots, figures, strict=True)]
        values = [self._value(f) for f in held]
        writing = writing_of(values, shares=self.by == "share")
        read = [None if v is None else writing.as_read(v) for v in values]
        scale = scale_of(read)
        longest = max((v for v in values if v), default=1)
        self._scale, self._writing = scale, writing
        return [
            Below(
                s,
                f,
                scale.step(r),
                self.address(s.code),
                (v or 0) / longest,
                "" if v is None else writing.text(v),
            )
            for s, f, v, r in zip(spots, held, values, read, strict=True)
        ]

    def _unreported(self, spot: Spot, prefix: int) -> Figure:
        return Figure(self.measure.code, 0, 0, 0, self.villages.get(spot.code[:prefix], 0))

    def _value(self, figure: Figure) -> float | None:
        if figure.unreported:
            return None
        return figure.share if self.by == "share" else float(figure.value)

    @property
    def ranked(self) -> list[Below]:
        """The places below, the largest figure first, unreported ones last."""
        return sorted(self.below, key=lambda b: (b.step is None, -b.length, b.spot.code))

    @property
    def legend(self) -> list[Step]:
        """What each step of the map stands for."""
        shown: Scale = self._scale if self.below else Scale(())
        lower: list[float | None] = [None, *shown.bounds]
        return [
            Step(i + 1, self._writing.step_text(low, high))
            for i, (low, high) in enumerate(zip(lower, shown.bounds, strict=False))
        ]

    @cached_property
    def outlines_version(self) -> str:
        """Changes when the map would look different."""
        return version_of(tuple(spot.code for spot in self.spots_below))

    @cached_property
    def drawing(self) -> Drawing | None:
        """The map of the places below; None unless an outline of each is known."""
        return drawing_of(tuple(spot.code for spot in self.spots_below), self.outlines_version)

    @property
    def trend_props(self) -> dict[str, str]:
        """What the trend island needs: where its figures are, and its words."""
        source = reverse("cockpit:trend", args=[self.spot.code])
        return {
            "source": f"{source}?{urlencode({'measure': self.measure.code})}",
            "label": str(self.measure.label),
            "unit": self.line(self.measure.code).unit,
            "colour": self.measure.colour or "accent",
            "reported": _("已报村"),
            "short": _("只有一次监测结果；以后每次监测都会添一个点。"),
            "none": _("还没有存下逐月数字；每次监测之后会自动存下。"),
            "failed": _("趋势没有读到，请刷新页面。"),
        }

    @property
    def bar(self) -> str:
        """The look of the ranking's bars: a warning's own colour, else the accent."""
        return self.measure.colour or "count"

    @property
    def here(self) -> str:
        """This place's page in ordinary mode."""
        return self.address(self.spot.code)

    @property
    def drawn(self) -> list[tuple[Below, Outline]]:
        """Each place below with its outline."""
        if self.drawing is None:
            return []
        outlines = self.drawing.frame.outlines
        return [(below, outlines[below.spot.code]) for below in self.below]

    def address(self, code: str, name: str = "cockpit:place") -> str:
        """A place's page with the same measure."""
        query = {"measure": self.measure.code} | ({"by": "count"} if self.by == "count" else {})
        return f"{reverse(name, args=[code])}?{urlencode(query)}"

    def list_address(self, measure: str, after: str = "") -> str:
        """The list behind a figure, of this very snapshot."""
        query = {"measure": measure, "snapshot": self.snapshot.id}
        query |= {"after": after} if after else {}
        return f"{reverse('cockpit:households', args=[self.spot.code])}?{urlencode(query)}"
