// Who may only look is offered what they may do, and all of it does something.
import { routes, type Route } from "../fixtures/outside.ts";
import { expect, hydrated, row, test } from "../fixtures/test.ts";

test.beforeEach(async ({ signIn }) => signIn("viewer"));

const pages = async () => {
  const own = (await routes()).filter((route: Route) => route.kind === "page" && route.role);
  return [...own.map((route) => route.path.replace(":server", "kea").replace(":id", "80")), "/search?q=printer", "/networks/kea/80?open=10.80.0.12"];
};

test("every link leads somewhere, and every button does something that is not a change", async ({ page, context, complaints }) => {
  test.setTimeout(180_000);
  // What other tests changed may be gone by now: its details say so.
  complaints.announce(/404/);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const mutating = (await routes()).filter((route: Route) => route.mutating).map((route) => route.path);
  const changes: string[] = [];
  page.on("request", (request) => {
    const path = new URL(request.url()).pathname;
    if (request.method() === "POST" && mutating.includes(path)) changes.push(path);
  });
  const seen = new Set<string>();
  for (const path of await pages()) {
    await page.goto(path);
    await hydrated(page);
    await page.waitForTimeout(500);
    const hrefs = await page.locator("a[href]:visible").evaluateAll((all) => all.map((one) => (one as HTMLAnchorElement).href));
    for (const href of new Set(hrefs.filter((href) => href.startsWith("http")))) {
      const plain = href.replace(/#.*/, "");
      if (seen.has(plain) || !plain.startsWith(new URL(page.url()).origin)) continue;
      seen.add(plain);
      expect((await context.request.get(plain)).status(), `${path}: ${plain}`).toBe(200);
    }
    await expect(page.locator("button:visible:disabled, input:visible:disabled, select:visible:disabled"), `${path}: nothing is off`).toHaveCount(0);
    const names = await page.locator("button:visible").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label") ?? one.textContent ?? ""));
    // What a row is of may begin like something that is done.
    for (const name of names.filter((name) => !name.endsWith(": details"))) {
      expect(name, `${path}: a button that changes something`).not.toMatch(/^(Reserve|Edit|Delete|Undo|Restore|Release|Remove|Exclude|Move|Apply|Import|Align|Save|Try to save|Abandon)/);
    }
    // What is open lies over the page.
    const opened = (await page.locator("dialog[open]").count()) > 0;
    const buttons = page.locator(`${opened ? "dialog[open]" : "main"} button:visible:not(.copy-button):not([type=submit])`);
    const count = await buttons.count();
    for (let at = 0; at < Math.min(count, 12); at++) {
      const button = buttons.nth(at);
      if (!(await button.isVisible())) continue;
      const before = await page.evaluate(() => {
        const state = window as unknown as { changed: number };
        state.changed = 0;
        new MutationObserver((all) => (state.changed += all.length)).observe(document.body, { subtree: true, childList: true, attributes: true });
        return location.href;
      });
      const name = (await button.getAttribute("aria-label")) ?? (await button.innerText());
      await button.click();
      await expect.poll(() => page.evaluate((was) => location.href !== was || (window as unknown as { changed?: number }).changed !== 0, before), { message: `${path}: “${name}” does something` }).toBe(true);
      if (page.url() !== before || (!opened && (await page.locator("dialog[open], [popover]:popover-open").count()) > 0)) {
        await page.goto(path);
        await hydrated(page);
        await page.waitForTimeout(300);
      }
    }
  }
  expect(changes).toEqual([]);
});

test("addresses that open a change open nothing, and no key changes anything", async ({ page }) => {
  for (const kind of ["edit", "reserve", "exclude", "delete"]) {
    await page.goto(`/networks/kea/80?${kind}=10.80.0.12`);
    await hydrated(page);
    await expect(row(page, "10.80.0.12")).toBeVisible();
    await page.waitForTimeout(300);
    await expect(page.locator("dialog[open]"), kind).toHaveCount(0);
  }
  await row(page, "10.80.0.12").focus();
  for (const key of ["n", "r", "e", "m", "b", "u", "Delete"]) await page.keyboard.press(key);
  await expect(page.locator("dialog[open]")).toHaveCount(0);
});
