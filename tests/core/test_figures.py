from decimal import Decimal

import pytest

from congress_portal.core.figures import Rate


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (Rate(10, 12), "83.3%（10/12）"),
        (Rate(1, 8), "12.5%（1/8）"),
        (Rate(1, 2000), "0.1%（1/2000）"),  # 0.05 is rounded half-up
        (Rate(0, 0), "无（0/0）"),
    ],
)
def test_rate_never_stands_without_its_numbers(rate, text):
    assert str(rate) == text


def test_rate_changes_in_percentage_points():
    assert Rate(10, 12).change_from(Rate(3, 4)) == "升 8.3 个百分点"
    assert Rate(3, 4).change_from(Rate(10, 12)) == "降 8.3 个百分点"
    assert Rate(3, 4).change_from(Rate(6, 8)) == "持平"
    assert Rate(3, 4).change_from(Rate(0, 0)) == "无可比数"
    assert Rate(0, 0).percent is None
    assert Rate(2, 3).percent == Decimal("66.7")
