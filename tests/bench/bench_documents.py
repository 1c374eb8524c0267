"""How fast papers are made: one bulletin of about 12 pages and a batch of 300 one-page sheets.

Run: ``python tests/bench/bench_documents.py [sheets]``. Each way runs in a process of its own and
prints documents per second, documents per second of processor time, and its peak memory:

ours      small fonts, shared styles, fixed tables (core.documents)
naive     WeasyPrint as it comes: the whole Noto collections, automatic tables, nothing shared
chromium  the same HTML printed by a warm headless Chromium, if one is installed

Aims (STACK, «Speed»): bulletin ≤ 0.6 × naive and ≤ 2 × warm Chromium with ≤ 0.2 × its memory;
sheets ≥ 5 × naive with two workers. On a machine that others use, processor time tells more:
for two workers twice their documents per second of it is what two free cores would give, workers'
start included.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")
os.environ["DJANGO_SETTINGS_MODULE"] = "congress_portal.settings"

import django  # noqa: E402 - the environment comes first

django.setup()

from congress_portal.core.charts import Bar, Series, heat_table, horizontal_bars  # noqa: E402
from congress_portal.core.documents.blocks import (  # noqa: E402
    Annex,
    Column,
    Figure,
    Head,
    Heading,
    OfficialPaper,
    Pair,
    Paragraph,
    Table,
)
from congress_portal.core.documents.pdf import render_html, render_many, render_pdf  # noqa: E402
from congress_portal.evaluations.reports.sheets import SubjectPage, SubjectSheets  # noqa: E402

TOWNS = ("云溪镇", "石门镇", "白沙镇", "官渡镇", "双河镇", "茶岭镇", "城关街道", "临江街道")
LINES = (
    "阵地设施",
    "簿册档案",
    "簿册缺项",
    "组织活动",
    "接待选民日",
    "代表参与",
    "意见办结",
    "考评",
)
NAIVE_STYLE = """<style>
html {font: 16pt/29pt "Noto Serif CJK SC"} @page {size: A4; margin: 37mm 26mm 35mm 28mm}
table {width: 100%; border-collapse: collapse; font-size: 9pt; line-height: 12pt}
td, th {border: 1px solid} h1, h2, th {font-family: "Noto Sans CJK SC"}
section {break-before: page}</style>"""


def _head(title: str) -> Head:
    return Head(
        "安澜县人大常委会代表工作委员会", ("关于", title, "的通报"), "2026年10月12日", "各镇"
    )


def bulletin_html() -> str:
    """About 12 pages: text, two charts, a ranked table of 64 stations, 250 explained lines."""
    columns = (Column("名次", 5), Column("家站", 30, "name"))
    columns += tuple(Column(line, 8, "figure") for line in LINES)
    ranked = tuple(
        (str(n), f"{TOWNS[n % 8]}第{n}村代表联络站", *(f"{(n * k) % 20}.50" for k in range(1, 9)))
        for n in range(1, 65)
    )
    lines = tuple(
        row
        for n in range(64)
        for row in (
            (f"第{n + 1}名　{TOWNS[n % 8]}第{n}村代表联络站　{90 - n}.00分",),
            *(
                (line, f"{n} 次 ÷ 目标 {n + 2} 次 × 20 分 = 10.00 分", "10.00", "2.00")
                for line in LINES[:4]
            ),
        )
    )
    bars = [Bar(town, Decimal(90 - n)) for n, town in enumerate(TOWNS)]
    rows = [
        Series(town, tuple(Decimal(95 - n - k) for k in range(8))) for n, town in enumerate(TOWNS)
    ]
    short = Table(
        "分布",
        (Column("分数段", 60), Column("家站", 40, "figure")),
        (("90分", "8"),),
        is_small=True,
    )
    text = (
        "本次考评按《家站季度考评》方案进行，全县家站共开展活动121次，接待选民154天，办结率66.2%。"
        * 6
    )
    blocks = (
        Paragraph(text[:100]),
        Pair(
            short, Figure("平均得分", horizontal_bars(bars, title="平均得分", width=150, step=13))
        ),
        *(block for word in "一二三四" for block in (Heading(f"{word}、情况"), Paragraph(text))),
        Figure("得分率", heat_table(rows, LINES, title="得分率", width=500)),
    )
    explained = (
        Column("指标", 18, "name"),
        Column("怎样得出", 58, "name"),
        Column("得分", 12, "figure"),
        Column("扣分", 12, "figure"),
    )
    annexes = (
        Annex("得分明细表", (Table("", columns, ranked, is_small=True),), is_wide=True),
        Annex("扣分逐项说明", (Table("", explained, lines, is_small=True),)),
    )
    return render_html(OfficialPaper(_head("2026年第三季度考评情况"), blocks, annexes))


def sheet_html(number: int) -> str:
    """One subject's page (得分单)."""
    return town_html(range(number, number + 1))


def town_html(numbers: range) -> str:
    """A town's sheets in one file, as the batch is printed."""
    table = (
        Column("指标", 20, "name"),
        Column("满分", 8, "figure"),
        Column("怎样得出", 52, "name"),
        Column("得分", 20, "figure"),
    )
    pages = tuple(
        SubjectPage(
            label=f"第{number}村代表联络站",
            place="云溪镇",
            total="80.00",
            rank=str(number),
            formula="各项相加 = 80.00 分",
            table=Table(
                "",
                table,
                tuple((line, "20", f"{number % 9} ÷ 目标 10 × 20 分", "10.00") for line in LINES),
            ),
            notes=(),
        )
        for number in numbers
    )
    return render_html(SubjectSheets("得分单", "代表工作委员会", "家站季度考评得分单", pages))


