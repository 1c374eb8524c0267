"""Which face plays which part in a paper, and the small fonts that WeasyPrint is given.

GB/T 9704—2012 asks for 小标宋 (title), 仿宋 (body), 楷体, 黑体 and 宋体 figures. The open faces
stand in the order below; the office's licensed faces come first (setting ``DOCUMENT_FONTS``).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from congress_portal.core.documents.errors import PdfError
from congress_portal.core.documents.faces import Face, installed_faces
from congress_portal.core.documents.subsets import subset_file

TITLE, BODY, KAI, HEI, DIGITS = "title", "body", "kai", "hei", "digits"

#: PostScript names in the order of preference; the last one is the floor of every role.
OPEN_FACES = {
    TITLE: ("FandolSong-Bold", "NotoSerifCJKsc-Bold"),
    BODY: ("FandolFang-Regular", "LXGWWenKai-Light", "NotoSerifCJKsc-Regular"),
    KAI: ("FandolKai-Regular", "LXGWWenKai-Regular", "NotoSerifCJKsc-Regular"),
    HEI: ("FandolHei-Regular", "NotoSansCJKsc-Regular"),
    DIGITS: ("FandolSong-Regular", "NotoSerifCJKsc-Regular"),
}
ROLE_NAMES = {TITLE: "小标宋", BODY: "仿宋", KAI: "楷体", HEI: "黑体", DIGITS: "宋体"}
#: The digits' role draws page numbers and nothing else; the whole face in every paper would make
#: each a third larger.
_NUMBERING = frozenset({*range(0x20, 0x7F), *map(ord, "—–\u2002")})
_FLOOR = ("NotoSerifCJKsc-Regular", "NotoSansCJKsc-Regular", "LXGWWenKai-Regular")
_ROLE_OF_WORD = {
    "仿宋": BODY,
    "小标宋": TITLE,
    "楷": KAI,
    "黑": HEI,
    "宋": DIGITS,
    "fangsong": BODY,
    "fang": BODY,
    "xiaobiaosong": TITLE,
    "kai": KAI,
    "hei": HEI,
    "song": DIGITS,
}
#: Beyond GB 2312: marks of office papers and characters that are met in names.
_EXTRA = (
    "〔〕—–…·‰℃㎡℡①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳×÷≤≥±√●○▲■□◆★☆✓✗→←↑↓－＋＝％“”‘’ \u00a0\u2002\u2003"
    "㛃䶮𠮷喆堃镕昇淼犇骉羴燚垚龘鑫囍赟旸昉昳晧曌栐桢楠槿樾橦殳浛浠涴淏湉溍滢滎潆澍澔澂灏"
    "炆炘炜炟烜焱煊煜煐熠熹燊爔玘玥玹珅珉珺珩珮琎琋琍琪琭琯琳瑀瑄瑛瑢瑧瑨璟璠璐璘璞瓅瓒畑皓皞"
    "眙睿祎祺禔禛禤窅竑竣筠筱箴篪粲紘綦綪缦翀翃翊翎翙翚翯聿胤芃芊芮苡茆茗荻莙菀菡萱葳蒨蓁蔻蕙蕖"
    "薇藜蘅虓虢蛟衎衍裎褀覃觐訚讷诒谌谡谦豫赉赓轩轶辂辰迓迩逄逯遄邈邝邡邰郄郗郦鄢醴钊钇钏钘钰铖"
    "铠铤铧铮铷锃锜锟锴镔镛镡镬闫闳闿阆陟隽霁霂霏霖霭靓靖靳韪韬韫颀颉颋颎颢飏馥驎驿骁骅骐骢髙鲲"
    "鸢鸾鹍鹏麒麾黛黻黼齐齐龑龚夆奡妘姃姞姝姮娅娈娉婕婧婳媛媞媱嫄嫕嫚嬛孖孜宓宸寔屾峄峣峥崟嵘嶷"
    "巍帔庥廙弢弨彧彪彤徕忞忻怿恺悫惇愔愫慜憙懋戬扆抃揆昀昂昕昙昱晁晅晔晞晟晢暄暐暕暾朏杲枧柃"
)


@dataclass(frozen=True)
class FontFile:
    """One @font-face: the family under which a role's n-th face is known."""

    family: str
    path: Path


@dataclass(frozen=True)
class FontSet:
    """The faces of all roles; ``stacks`` maps a role to its CSS list of families."""

    files: tuple[FontFile, ...]
    stacks: tuple[tuple[str, str], ...]

    def css(self) -> str:
        """@font-face rules and one custom property per role."""
        faces = "\n".join(
            f'@font-face {{font-family: "{file.family}"; font-weight: normal;'
            f" font-style: normal; src: url({file.path.as_uri()})}}"
            for file in self.files
        )
        roles = " ".join(f"--{role}: {stack};" for role, stack in self.stacks)
        return f"{faces}\n:root {{{roles}}}\n"


@lru_cache(maxsize=1)
def base_characters() -> frozenset[int]:
    """Printable ASCII, GB 2312 and what office papers and names need besides."""
    codes = set(range(0x20, 0x7F)) | {ord(c) for c in _EXTRA}
    for high in range(0xA1, 0xF8):
        row = b"".join(bytes((high, low)) for low in range(0xA1, 0xFF))
        codes |= {ord(c) for c in row.decode("gb2312", errors="ignore")}
    return frozenset(codes)


