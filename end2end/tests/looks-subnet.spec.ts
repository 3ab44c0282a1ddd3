// What opens above the list of a subnet, and above every page, in every look.
import type { Page } from "@playwright/test";
import { inEveryLook } from "../fixtures/looks.ts";
import { forget } from "../fixtures/outside.ts";
import { expect, field, form, openSubnet, row, test } from "../fixtures/test.ts";

const SUBNET = 80;
const RESERVED = "10.80.0.12";
const MAC = "02:14:00:00:0f:03";
// Behind it are some rows, not all: of these axe is asked once, where nothing is above them.
const FEW = "?filter=reservations";
const look = (page: Page, name: string, reopen?: () => Promise<void>) => inEveryLook(page, name, { fullPage: false, reopen });

async function press(page: Page, key: string, address = RESERVED): Promise<void> {
  await row(page, address).focus();
  await page.keyboard.press(key);
}

test.setTimeout(180_000);

test.beforeEach(async ({ page, signIn }) => {
  await forget(SUBNET, MAC);
  await signIn("operator");
  await openSubnet(page, SUBNET, FEW);
});
test.afterEach(() => forget(SUBNET, MAC));

test("what is known of an address, and what became of it", async ({ page }) => {
  await press(page, "Enter", "10.80.0.31");
  await expect(page.getByTestId("address-details")).toBeVisible();
  await look(page, "details");
  await page.keyboard.press("Escape");
  await press(page, "Enter");
  await page.getByRole("tab", { name: "History" }).click();
  await expect(page.getByTestId("history").getByRole("link")).toBeVisible();
  await look(page, "details-history");
});

test("what is asked before something is excluded or deleted", async ({ page }) => {
  await page.getByTestId("exclusions").getByText("Exclusions").click();
  await look(page, "exclusions");
  await press(page, "b");
  await page.getByTestId("confirm-exclude").click();
  await expect(page.getByTestId("exclude-dialog")).toContainText("enter a reason");
  await look(page, "exclude");
  await page.keyboard.press("Escape");
  await press(page, "Delete");
  await expect(page.getByTestId("confirm-delete")).toBeVisible();
  await look(page, "delete");
});

test("menus, keys, the box, and a notice", async ({ page }) => {
  await page.getByLabel("Account").click();
  await look(page, "account");
  await page.getByLabel("Account").click();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await look(page, "keys");
  await page.keyboard.press("Escape");
  const openMenu = async () => {
    await page.keyboard.press("Escape");
    await row(page, RESERVED).getByTestId("row-menu").click();
    await expect(page.getByRole("menuitem").first()).toBeVisible();
  };
  await openMenu();
  await look(page, "row-menu", openMenu);
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Search" }).fill("print");
  await expect(page.getByRole("option").first()).toBeVisible();
  await look(page, "search-box");
  await page.getByRole("combobox", { name: "Search" }).fill("");

  await row(page, RESERVED).focus();
  await page.keyboard.press("n");
  await field(page, "address").fill("10.80.0.21");
  await field(page, "identifier").fill(MAC);
  await page.getByTestId("save-button").click();
  await expect(form(page)).toBeHidden();
  await expect(row(page, "10.80.0.21")).toBeVisible();
  await look(page, "toast");
});
