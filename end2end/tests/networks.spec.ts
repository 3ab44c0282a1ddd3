import type { Page } from "@playwright/test";
import { expect, hydrated, test } from "../fixtures/test.ts";

test.beforeEach(async ({ signIn }) => signIn("viewer"));

const links = (page: Page) => page.getByRole("table", { name: "Subnets" }).locator("tbody a.row-link");
const filter = (page: Page) => page.getByRole("searchbox", { name: "Filter subnets" });

test("every subnet is listed, those of a shared network together", async ({ page, open }) => {
  await open("/networks");
  await expect(links(page)).toHaveCount(11);
  await expect(page.getByText("11 subnets", { exact: true })).toBeVisible();
  await expect(page.getByRole("rowheader", { name: "floor-3" })).toBeVisible();
  const office = page.getByRole("row").filter({ hasText: "10.20.0.0/24" });
  await expect(office).toContainText("office");
  await expect(office).toContainText("10.20.0.1");
  await expect(page.getByRole("row").filter({ hasText: "10.70.0.0/24" })).toContainText("no pools");
});

test("the filter knows prefixes, names, shared networks and addresses inside", async ({ page, open }) => {
  await open("/networks");
  for (const [text, expected] of [
    ["10.20.", ["10.20.0.0/24"]],
    ["PRINT", ["10.80.0.0/24"]],
    ["floor-3", ["10.31.0.0/24", "10.32.0.0/24"]],
    ["10.50.2.77", ["10.50.0.0/22"]],
  ] as const) {
    await filter(page).fill(text);
    await expect(links(page)).toHaveText(expected);
  }
  await expect(page).toHaveURL(/\/networks\?text=10\.50\.2\.77$/);
  await page.reload();
  await hydrated(page);
  await expect(links(page)).toHaveText(["10.50.0.0/22"]);
  await expect(filter(page)).toHaveValue("10.50.2.77");

  await filter(page).fill("no such thing");
  await expect(page.getByText("No subnet matches")).toBeVisible();
  await page.getByRole("link", { name: "Show all" }).click();
  await expect(links(page)).toHaveCount(11);
});

test("columns sort, and the address of the page remembers it", async ({ page, open }) => {
  await open("/networks");
  const head = (name: string) => page.getByRole("columnheader", { name }).getByRole("link");
  await head("Name").click();
  await expect(links(page).first()).toHaveText("10.100.0.0/24");
  await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
  await head("Name").click();
  await expect(links(page).first()).toHaveText("10.90.0.0/24");
  await head("Used").click();
  await expect(links(page).first()).toHaveText("10.50.0.0/22");
  await page.reload();
  await hydrated(page);
  await expect(links(page).first()).toHaveText("10.50.0.0/22");
  await page.goBack();
  await expect(links(page).first()).toHaveText("10.90.0.0/24");
});

test("a subnet opens", async ({ page, open }) => {
  await open("/networks");
  await links(page).getByText("10.60.0.0/29").click();
  await expect(page).toHaveURL(/\/networks\/kea\/60$/);
  await expect(page.getByTestId("subnet-header")).toContainText("dmz");
  await expect(page).toHaveTitle("10.60.0.0/29 · Nestor");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("list, filter and order work", async ({ page }) => {
    await page.goto("/networks");
    await expect(links(page)).toHaveCount(11);
    await filter(page).fill("floor");
    await filter(page).press("Enter");
    await expect(links(page)).toHaveText(["10.31.0.0/24", "10.32.0.0/24"]);
    await page.goto("/networks?sort=-used");
    await expect(links(page).first()).toHaveText("10.50.0.0/22");
    await links(page).first().click();
    await expect(page.getByTestId("subnet-header")).toContainText("guest-wifi");
  });
});
