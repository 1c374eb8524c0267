import datetime as dt

import pytest

from congress_portal.core.templatetags.portal import clock, clock_state, cn_date, cn_time


def test_dates_are_written_in_chinese():
    assert cn_date(dt.date(2026, 9, 3)) == "2026年9月3日（周四）"
    assert cn_date(dt.datetime(2026, 3, 31, 16, 30, tzinfo=dt.UTC)) == "2026年4月1日（周三）"
    assert cn_time(dt.datetime(2026, 3, 31, 16, 5, tzinfo=dt.UTC)) == "2026年4月1日 00:05"
    assert cn_date(None) == cn_time(None) == ""


@pytest.mark.parametrize(
    ("due", "words", "state"),
    [
        (dt.date(2026, 9, 2), "已逾期 1 天", "overdue"),
        (dt.date(2026, 9, 3), "今天到期", "soon"),
        (dt.date(2026, 9, 18), "还剩 15 天", "soon"),
        (dt.date(2026, 9, 19), "还剩 16 天", "running"),
        (None, "", "running"),
    ],
)
def test_clock_counts_days_in_shanghai(freeze, due, words, state):
    freeze("2026-09-03 00:00")

    assert (clock(due), clock_state(due)) == (words, state)
