import datetime as dt
from decimal import Decimal

import pytest

from congress_portal.core.importing import values
from congress_portal.core.importing.errors import ValueFault


@pytest.mark.parametrize(
    "cell",
    [
        "2026.1.5", "2026-01-05", "2026/1/5", "2026年1月5日", "2026年01月05日",
        "２０２６年１月５日",
        "20260105", 20260105, 20260105.0, 46027, 46027.0, "46027", dt.date(2026, 1, 5),
        dt.datetime(2026, 1, 5, 9, 30), "2026-1-5 09:30", "2026/1/5 0:00:00", " 2026 年 1 月 5 日 ",
        "2026年1月5日（星期一）", "二〇二六年一月五日", "\u202d2026-01-05\u202c", "26.1.5",
        "2026.1.5.",
    ],
)  # fmt: skip
def test_day_is_read_in_every_written_form(cell):
    assert values.whole_date(cell) == dt.date(2026, 1, 5)


@pytest.mark.parametrize(
    "cell",
    [
        "1975.03",
        "1975年3月",
        "197503",
        197503,
        197503.0,
        1975.03,
        "1975-3",
        "1975/03",
        "1975年03月份",
    ],
)
def test_month_is_read_in_every_written_form(cell):
    assert values.written_date(cell) == values.WrittenDate(1975, 3, None)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("2026年2月30日", "不存在的日期"), ("2026-13-01", "不存在的日期"),
        ("20260231", "不存在的日期"),
        ("去年", "日期无法识别"), ("2026", "日期无法识别"), ("5/1/26号", "日期无法识别"),
        ("0001-01-01", "日期无法识别"), (True, "日期无法识别"), (3.7, "日期无法识别"), (float("nan"), "日期无法识别"),
    ],
)  # fmt: skip
def test_bad_date_is_named(cell, reason):
    with pytest.raises(ValueFault) as caught:
        values.written_date(cell)
    assert caught.value.reason == reason


def test_day_without_its_day_is_not_enough():
    with pytest.raises(ValueFault) as caught:
        values.whole_date("2026年1月")
    assert caught.value.reason == "日期无法识别"


@pytest.mark.parametrize("cell", ["", None, "  ", "\u3000"])
def test_blank_date_is_none(cell):
    assert values.written_date(cell) is None


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        (5.0, 5),
        ("5", 5),
        ("５", 5),
        ("5人", 5),
        ("1,200", 1200),
        ("12人次", 12),
        ("", None),
        (0, 0),
    ],
)
def test_count_is_read(cell, count):
    assert values.whole_number(cell, "人次") == count


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("很多", "不是数字"), (-3.0, "人次不能为负"), (10**30, "数字太大"), ("-3", "人次不能为负"), (2.5, "不是整数"),
     ("1e999", "不是数字"), ("99999999999", "数字太大"), (float("inf"), "不是数字")],
)  # fmt: skip
def test_bad_count_is_named(cell, reason):
    with pytest.raises(ValueFault) as caught:
        values.whole_number(cell, "人次")
    assert caught.value.reason == reason


@pytest.mark.parametrize("cell", ["260平方米", "260㎡", 260.0, "约260平米", "260.0"])
def test_area_is_read_with_and_without_its_unit(cell):
    assert values.amount(cell, "面积", 8, 1) == Decimal(260)


@pytest.mark.parametrize(
    "cell",
    [13812345678, 13812345678.0, "138-1234-5678", "138 1234 5678", "\u202d13812345678\u202c",
     "１３８１２３４５６７８", "+86 13812345678", "8613812345678", "'13812345678"],
)  # fmt: skip
def test_mobile_is_read_in_every_written_form(cell):
    assert values.mobile(cell) == "13812345678"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("12345", "电话位数不对"), ("138123456789", "电话位数不对"),
     ("12812345678", "手机号码的号段不对"),
     ("1381234567a", "电话含有不是数字的字符"), ("07294619624", "手机号码的号段不对")],
)  # fmt: skip
def test_bad_mobile_is_named(cell, reason):
    with pytest.raises(ValueFault) as caught:
        values.mobile(cell)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "cell",
    ["0729-6813899", "07294619624", "6813899", "13812345678", "0729-6813899转12", "010-12345678"],
)
def test_office_phone_may_be_a_land_line(cell):
    assert values.office_phone(cell) == cell


def test_identity_number_takes_a_small_x():
    assert values.identity_number("42129919781107274x") == "42129919781107274X"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("421299198003054980", "身份证号校验位错误"),
        (4.21299198903e17, "身份证号被存成数字而丢失尾数"),
        (421299198611120115, "身份证号被存成数字而丢失尾数"),
        ("4.21299E+17", "身份证号被存成数字而丢失尾数"),
        ("4212991980030", "身份证号位数不对"),
        ("421299198013054980", "身份证号中的出生日期不存在"),
        ("42129919800305X980", "身份证号含有不该有的字符"),
    ],
)
def test_bad_identity_number_is_named(cell, reason):
    with pytest.raises(ValueFault) as caught:
        values.identity_number(cell)
    assert caught.value.reason == reason


@pytest.mark.parametrize("cell", ["√", "有", "是", "✓", True, "有（2间）", "1"])
def test_tick_is_true(cell):
    assert values.flag(cell) is True


@pytest.mark.parametrize("cell", ["×", "无", "否", "", None, "✗", False, "x", "0"])
def test_cross_and_blank_are_false(cell):
    assert values.flag(cell) is False


def test_other_words_are_no_tick():
    with pytest.raises(ValueFault):
        values.flag("待定")


@pytest.mark.parametrize(
    "cell", ["2026年第一季度", "2026年1季度", "2026Q1", "2026年一季度", "２０２６年第一季度"]
)
def test_quarter_is_read(cell):
    assert values.quarter(cell) == "2026Q1"
