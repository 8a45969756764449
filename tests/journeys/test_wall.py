"""The cockpit on a wall: map, ranking and figures in one view, whatever the screen.

Cast: leader 吴市长 before the screen; a prefecture of thirteen counties, each with an outline.
"""

import pytest

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.cockpit.factories import make_snapshot, standing_row
from yimaqing.domains.places.models import Boundary, Place

PREFECTURE = "141100000000"
COUNTIES = [f"1411{number:02d}000000" for number in range(2, 15)]
PASSWORD = "白文村的核桃熟了2026"
SCREENS = [(1366, 768), (1440, 900), (1920, 1080), (3840, 2160)]
PARTS = ".key-figures, .wall-left, .map, .legend, .ranking-part, .wall-right, .wall-trend"
# The right edge of each line of tiles is that of the grid.
SHORT = """() => {
  const grid = document.querySelector('.place-tiles').getBoundingClientRect();
  const ends = new Map();
  for (const tile of document.querySelectorAll('.place-tiles > li')) {
    const box = tile.getBoundingClientRect(), top = Math.round(box.top);
    ends.set(top, Math.max(ends.get(top) ?? 0, box.right));
  }
  return [...ends.values()].some((right) => right < grid.right - 2);
}"""
WRONG = """(parts) => {
  const boxes = [...document.querySelectorAll(parts)].map((e) => [e, e.getBoundingClientRect()]);
  const named = (e) => e.getAttribute('class');
  const height = document.documentElement.clientHeight, width = document.documentElement.clientWidth;
  const outside = boxes.filter(([, b]) => b.bottom > height + 1 || b.right > width + 1 || b.height < 40);
  const over = boxes.flatMap(([a, x], i) => boxes.slice(i + 1)
    .filter(([, y]) => x.left < y.right - 1 && y.left < x.right - 1
      && x.top < y.bottom - 1 && y.top < x.bottom - 1)
    .map(([b]) => `${named(a)} over ${named(b)}`));
  const cut = [...document.querySelectorAll('.wall li > *, .wall .key')].filter((e) => {
    const box = e.getBoundingClientRect();
    const part = e.closest('.wall-left, .wall-right, .ranking-part, .wall-centre, .wall-trend');
    const room = part.getBoundingClientRect();
    return box.height && (box.bottom > room.bottom + 1 || box.right > room.right + 1);
  });
  return [
    ...(boxes.length === parts.split(',').length ? [] : [`only ${boxes.length} parts`]),
    ...(document.documentElement.scrollHeight > height ? ['the page scrolls'] : []),
    ...outside.map(([e]) => `${named(e)} is not in view`),
    ...over,
    ...cut.slice(0, 5).map((e) => `cut off: ${e.textContent.trim().slice(0, 20)}`),
  ];
}"""


@pytest.fixture
def prefecture(database):
    """Thirteen counties with all that a wall can show of them."""
    places = [
        ("140000000000", "山西省", 1, "province", ""),
        (PREFECTURE, "吕梁市", 2, "prefecture", ""),
    ]
    places += [(c, f"某某{i}县", 3, "county", PREFECTURE) for i, c in enumerate(COUNTIES)]
    places += [(f"{c[:6]}104201", "白文村", 5, "village", f"{c[:6]}104000") for c in COUNTIES]
    for code, name, level, kind, parent in places:
        Place.objects.using("owner").create(
            code=code, name=name, level=level, kind=kind, parent_code=parent
        )
    for i, code in enumerate(COUNTIES):
        x, y = 111 + i % 3 / 2, 37 + i // 3 / 2
        square = [[x, y], [x + 0.5, y], [x + 0.5, y + 0.5], [x, y + 0.5], [x, y]]
        Boundary.objects.using("owner").create(
            place_id=code, geometry={"type": "Polygon", "coordinates": [square]}, source="测试"
        )
    groups = ("unlifted", "unstable", "marginal_at_risk", "sudden_hardship")
    failing = {f"{name}_state": "fail" for name in ("food", "clothing", "education", "medical")}
    failing |= {f"{name}_state": "fail" for name in ("housing", "water", "income")}
    make_snapshot(
        database.home / "lake",
        [
            standing_row(
                f"{county[:6]}104201",
                colour="red" if n <= i else None,
                group=groups[n % 4],
                **failing,
            )
            for i, county in enumerate(COUNTIES)
            for n in range(40)
        ],
    )
    make_user("leader", PREFECTURE, username="wushizhang", password=PASSWORD)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_wall_shows_map_ranking_and_figures_in_one_view(prefecture, site, desk, language):
    cookie = {"name": "django_language", "value": language, "url": site.address}
    desk.context.add_cookies([cookie])
    desk.goto(site.address + "/login/")
    desk.fill("[name=username]", "wushizhang")
    desk.fill("[name=password]", PASSWORD)
    desk.click("main button[type=submit], main button.button-primary")
    desk.wait_for_load_state()
    wrong = {}
    for width, height in SCREENS:
        desk.set_viewport_size({"width": width, "height": height})
        desk.goto(f"{site.address}/cockpit/{PREFECTURE}/wall/")
        desk.wait_for_load_state("networkidle")
        assert desk.locator(".ranking > li").count() == len(COUNTIES)
        if found := desk.evaluate(WRONG, PARTS):
            wrong[width, height] = found
    assert wrong == {}


def test_a_walls_tiles_fill_their_lines(prefecture, site, desk):
    county = COUNTIES[0]
    for number in range(14):
        code = f"{county[:6]}{200 + number}000"
        Place.objects.using("owner").create(
            code=code, name="白文镇", level=4, kind="township", parent_code=county
        )
    desk.goto(site.address + "/login/")
    desk.fill("[name=username]", "wushizhang")
    desk.fill("[name=password]", PASSWORD)
    desk.click("main button[type=submit], main button.button-primary")
    desk.wait_for_load_state()
    desk.set_viewport_size({"width": 1920, "height": 1080})
    desk.goto(f"{site.address}/cockpit/{county}/wall/")
    assert desk.locator(".place-tiles > li").count() == 14
    short = []
    for number in range(14, 0, -1):
        if desk.evaluate(SHORT):
            short.append(number)
        desk.evaluate("document.querySelector('.place-tiles > li').remove()")
    assert short == []
