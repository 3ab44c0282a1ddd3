// What people take elsewhere is one click or one key away.
import type { Page } from "@playwright/test";
import { expect, row, test } from "../fixtures/test.ts";

// The warehouse: reservations .11 to .14.
const SUBNET = 90;
const ADDRESS = "10.90.0.11";
const taken = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
const toast = (page: Page) => page.getByTestId("toast").last();

test.beforeEach(async ({ context, signIn }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn("viewer");
});

test("the row that is pointed at offers its address, MAC address and name, and moves nothing", async ({ page }) => {
  await openSubnetAsViewer(page);
  const here = row(page, ADDRESS);
  const buttons = here.locator(".copy-button");
  await expect(buttons).toHaveCount(3);
  await page.mouse.move(0, 0);
  await expect(buttons.first()).toHaveCSS("opacity", "0");
  const before = await here.boundingBox();
  await here.hover();
  for (const button of await buttons.all()) await expect(button).toHaveCSS("opacity", "1");
  expect(await here.boundingBox()).toEqual(before);
  for (const [what, pattern] of [["address", /^10\.90\.0\.11$/], ["MAC address", /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/], ["name", /^[a-z]/]] as const) {
    await here.getByRole("button", { name: new RegExp(`^Copy the ${what} `) }).click();
    await expect(toast(page)).toContainText("Copied ");
    expect(await taken(page)).toMatch(pattern);
  }
  await expect(page.getByTestId("address-details"), "a button of the row does not open it").toHaveCount(0);
});

test("keys copy from the row that has the focus, in every list", async ({ page, open }) => {
  await openSubnetAsViewer(page);
  await row(page, ADDRESS).focus();
  await page.keyboard.press("y");
  await expect(toast(page)).toContainText(`Copied ${ADDRESS}.`);
  await page.keyboard.press("c");
  await expect.poll(() => taken(page)).toMatch(/^([0-9a-f]{2}:){5}/);
  const mac = await taken(page);
  await open(`/search?q=${ADDRESS}`);
  await page.locator("tbody .row-link").first().focus();
  await page.keyboard.press("c");
  await expect(toast(page)).toContainText(`Copied ${mac}.`);
  await page.keyboard.press("h");
  await expect.poll(() => taken(page)).toMatch(/^[a-z][-a-z0-9.]+$/);
});

test("in a drawer the buttons are always seen, and stops of the tab key", async ({ page, open }) => {
  await open(`/networks/kea/${SUBNET}?open=${ADDRESS}`);
  const drawer = page.getByTestId("address-details");
  const button = drawer.getByRole("button", { name: `Copy the address ${ADDRESS}` }).first();
  await expect(button).toHaveCSS("opacity", "1");
  await button.focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => taken(page)).toBe(ADDRESS);
});

async function openSubnetAsViewer(page: Page): Promise<void> {
  await page.goto(`/networks/kea/${SUBNET}`);
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
  await expect(row(page, ADDRESS)).toBeVisible();
}
