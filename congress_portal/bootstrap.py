"""Set-up of a fresh machine, with nothing but Python's own library (>= 3.11).

``manage.py`` hands over to :func:`run` when the project's packages cannot be imported. Three
steps, each skipped when its result is there already:

1. system packages (Pango, Chinese fonts, for the tests a browser): installed with apt as root or
   through password-less sudo on Debian and Ubuntu, otherwise named in one line;
2. ``.venv`` with the locked packages of ``requirements.txt`` (for tests ``requirements-dev.txt``),
   installed with uv, or with plain pip where uv cannot be had; a stamp of the lock's hash makes
   the next start immediate;
3. the same command again, in ``.venv``.

A deployment that brings its own environment never gets here.
"""

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

BASE_DIR = Path(__file__).resolve().parent.parent
VENV = BASE_DIR / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".lock-stamp"
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
FONT_DIRS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".fonts",
    Path.home() / ".local/share/fonts",
)
RUNTIME_MODULES = ("django", "environ", "import_export", "weasyprint", "python_calamine")
TEST_MODULES = ("pytest", "pytest_django", "factory")
HANDED_OVER = "PORTAL_HANDED_OVER"  # set for the second start, so that there is no third
DEBUG_COMMANDS = ("demo", "test")  # run without a configured secret


@dataclass(frozen=True)
class Need:
    """Something the system has to bring: its Debian package, and how to see that it is there."""

    package: str
    purpose: str
    is_there: Callable[[], bool]
    command: str = ""  # how to get it where apt has no real package


def _library(soname: str) -> Callable[[], bool]:
    def is_there() -> bool:
        try:
            ctypes.CDLL(soname)
        except OSError:
            return False
        return True

    return is_there


def _font(pattern: str) -> Callable[[], bool]:
    return lambda: any(next(folder.rglob(pattern), None) for folder in FONT_DIRS)


def _any_path(*paths: str) -> Callable[[], bool]:
    return lambda: any(Path(path).exists() for path in paths)


def _browser() -> bool:
    """A browser that Playwright can drive: the system's, or one that it fetched itself."""
    found = (shutil.which(name) for name in ("chromium", "google-chrome", "google-chrome-stable"))
    return any(found) or any((Path.home() / ".cache/ms-playwright").glob("chromium*"))


def _browser_need() -> Need:
    """Chromium; on Ubuntu its apt package is an empty shell that calls the snap store."""
    release = Path("/etc/os-release")
    is_ubuntu = release.exists() and "ID=ubuntu" in release.read_text(encoding="utf-8").split()
    command = ".venv/bin/playwright install --with-deps chromium" if is_ubuntu else ""
    return Need("chromium", "网页测试", _browser, command)


def _postgresql_server() -> bool:
    return bool(shutil.which("initdb")) or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


BASE_NEEDS = (
    Need("python3-venv", "建立运行环境", lambda: importlib.util.find_spec("ensurepip") is not None),
    Need("ca-certificates", "安全下载", SYSTEM_CERTIFICATES.exists),
    Need("tzdata", "北京时间", _any_path("/usr/share/zoneinfo/Asia/Shanghai")),
    Need("libpango-1.0-0", "生成 PDF", _library("libpango-1.0.so.0")),
    Need("libpangoft2-1.0-0", "生成 PDF", _library("libpangoft2-1.0.so.0")),
    Need("libharfbuzz-subset0", "压缩 PDF 字体", _library("libharfbuzz-subset.so.0")),
    Need("fonts-noto-cjk", "公文宋体、黑体", _font("NotoSerifCJK*")),
    Need("fonts-lxgw-wenkai", "公文楷体", _font("LXGWWenKai*")),
)
BROWSER_NEEDS = (
    Need("libatomic1", "网页测试", _library("libatomic.so.1")),  # Playwright's own node wants it
    _browser_need(),
)
TEST_NEEDS = (*BASE_NEEDS, *BROWSER_NEEDS)
NEEDS = {
    "test": TEST_NEEDS,
    "ci": (*TEST_NEEDS, Need("postgresql", "PostgreSQL 测试", _postgresql_server)),
}


