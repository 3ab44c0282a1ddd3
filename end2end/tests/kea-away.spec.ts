// What the console shows while Kea is away, kept as target/browser/screenshots/kea-away-*.png.
import type { Page } from "@playwright/test";
import { killKea, restartKea, saveKea } from "../fixtures/outside.ts";
import { expect, field, form, hydrated, openSubnet, row, test } from "../fixtures/test.ts";

const shoot = (page: Page, name: string, fullPage = false) => page.screenshot({ path: `../target/browser/screenshots/kea-away-${name}.png`, fullPage });

test.setTimeout(120_000);
test.beforeEach(saveKea);
test.afterEach(() => restartKea());

test("pages say so, keep what they know, and recover by themselves", async ({ page, open, signIn, complaints }) => {
  complaints.announce(/status 502|status of 502/);
  await signIn("operator");
  await openSubnet(page, 20);
  const overview = await page.context().newPage();
  await overview.goto("/");
  await hydrated(overview);

  killKea();
  await page.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
  await expect(page.getByRole("alert")).toBeVisible({ timeout: 15_000 });
  await expect(page.getByRole("alert")).toContainText(/kea/i);
  await expect(row(page, "10.20.0.51"), "what was known stays").toBeVisible();
  await shoot(page, "subnet-open-light");

  // A reservation that cannot be made is not said to be made.
  await page.keyboard.press("n");
  await field(page, "address").fill("10.20.0.99");
  await field(page, "identifier").fill("02:14:00:00:0f:09");
  await page.getByTestId("save-button").click();
  await expect(form(page).getByRole("alert")).toBeVisible({ timeout: 15_000 });
  await shoot(page, "form-light");
  await page.keyboard.press("Escape");
  if (await page.getByTestId("confirm-discard").isVisible()) await page.getByTestId("confirm-discard").click();

  const fresh = await page.context().newPage();
  for (const [name, path] of [["overview", "/"], ["networks", "/networks"], ["subnet", "/networks/kea/80"], ["search", "/search?q=printer"], ["foreman", "/foreman"]] as const) {
    await fresh.goto(path);
    await hydrated(fresh);
    if (name !== "foreman") await expect(fresh.getByText(/does not answer|not answer|unreachable/i).first()).toBeVisible();
    for (const colorScheme of ["light", "dark"] as const) {
      await fresh.emulateMedia({ colorScheme });
      await shoot(fresh, `${name}-${colorScheme}`, true);
    }
  }
  await fresh.close();
  await expect(overview.getByText("unreachable").first(), "an open overview notices").toBeVisible({ timeout: 20_000 });
  await open("/networks/kea/80");
  const stranded = page;
  expect(((await (await fetch(`${process.env.NESTOR_URL}readyz`)).text()) || "").length).toBeGreaterThan(0);

  await restartKea();
  await expect(overview.getByText("serving", { exact: true }).first(), "an open overview recovers").toBeVisible({ timeout: 20_000 });
  await expect(row(stranded, "10.80.0.12"), "an open subnet page recovers").toBeVisible({ timeout: 20_000 });
  await overview.close();
});
