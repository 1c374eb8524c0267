"""Words for a chat group: people who never open a page read there (M61)."""

import datetime as dt

from activities.models import Activity, Invitation
from congress_portal.core.documents.wording import office_of

_WEEKDAYS = "一二三四五六日"


def day_words(day: dt.date) -> str:
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def time_words(activity: Activity) -> str:
    """«9月18日（周五） 09:00–11:30»."""
    words = day_words(activity.held_on)
    if activity.begins_at:
        words += f" {activity.begins_at:%H:%M}"
        if activity.ends_at:
            words += f"–{activity.ends_at:%H:%M}"
    return words


def group_text(activity: Activity) -> str:
    """The whole notice in a few lines; nothing personal."""
    lines = [
        f"【活动通知】{activity.title}",
        f"时间：{time_words(activity)}",
        f"地点：{activity.place}" if activity.place else "",
        activity.notice.strip(),
        _ask(activity),
        f"联系人：{activity.contact}" if activity.contact else "",
        activity.organiser or office_of(activity.region),
    ]
    return "\n".join(filter(None, lines))


def _ask(activity: Activity) -> str:
    if activity.reply_by:
        return f"请各位代表{day_words(activity.reply_by)}前在平台「活动邀请」里回执，或打电话告知。"
    return "请各位代表在平台「活动邀请」里回执，或打电话告知。"


def reminder_text(activity: Activity, rows: list[Invitation], today: dt.date) -> str:
    """Names of those without a receipt; empty once all have answered."""
    names = "、".join(row.deputy.name for row in rows if not row.is_answered)
    if not names:
        return ""
    until = activity.reply_by or activity.held_on
    limit = "今天" if until == today else f"{day_words(until)}前"
    what = f"{activity.title}（{time_words(activity)}）"
    return f"【请回执】{what}还没有收到{names}的回执，请{limit}回复。"
