"""What the commands write into files."""

import json
import re
from pathlib import Path
from typing import Any

from congress_portal.core.errors import DomainError

_UNSAFE = re.compile(r'[\\/:*?"<>|\s]+')


def write_json(path: str, content: Any) -> None:
    """Raises DomainError where the file cannot be written."""
    try:
        Path(path).write_text(
            json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    except OSError as error:
        raise DomainError(f"不能写入文件 {path}：{error.strerror}") from error


def make_folder(path: str) -> Path:
    """The folder, made where it is missing; raises DomainError."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DomainError(f"不能建立文件夹 {path}：{error.strerror}") from error
    return folder


def write_bytes(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise DomainError(f"不能写入文件 {path}：{error.strerror}") from error


def file_name(*parts: str) -> str:
    """Parts joined as a name that every file system takes."""
    return "-".join(_UNSAFE.sub("_", part).strip("_.") for part in parts if part)
