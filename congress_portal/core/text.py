"""Normal forms of text, for comparing only; what is stored stays as written (DESIGN §3)."""

import re
import unicodedata
from functools import lru_cache

import opencc

# Marks that nobody sees in office files: direction marks, joiners, BOM, soft hyphen.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BLANKS = re.compile(r"\s+")


def clean(value: str) -> str:
    """Drop invisible and control marks and outer blanks; the writing itself stays."""
    kept = "".join(
        c for c in _INVISIBLE.sub("", value) if c in "\n\t" or unicodedata.category(c) != "Cc"
    )
    return kept.strip()


# What XML 1.0 forbids: Word and Excel call a file with it damaged.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(value: str) -> str:
    """Without control marks that nobody can see or print; lines and tabs stay."""
    return _FORBIDDEN.sub("", value)


def squeeze(value: str) -> str:
    """Remove every blank, full-width ones too: «张　伟» is «张伟»."""
    return _BLANKS.sub("", clean(value))


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=100_000)
def normal(value: str) -> str:
    """The form in which two writings are compared: NFKC, no blanks, simplified, lower case."""
    return _converter().convert(squeeze(unicodedata.normalize("NFKC", value))).lower()
