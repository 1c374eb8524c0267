from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.core.cache import cache

from congress_portal.core.charts import (
    GREY,
    RED,
    Bar,
    Series,
    heat_table,
    horizontal_bars,
    small_multiples,
    sparkline,
)


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def bars(**kwargs):
    rows = [Bar("云溪镇", Decimal("88.3")), Bar("石门镇", None, is_marked=False)]
    return horizontal_bars(rows, title="各镇街<得分>", unit="分", **kwargs)


def panels():
    series = [Series("云溪镇", (1, None, 3)), Series("石门镇", (2, 2, 2))]
    return small_multiples(series, ["一季度", "二季度", "三季度"], title="变化")


def heat():
    rows = [Series("云溪镇", (Decimal("93.3"), None))]
    return heat_table(rows, ["阵地设施", "接待意见办结情况"], title="得分率", width=120)


def words(svg):
    return [node.text for node in ElementTree.fromstring(svg).iter() if node.text]


def test_bars_write_figures_as_text_beside_names():
    assert words(bars()) == ["云溪镇", "石门镇", "88.30", "—"]


def test_panels_show_steps_in_order_and_leave_gaps():
    found = words(panels())

    assert [word for word in found if word.endswith("镇")] == ["云溪镇", "石门镇"]
    assert [word for word in found if word.isdigit()] == ["1", "3", "2", "2", "2"]


def test_heat_table_writes_each_figure_and_folds_long_heads():
    assert {"93.3", "—", "云溪镇"} <= set(words(heat()))
    assert "接待意见办结情况" not in words(heat())


@pytest.mark.parametrize("draw", [bars, panels, heat])
def test_charts_are_one_picture_with_a_chinese_name_and_no_inline_style(draw):
    root = ElementTree.fromstring(draw())

    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert not [node for node in root.iter() if node.get("style") or node.tag.endswith("style")]
    assert "aria-roledescription" not in draw()


def test_titles_are_escaped():
    assert 'aria-label="各镇街&lt;得分&gt;"' in bars()


def test_only_one_hue_and_greys():
    assert f'fill="{RED}"' in bars()
    assert f'fill="{GREY}"' in bars()


def test_a_chart_is_drawn_once_for_the_same_data(monkeypatch):
    first = bars()
    monkeypatch.setattr("vl_convert.vegalite_to_svg", None)

    assert bars() == first


def test_sparkline_keeps_gaps_and_marks_the_last_value():
    svg = sparkline([1, 3, None, 2, 5], title="八个季度")

    assert svg.count("<line") == 2
    assert svg.count("<circle") == 1
    assert sparkline([], title="空").count("<circle") == 0