def say(line: str) -> None:
    """One line to the person at the terminal."""
    sys.stderr.write(f"› {line}\n")
    sys.stderr.flush()


def is_ready(arguments: Sequence[str]) -> bool:
    """Whether the running interpreter has the packages that this command needs."""
    modules = RUNTIME_MODULES + (TEST_MODULES if arguments[:1] == ["test"] else ())
    return all(importlib.util.find_spec(module) is not None for module in modules)


def allow_debug(arguments: Sequence[str]) -> None:
    """Let ``demo`` and ``test`` run where no secret is configured; nothing else ever does."""
    is_configured = "SECRET_KEY" in os.environ or (BASE_DIR / ".env").exists()
    if arguments and arguments[0] in DEBUG_COMMANDS and not is_configured:
        os.environ.setdefault("DEBUG", "1")


def run(arguments: Sequence[str]) -> NoReturn:
    """Set up what the command needs and run it again in ``.venv``; never returns."""
    command = arguments[0] if arguments else ""
    if os.environ.get(HANDED_OVER):
        sys.exit("运行环境 .venv 不完整：请删除 .venv 后再试。")
    prepare(command)
    environment = dict(os.environ, **{HANDED_OVER: "1"})
    os.execve(PYTHON, [str(PYTHON), str(BASE_DIR / "manage.py"), *arguments], environment)  # noqa: S606


def prepare(command: str) -> None:
    """Bring system packages and ``.venv`` up to what ``command`` (demo, test, ci …) needs.

    Exits with one line when the environment cannot be made.
    """
    dev = command in ("test", "ci")
    if not _is_stamped(dev=dev) or command in ("demo", "test", "ci"):
        bring_system_packages(NEEDS.get(command, BASE_NEEDS))
    with _only_one_at_a_time():
        if not _is_stamped(dev=dev):
            make_environment(dev=dev)


# System packages


def bring_system_packages(needs: Iterable[Need]) -> None:
    """Install what is missing where that is possible, and name in one line what stays missing."""
    missing = [need for need in needs if not need.is_there()]
    wanted = [need.package for need in missing if not need.command]
    apt = _apt_command() if wanted else None
    if apt is not None:
        say("正在安装系统软件包：" + " ".join(wanted))
        _install(apt, wanted)
        importlib.invalidate_caches()
        missing = [need for need in missing if not need.is_there()]
    if missing:
        say(missing_line(missing))


def missing_line(missing: Sequence[Need]) -> str:
    """What is missing, what for, and the command that would bring it."""
    names = "、".join(f"{need.package}（{need.purpose}）" for need in missing)
    return f"系统还缺：{names}。请由管理员执行：{_commands(missing)}"


def _commands(missing: Sequence[Need]) -> str:
    """The shell line that would bring what is missing."""
    packages = [need.package for need in missing if not need.command]
    apt = ["apt-get install -y " + " ".join(packages)] if packages else []
    return " && ".join(apt + [need.command for need in missing if need.command])


def _apt_command() -> list[str] | None:
    """``apt-get``, through sudo where needed; None where it cannot be used."""
    apt = shutil.which("apt-get")
    if apt is None:
        return None
    if os.geteuid() == 0:
        return [apt]
    sudo = shutil.which("sudo")
    if sudo is None or _quietly([sudo, "-n", "true"]) != 0:
        return None
    return [sudo, "-n", "DEBIAN_FRONTEND=noninteractive", apt]


