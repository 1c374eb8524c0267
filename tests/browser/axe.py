"""axe-core in the page: what a person with an aid cannot use. Fetched with the test packages."""

import importlib.resources

from playwright.sync_api import Page

_SOURCE = (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
_RUN = """async () => (await axe.run(document, {
    resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
})).violations"""
_SERIOUS = ("serious", "critical")


def serious_faults(page: Page) -> list[str]:
    """«page: rule at element» for every serious or critical finding; empty when there is none."""
    page.evaluate(_SOURCE)  # not a script element: the pages' own policy forbids those
    return [
        f"{page.url}: {finding['id']} at {node['target']}"
        for finding in page.evaluate(_RUN)
        if finding["impact"] in _SERIOUS
        for node in finding["nodes"]
    ]


def open_everything(page: Page) -> None:
    """Unfold what is folded."""
    page.evaluate(
        "() => { for (const each of document.querySelectorAll('details')) each.open = true; }"
    )