def naive(html: str) -> str:
    """The same page as somebody would write it who names the whole Noto fonts."""
    head, body = html.split("</head>", 1)
    kept = [line for line in head.splitlines() if "stylesheet" not in line]
    return "\n".join([*kept, NAIVE_STYLE, "</head>", body])


def naive_pdf(html: str) -> bytes:
    from weasyprint import HTML  # noqa: PLC0415 - not in the other processes

    return HTML(string=naive(html)).write_pdf(pdf_tags=True)


def _cpu() -> float:
    """Processor seconds of this process and of its workers that have ended."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _timed(label: str, count: int, work: Callable[[], object]) -> dict[str, object]:
    begin, cpu = time.perf_counter(), _cpu()
    work()
    seconds, cpu = time.perf_counter() - begin, _cpu() - cpu
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "way": label,
        "seconds": seconds,
        "rate": count / seconds,
        "by_cpu": count / cpu,
        "peak": max(own, workers) // 1024,
    }


def run_ours(count: int) -> list[dict[str, object]]:
    html = bulletin_html()
    render_pdf(html)
    found = [_timed("bulletin ours", 3, lambda: [render_pdf(html) for _ in range(3)])]
    pages = [sheet_html(n) for n in range(count)]
    found.append(_timed("sheets ours, one process", 40, lambda: list(map(render_pdf, pages[:40]))))
    found.append(_timed("sheets ours, two workers", count, lambda: list(render_many(pages))))
    files = [town_html(range(n, min(n + 25, count))) for n in range(0, count, 25)]
    found.append(_timed("sheets ours, 25 a file", count, lambda: list(render_many(files))))
    return found


def run_naive(count: int) -> list[dict[str, object]]:
    html = bulletin_html()
    naive_pdf(sheet_html(0))
    found = [_timed("bulletin naive", 1, lambda: naive_pdf(html))]
    sample = [sheet_html(n) for n in range(min(count, 12))]
    found.append(_timed("sheets naive", len(sample), lambda: [naive_pdf(page) for page in sample]))
    return found


def run_chromium(count: int) -> list[dict[str, object]]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only here

    path = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if path is None:
        return []
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        page = browser.new_page()

        def prints(htmls: list[str]) -> None:
            for html in htmls:
                page.set_content(naive(html))
                page.pdf(prefer_css_page_size=True, tagged=True, outline=True)

        sheets = [sheet_html(n) for n in range(min(count, 40))]
        prints(sheets[:1])
        html = bulletin_html()
        found.append(_timed("bulletin chromium", 3, lambda: prints([html] * 3)))
        found[-1]["peak"] = _tree_memory()
        found.append(_timed("sheets chromium", len(sheets), lambda: prints(sheets)))
        found[-1]["peak"] = _tree_memory()
        browser.close()
    return found


def _tree_memory() -> int:
    """Memory (MB, proportional) of the processes below this one: the browser's."""
    parents, total = {os.getpid()}, 0
    stats = sorted((int(p.name), p) for p in Path("/proc").iterdir() if p.name.isdigit())
    for number, process in stats:
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if parent not in parents:
                continue
            parents.add(number)
            rollup = (process / "smaps_rollup").read_text()
            total += int(
                next(line for line in rollup.splitlines() if line[:4] == "Pss:").split()[1]
            )
        except (OSError, StopIteration):
            continue
    return total // 1024


WAYS = {"ours": run_ours, "naive": run_naive, "chromium": run_chromium}


def run(way: str, count: int) -> None:
    print("JSON" + json.dumps(WAYS[way](count)))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    found: dict[str, dict[str, float]] = {}
    for way in WAYS:
        # no script as the main module: workers would import it, and everything that it needs
        command = [sys.executable, "-c", f"import bench_documents as b; b.run({way!r}, {count})"]
        here = Path(__file__).parent
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=here)
        for row in json.loads(done.stdout.rpartition("JSON")[2]):
            found[row["way"]] = row
            print(
                f"{row['way']:<28}{row['rate']:>8.2f} /s{row['by_cpu']:>8.2f} /cpu s"
                f"{row['peak']:>8} MB",
                flush=True,
            )
    _ratios(found)


def _ratios(found: dict[str, dict[str, float]]) -> None:
    def times(way: str, other: str, measure: str = "rate") -> float:
        return found[way][measure] / found[other][measure]

    print(f"bulletin: time {times('bulletin naive', 'bulletin ours'):.2f} × naive (aim ≤ 0.6)")
    if "bulletin chromium" in found:
        peak = found["bulletin ours"]["peak"] / found["bulletin chromium"]["peak"]
        against = times("bulletin chromium", "bulletin ours")
        print(f"bulletin: time {against:.2f} × chromium (aim ≤ 2), memory {peak:.2f} × (aim ≤ 0.2)")
    for way in ("sheets ours, two workers", "sheets ours, 25 a file"):
        wall, by_cpu = times(way, "sheets naive"), 2 * times(way, "sheets naive", "by_cpu")
        print(f"{way}: {wall:.1f} × naive, {by_cpu:.1f} × by processor time (aim ≥ 5)")


if __name__ == "__main__":
    main()
