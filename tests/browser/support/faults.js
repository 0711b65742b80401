// What is wrong with a page for somebody: what axe finds of WCAG 2.2 AA, and what is wider than the screen.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };

/** One line for each fault; axe comes in by the debugger, for which the page's policy does not hold. */
export async function faults(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((rules) => window.axe.run(document, rules), RULES);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const where = ({ target, failureSummary }) => `${target.join(" ")} ${failureSummary.split("\n")[1] ?? ""}`;
  const found = violations.map(({ id, nodes }) => `${page.url()}: ${id}: ${nodes.slice(0, 3).map(where).join(" | ")}`);
  return overflow > 0 ? [...found, `${page.url()}: ${overflow} pixels wider than the screen`] : found;
}
