"""Lines on paper: where they end."""

from hypothesis import given
from hypothesis import strategies as st

from yimaqing.ui.paper.lettering import Lettering

SAID = st.text(alphabet="房屋级改造、，。；）（《》A1 -", min_size=1, max_size=60)


@given(SAID, st.integers(min_value=60, max_value=200))
def test_lines_fit_and_lose_nothing(text, width):
    pen = Lettering()
    lines = pen.wrapped(text, 9, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(pen.width(line, 9) <= width for line in lines)


def test_punctuation_stays_with_what_it_belongs_to():
    text = "实际居住的住房为A级或B级；C级、D级须已改造、已搬迁（或实际住在其他安全住房）"
    for width in range(60, 200, 3):
        lines = Lettering().wrapped(text, 9, width)
        assert not {line[0] for line in lines} & set("、；）"), width
        assert not {line[-1] for line in lines} & set("（"), width
