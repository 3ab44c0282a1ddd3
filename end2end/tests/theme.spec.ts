import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/test.ts";

test.beforeEach(async ({ signIn }) => signIn("viewer"));

async function choose(page: Page, theme: string): Promise<void> {
  await page.getByLabel("Account").click();
  await page.getByRole("group", { name: "Theme" }).getByRole("button", { name: theme }).click();
  await page.keyboard.press("Escape");
}

/** How light the page is, 0 to 255. */
function lightness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    if (!canvas) throw new Error("no canvas");
    canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / 3;
  });
}

test("the chosen theme is in the page that the server sends, so that nothing flashes", async ({ page, open }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await open("/");
  expect(await lightness(page)).toBeGreaterThan(200);
  await choose(page, "Dark");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(await lightness(page)).toBeLessThan(80);
  for (const path of ["/", "/networks", "/login"]) {
    expect(await (await page.request.get(path)).text(), path).toMatch(/<html[^>]* data-theme="dark"/);
  }
  await page.reload();
  expect(await lightness(page)).toBeLessThan(80);
  await expect(page.locator("html[data-hydrated]")).toHaveAttribute("data-theme", "dark");

  await choose(page, "Light");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.reload();
  expect(await lightness(page)).toBeGreaterThan(200);
});

test("without a choice the system decides, also while one looks", async ({ page, open }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await open("/");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "system");
  expect(await lightness(page)).toBeLessThan(80);
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(() => lightness(page)).toBeGreaterThan(200);
});

test("the switch shows what is on", async ({ page, open }) => {
  await open("/");
  await choose(page, "Dark");
  await page.reload();
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
  await page.getByLabel("Account").click();
  const pressed = page.getByRole("group", { name: "Theme" }).getByRole("button", { pressed: true });
  await expect(pressed).toHaveText(/Dark/);
});
