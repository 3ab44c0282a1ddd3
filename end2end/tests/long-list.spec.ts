// The way to an address in a list of thousands of rows, and the size of its pages.
import type { Page } from "@playwright/test";
import { expect, openSubnet, row, test } from "../fixtures/test.ts";

// The campus: 10.10.0.0/16, 1,600 leases.
const CAMPUS = 10;
const field = (page: Page) => page.getByTestId("go-to");
const sizes = (page: Page) => page.getByTestId("page-sizes");

test.beforeEach(async ({ context, signIn }) => {
  await signIn("operator");
  await context.clearCookies({ name: "rows" });
});

test("a field leads to the row of an address, wherever it is", async ({ page }) => {
  await openSubnet(page, CAMPUS);
  await field(page).fill("10.10.18.77");
  await field(page).press("Enter");
  await expect(page).toHaveURL(/\?at=10\.10\.18\.77$/);
  const there = page.locator("tr[data-row]:focus");
  await expect(there).toBeVisible();
  await expect(there).toBeInViewport();
  await expect(page.getByTestId("pager")).toContainText(/rows \d+01–/);
  // The last numbers are enough; an address that is in nobody's row is in that of a gap.
  await field(page).fill("200.250");
  await field(page).press("Enter");
  await expect(page).toHaveURL(/\?at=10\.10\.200\.250$/);
  await expect(page.locator("tr[data-row]:focus")).toContainText("free");
  await field(page).fill("10.20.0.1");
  await field(page).press("Enter");
  await expect(page.getByText("10.20.0.1 is outside of 10.10.0.0/16.")).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/\?at=10\.10\.18\.77$/);
  await page.getByTestId("pager").getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(/\?offset=\d+$/);
});

test("a colleague who is sent the address sees the row", async ({ page }) => {
  await openSubnet(page, CAMPUS, "?at=10.10.18.77&filter=leases");
  await expect(page.locator("tr[data-row]:focus")).toBeInViewport();
});

test("pages have the size that is chosen, here and on the next visit", async ({ page }) => {
  await openSubnet(page, CAMPUS);
  await expect(page.getByTestId("pager")).toContainText("rows 1–100 of");
  await sizes(page).getByRole("link", { name: "50", exact: true }).click();
  await expect(page).toHaveURL(/\?rows=50$/);
  await expect(page.getByTestId("pager")).toContainText("rows 1–50 of");
  await openSubnet(page, CAMPUS);
  await expect(page.getByTestId("pager")).toContainText("rows 1–50 of");
  await page.getByTestId("pager").getByRole("link", { name: "Next" }).click();
  await expect(page.getByTestId("pager")).toContainText("rows 51–100 of");
  await sizes(page).getByRole("link", { name: "100", exact: true }).click();
  await expect(page.getByTestId("pager")).toContainText("rows 1–100 of");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the field and the sizes work, and buttons that cannot are left out", async ({ page }) => {
    await page.goto(`/networks/kea/${CAMPUS}`);
    await page.getByTestId("go-to").fill("10.10.18.77");
    await page.getByTestId("go-to").press("Enter");
    await expect(page).toHaveURL(/[?&]at=10\.10\.18\.77/);
    await expect(page.getByTestId("pager")).not.toContainText("rows 1–");
    await sizes(page).getByRole("link", { name: "500" }).click();
    await expect(page.getByTestId("pager")).toContainText(/–\d*500 of/);
    for (const path of ["/", "/networks", `/networks/kea/${CAMPUS}`, "/search?q=10.10.18", "/servers", "/foreman", "/changes", "/import"]) {
      await page.goto(path);
      const buttons = page.locator("button:visible:not([popovertarget])");
      // What opens more with it is plain text: the address of a row.
      const dead = await buttons.evaluateAll((all) => all.filter((one) => !one.matches(".link, .row-link") && !one.closest("form")).map((one) => one.outerHTML));
      expect(dead, path).toEqual([]);
    }
  });
});
