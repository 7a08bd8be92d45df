"""axe on a page that is open: WCAG 2.2 A and AA.

It preloads no style sheets: it would parse them by styling the page, which the policy refuses.
"""

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async ([rules, colours]) => {
  const ofColours = () => axe.getRules(rules).filter((r) => r.tags.includes('cat.color')).map((r) => r.ruleId)
  const runOnly = colours ? {type: 'rule', values: ofColours()} : {type: 'tag', values: rules}
  const found = await axe.run({runOnly, resultTypes: ['violations'], preload: false})
  return found.violations.flatMap((v) => v.nodes.map(
    (n) => `${v.id}: ${n.html.slice(0, 160)} ${n.failureSummary.slice(0, 300)}`))
}"""


def violations(page: Page, *, colours: bool = False) -> list[str]:
    """Return what axe finds; `colours`: by the rules that colours have to do with alone."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(RUN, [RULES, colours])
    return found
