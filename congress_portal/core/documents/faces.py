"""The fonts that are installed on this machine, read from the files themselves.

``fc-list`` is not part of a bare server, and TeX keeps its fonts outside fontconfig's paths,
so the directories are read here; what was read is kept under ``var/fonts/``.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTCollection, TTFont, TTLibError

_SUFFIXES = {".otf", ".ttf", ".ttc", ".otc"}
_PICTURE_TABLES = {"CBDT", "sbix", "COLR", "SVG "}
_TEX = "texlive/texmf-dist/fonts/opentype/public/fandol"
_PROBE = ord("民")


@dataclass(frozen=True)
class Face:
    """One face of a font file: ``index`` is its place in a collection."""

    path: str
    index: int
    postscript: str
    families: tuple[str, ...]
    is_chinese: bool
    stamp: str

    def coverage(self) -> frozenset[int]:
        """The code points that the face can draw."""
        return _coverage(self.path, self.index, self.stamp)


@lru_cache(maxsize=64)
def _coverage(path: str, index: int, stamp: str) -> frozenset[int]:
    with TTFont(path, fontNumber=index, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


def fonts_dir() -> Path:
    """Where subsets are kept: ``var/fonts``, or a private directory if that cannot be written."""
    wanted = Path(settings.VAR_DIR) / "fonts"
    with contextlib.suppress(OSError):
        wanted.mkdir(parents=True, exist_ok=True)
    if os.access(wanted, os.W_OK):
        return wanted.resolve()
    return _private_dir()


@lru_cache(maxsize=1)
def _private_dir() -> Path:
    return Path(tempfile.mkdtemp(prefix="portal-fonts-")).resolve()


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside the target and move it there: a reader sees the old or the new file, whole."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def font_directories() -> list[Path]:
    data_home = Path(os.environ.get("XDG_DATA_HOME") or Path("~/.local/share").expanduser())
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        data_home / "fonts",
        Path("~/.fonts").expanduser(),
        Path("/usr/share") / _TEX,
        Path("/usr/share/texmf-dist") / _TEX.removeprefix("texlive/texmf-dist/"),
    ]


def _font_files() -> Iterator[Path]:
    for directory in font_directories():
        for root, _, names in os.walk(directory):
            for name in sorted(names):
                if Path(name).suffix.lower() in _SUFFIXES:
                    yield Path(root) / name


def _read_faces(path: Path, stamp: str) -> list[Face]:
    try:
        if path.suffix.lower() in {".ttc", ".otc"}:
            with TTCollection(path, lazy=True) as collection:
                return [
                    face
                    for index, font in enumerate(collection.fonts)
                    if (face := _read_face(font, path, index, stamp))
                ]
        with TTFont(path, lazy=True) as font:
            face = _read_face(font, path, -1, stamp)
            return [face] if face else []
    except (TTLibError, OSError, KeyError, AssertionError):
        return []  # a broken font file is as good as none


def _read_face(font: TTFont, path: Path, index: int, stamp: str) -> Face | None:
    if _PICTURE_TABLES & set(font.keys()) or "fvar" in font:
        return None
    names = font["name"].names
    return Face(
        path=str(path),
        index=index,
        postscript=font["name"].getDebugName(6) or "",
        families=tuple(sorted({str(n) for n in names if n.nameID in (1, 4, 16)})),
        is_chinese=_PROBE in (font.getBestCmap() or ()),
        stamp=stamp,
    )


def _stamp(path: Path) -> str:
    status = path.stat()
    return f"{status.st_size}-{status.st_mtime_ns}"


@lru_cache(maxsize=1)
def installed_faces() -> tuple[Face, ...]:
    """Every face on the machine in a fixed order; read anew when a font file changed."""
    stamps = {str(path): _stamp(path) for path in _font_files()}
    keeper = fonts_dir() / "index.json"
    known = _load_index(keeper)
    if {path: entry["stamp"] for path, entry in known.items()} != stamps:
        known = {
            path: {
                "stamp": stamp,
                "faces": [asdict(face) for face in _read_faces(Path(path), stamp)],
            }
            for path, stamp in stamps.items()
        }
        write_atomically(keeper, json.dumps(known, ensure_ascii=False).encode())
    return tuple(
        Face(**{**face, "families": tuple(face["families"])})
        for entry in known.values()
        for face in entry["faces"]
    )


def _load_index(keeper: Path) -> dict:
    try:
        return json.loads(keeper.read_text())
    except (OSError, ValueError):
        return {}


def forget_installed_faces() -> None:
    """After fonts were installed while the process runs (and in tests)."""
    installed_faces.cache_clear()
    _coverage.cache_clear()