def _is_drawn(code: int) -> bool:
    """Whether a character needs a glyph: blanks, controls and joiners do not."""
    category = unicodedata.category(chr(code))
    return category[0] not in "CZ" and not 0xFE00 <= code <= 0xFE0F


def _is_writing(code: int) -> bool:
    """A Chinese character: a name without one is a wrong paper. Of other marks that no font has
    (a voter's emoji), the paper shows an empty box: nobody's words may stop it."""
    return 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF


def _named(name: str) -> Face | None:
    """The face of that PostScript name, or the family's plain one rather than its bold one."""
    wanted = name.replace(" ", "").casefold()
    found = []
    for face in installed_faces():
        if wanted == face.postscript.casefold():
            return face
        if any(wanted == other.replace(" ", "").casefold() for other in face.families):
            found.append(face)
    return min(found, key=lambda face: "bold" in face.postscript.casefold(), default=None)


def _office_faces(role: str) -> list[str]:
    """Names from DOCUMENT_FONTS for the role: «body=仿宋_GB2312», or told by the name itself."""
    found = []
    for entry in settings.DOCUMENT_FONTS:
        named, _, name = entry.rpartition("=")
        if not named:
            folded = name.casefold()
            named = next((r for word, r in _ROLE_OF_WORD.items() if word in folded), "")
        if named.strip() == role:
            found.append(name.strip())
    return found


def stack(role: str) -> list[Face]:
    """The installed faces of a role, best first; raises PdfError if no Chinese font is there."""
    names = [*_office_faces(role), *OPEN_FACES[role], *_FLOOR]
    faces = [face for name in dict.fromkeys(names) if (face := _named(name))]
    if not any(face.is_chinese for face in faces):
        faces += [face for face in installed_faces() if face.is_chinese][:1]
    if not faces:
        raise PdfError(
            "本机没有安装中文字体，无法生成文件。"
            "请安装：apt-get install fonts-noto-cjk fonts-lxgw-wenkai"
        )
    return faces


def missing_faces() -> list[str]:
    """Names from the settings that are not installed, then roles that have only the floor."""
    wanted = [n for role in OPEN_FACES for n in _office_faces(role) if not _named(n)]
    return wanted + [
        f"{names[0]}（{ROLE_NAMES[role]}）"
        for role, names in OPEN_FACES.items()
        if not _office_faces(role) and not any(_named(name) for name in names[:-1])
    ]


def font_set(text: str) -> FontSet:
    """Fonts that can draw every character of the text; raises PdfError naming one that none can.

    The common set is cut once; characters beyond it get a small font of their own, so a rare
    name costs one more file and never a blank box.
    """
    beyond = frozenset(
        code for code in {ord(c) for c in text} - base_characters() if _is_drawn(code)
    )
    return _font_set(beyond, tuple(settings.DOCUMENT_FONTS))


def tight_font_set(text: str) -> FontSet:
    """Fonts with nothing but the characters of the text: for many papers of one batch."""
    wanted = frozenset(code for code in {ord(c) for c in text} if _is_drawn(code) or code == 0x20)
    return _made_of([(wanted, True)])


@lru_cache(maxsize=16)
def _font_set(beyond: frozenset[int], office: tuple[str, ...]) -> FontSet:
    return _made_of([(base_characters(), False), (beyond, True)])


def _made_of(layers: Sequence[tuple[frozenset[int], bool]]) -> FontSet:
    """``layers``: characters, and whether each of them must be found."""
    files: list[FontFile] = []
    stacks = []
    for role in OPEN_FACES:
        parts = [
            part
            for codes, must in layers
            for part in _parts(role, codes & _NUMBERING if role == DIGITS else codes, must=must)
        ]
        names = [f"portal-{role}-{number}" for number in range(len(parts))]
        for name, (face, characters) in zip(names, parts, strict=True):
            files.append(FontFile(name, subset_file(face, characters)))
        stacks.append((role, ", ".join(f'"{name}"' for name in names)))
    return FontSet(tuple(files), tuple(stacks))


def _parts(role: str, wanted: frozenset[int], *, must: bool) -> list[tuple[Face, frozenset[int]]]:
    """Which face of the role draws which of the characters, each by the best face that has it."""
    parts = []
    left = wanted
    for face in stack(role):
        found = left & face.coverage()
        if found:
            parts.append((face, found))
            left -= found
    for face in installed_faces() if left and must else ():
        found = left & face.coverage()
        if found:
            parts.append((face, found))
            left -= found
    left = frozenset(code for code in left if _is_writing(code))
    if left and must:
        character = chr(min(left))
        raise PdfError(
            f"本机的字体都没有「{character}」（U+{min(left):04X}）这个字，无法生成文件。"
            "请安装含有该字的字体（如 fonts-noto-cjk），或改用别的写法。"
        )
    return parts


def forget_fonts() -> None:
    """Drop what is kept in memory (after fonts were installed, and in tests)."""
    _font_set.cache_clear()