def _install(apt: list[str], packages: list[str]) -> None:
    """Install the packages; those that the system does not know are left out."""
    os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
    options = ["-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    _quietly([*apt, *options, "update"])
    install = [*apt, *options, "install", "-y", "--no-install-recommends"]
    if _quietly([*install, *packages]) != 0:  # one unknown name refuses them all
        for package in packages:
            _quietly([*install, package])


# Python packages


def make_environment(*, dev: bool) -> None:
    """Make or mend ``.venv`` and install the locked packages, each checked by its hash."""
    lock = _lock_file(dev=dev)
    say(f"正在准备运行环境 .venv（{lock.name}），第一次约需一分钟。")
    if not _works(PYTHON) and _quietly([_base_python(), "-m", "venv", "--clear", VENV]) != 0:
        sys.exit("不能建立 .venv：请先安装 python3-venv（apt-get install -y python3-venv）。")
    if not (_install_with_uv(lock) or _install_with_pip(lock)):
        sys.exit("不能下载 Python 软件包：请检查网络，或用 PIP_INDEX_URL 指定镜像后再试。")
    STAMP.write_text(_stamp(dev=dev), encoding="utf-8")


def _install_with_uv(lock: Path) -> bool:
    uv = VENV / "bin" / "uv"
    if not uv.exists() and not _pip_install_uv():
        return False
    environment = _network_environment()
    mirror = _pip_mirror()
    if mirror:
        environment.setdefault("UV_DEFAULT_INDEX", mirror)
    install = [str(uv), "pip", "install", "--quiet", "--require-hashes"]
    return _loudly([*install, "--python", PYTHON, "-r", lock], environment) == 0


def _pip_install_uv() -> bool:
    """Install uv itself, in the version and with the hashes of the development lock."""
    text = _lock_file(dev=True).read_text(encoding="utf-8")
    entry = re.search(r"^uv==(?:.*\\\n)*.*\n", text, flags=re.MULTILINE)
    if entry is None:
        return False
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirement:
        requirement.write(entry.group())
        requirement.flush()
        return _install_with_pip(Path(requirement.name), quietly=True)


def _install_with_pip(lock: Path, *, quietly: bool = False) -> bool:
    install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    execute = _quietly if quietly else _loudly
    return execute([*install, "--require-hashes", "-r", lock], _network_environment()) == 0


def _pip_mirror() -> str:
    """The package index that pip is configured with, which uv would not see."""
    shown = subprocess.run(  # noqa: S603
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"^(?:global|install|:env:)\.index-url='(.+)'$", shown, flags=re.MULTILINE)
    return found.group(1) if found else ""


def _network_environment() -> dict[str, str]:
    """The environment for downloads; certificates that the system trusts are trusted."""
    environment = dict(os.environ)
    if SYSTEM_CERTIFICATES.exists():
        for name in ("SSL_CERT_FILE", "PIP_CERT"):
            environment.setdefault(name, str(SYSTEM_CERTIFICATES))
    environment.pop("VIRTUAL_ENV", None)
    return environment


# Small parts


def _lock_file(*, dev: bool) -> Path:
    return BASE_DIR / ("requirements-dev.txt" if dev else "requirements.txt")


def _stamp(*, dev: bool) -> str:
    """What ``.venv`` was made from: the lock's hash and the interpreter's version."""
    digest = hashlib.sha256(_lock_file(dev=dev).read_bytes()).hexdigest()
    return f"{_lock_file(dev=dev).name} {digest} {sys.version_info.major}.{sys.version_info.minor}"


def _is_stamped(*, dev: bool) -> bool:
    """Whether ``.venv`` was made from the present lock; that of the tests holds the other."""
    try:
        stamp = STAMP.read_text(encoding="utf-8")
    except OSError:
        return False
    wanted = {_stamp(dev=True)} if dev else {_stamp(dev=True), _stamp(dev=False)}
    return stamp in wanted and _works(PYTHON)


def _works(python: Path) -> bool:
    """Whether the interpreter starts, has pip and is of the version that runs now."""
    check = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    return python.exists() and _quietly([python, "-c", check]) == 0


def _base_python() -> str:
    """The interpreter behind a virtual environment that may be active."""
    candidate = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    return str(candidate) if candidate.exists() else sys.executable


def _quietly(command: Sequence[str | Path], environment: dict[str, str] | None = None) -> int:
    done = subprocess.run(  # noqa: S603
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode


def _loudly(command: Sequence[str | Path], environment: dict[str, str] | None = None) -> int:
    return subprocess.run(  # noqa: S603
        command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
    ).returncode


@contextmanager
def _only_one_at_a_time() -> Iterator[None]:
    """Two first starts at once: the second waits, then finds everything done."""
    folder = BASE_DIR / "var"
    folder.mkdir(exist_ok=True)
    with (folder / "bootstrap.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    prepare(sys.argv[1] if len(sys.argv) > 1 else "")
