"""How personal data is shown by default (DESIGN §6.2)."""

import re

_BETWEEN = r"[\s\-－—–‐·.．]{0,2}"  # what people put between the digits
_DIGIT = r"[0-9０-９]"
_NUMBERS = re.compile(
    rf"(?<![0-9０-９])(?:"
    # mobile, identity, bank card, landline
    rf"(?:[+＋]?{_BETWEEN}(?:00)?[8８][6６]{_BETWEEN})?[1１][3-9３-９](?:{_BETWEEN}{_DIGIT}){{9}}"
    rf"|{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{16}}{_BETWEEN}(?:{_DIGIT}|[XxＸｘ])"
    rf"|{_DIGIT}(?:[\s\-－]?{_DIGIT}){{15,18}}"
    rf"|(?:[(（][0０]{_DIGIT}{{2,3}}[)）]|[0０]{_DIGIT}{{2,3}}){_BETWEEN}"
    rf"{_DIGIT}{{3,4}}{_BETWEEN}{_DIGIT}{{4}}"
    rf")(?![0-9０-９])"
)
_LOCAL = re.compile(  # seven or eight digits are a telephone where the words before say so
    rf"((?:电话|座机|热线|手机|联系方式)[^0-9０-９\n]{{0,6}}){_DIGIT}{{3,4}}{_BETWEEN}{_DIGIT}{{4}}(?![0-9０-９])"
)
_GONE = "（号码略）"


def without_numbers(text: str) -> str:
    """Telephone, identity and card numbers in a published text become «（号码略）»."""
    return _LOCAL.sub(rf"\1{_GONE}", _NUMBERS.sub(_GONE, text))


def count_numbers(*texts: str) -> int:
    """How many numbers of people ``without_numbers`` would take out of these texts."""
    return sum(without_numbers(text).count(_GONE) - text.count(_GONE) for text in texts)


def mask_name(name: str) -> str:
    """张三丰 → 张**."""
    return name[:1] + "*" * (len(name) - 1) if name else ""


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678; a shorter number keeps its last two digits."""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return "*" * max(len(phone) - 2, 0) + phone[-2:]


def mask_email(address: str) -> str:
    """wang@example.com → w***@example.com."""
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}" if host else "*" * len(address)


def mask_identity_number(number: str) -> str:
    """Keeps the six digits of the region and the last two."""
    return f"{number[:6]}{'*' * 10}{number[-2:]}" if len(number) == 18 else "*" * len(number)
