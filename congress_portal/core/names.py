"""Chinese names by sound: full pinyin and initials, for search boxes."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# Surnames that are read otherwise than the same character elsewhere.
_SURNAMES = {
    "单": "shan", "仇": "qiu", "查": "zha", "解": "xie", "曾": "zeng", "区": "ou", "朴": "piao",
    "盖": "ge", "尉迟": "yuchi", "万俟": "moqi", "翟": "zhai", "缪": "miao", "乐": "yue",
    "任": "ren", "华": "hua", "冼": "xian", "召": "shao", "洗": "xian", "种": "chong",
    "员": "yun", "折": "she", "黑": "he", "秘": "bi", "繁": "po", "令狐": "linghu", "覃": "qin",
    "长孙": "zhangsun", "澹台": "tantai", "宓": "fu", "逄": "pang", "佴": "nai", "哈": "ha",
}  # fmt: skip


@lru_cache(maxsize=50_000)
def pinyin_of(name: str) -> tuple[str, str]:
    """``曾国华`` → (``zengguohua``, ``zgh``); characters without a reading stay as they are."""
    for length in (2, 1):
        surname = name[:length]
        if surname in _SURNAMES:
            rest = lazy_pinyin(name[length:], style=Style.NORMAL)
            first = _SURNAMES[surname]
            initials = first[0] + "".join(part[0] for part in rest)
            if length == 2:
                initials = "".join(p[0] for p in lazy_pinyin(surname)) + initials[1:]
            return (first + "".join(rest)).lower(), initials.lower()
    parts = lazy_pinyin(name, style=Style.NORMAL)
    return "".join(parts).lower(), "".join(part[0] for part in parts if part).lower()
