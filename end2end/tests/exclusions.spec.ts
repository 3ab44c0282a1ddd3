// Ranges whose addresses are not handed out.
import type { Page } from "@playwright/test";
import { foreman } from "../fixtures/outside.ts";
import { expect, openSubnet, row, test } from "../fixtures/test.ts";

// Floor 3 west: reservations .11 and .12, the pool starts at .50.
const SUBNET = 32;
const key = { server: "kea", id: SUBNET };
const dialog = (page: Page) => page.getByTestId("exclude-dialog");
const list = (page: Page) => page.getByTestId("exclusion");

test.beforeEach(async ({ signIn }) => signIn("operator"));
test.afterEach(async ({ call }) => {
  const { body } = await call("/api/exclusions/list", { subnet: key });
  for (const { range } of body as { range: [string, string] }[]) await call("/api/exclusions/remove", { subnet: key, range });
});

test("addresses of a gap are excluded with a reason, and given out again when that is taken away", async ({ page }) => {
  await openSubnet(page, SUBNET);
  const gap = row(page, "10.32.0.13");
  await expect(gap).toContainText("37 free");
  await gap.getByRole("button", { name: "Exclude 10.32.0.13 – 10.32.0.49…" }).click();
  await expect(dialog(page).getByLabel("First address")).toHaveValue("10.32.0.13");
  await dialog(page).getByLabel("Last address").fill("10.32.0.20");
  await page.getByTestId("confirm-exclude").click();
  await expect(dialog(page)).toContainText("enter a reason");
  await dialog(page).getByLabel("Reason").fill("lift controllers");
  await dialog(page).getByLabel("Reason").press("Enter");
  await expect(page.getByTestId("toast").last()).toContainText("10.32.0.13 – 10.32.0.20 is excluded.");

  await expect(gap).toContainText("8 excluded");
  await expect(gap).toContainText("lift controllers");
  await expect(gap.getByRole("button", { name: "Reserve here" })).toHaveCount(0);
  await expect(row(page, "10.32.0.21")).toContainText("29 free");
  const none = await foreman("GET", "/dhcp/10.32.0.0/unused_ip?from=10.32.0.13&to=10.32.0.20");
  expect(await none.json()).toEqual({ ip: null });

  await page.getByTestId("exclusions").getByText("Exclusions").click();
  await expect(list(page)).toHaveCount(1);
  await expect(list(page)).toContainText("operator");
  await gap.focus();
  await page.keyboard.press("u");
  await page.getByTestId("confirm-include").click();
  await expect(gap).toContainText("37 free");
  await expect(list(page)).toHaveCount(0);
  const some = await foreman("GET", "/dhcp/10.32.0.0/unused_ip?from=10.32.0.13&to=10.32.0.20&mac=02:14:00:00:0e:21");
  expect(((await some.json()) as { ip: string }).ip).toMatch(/^10\.32\.0\.(1[3-9]|20)$/);
});

test("the list of exclusions is worked from the head of the page, and undone", async ({ page }) => {
  await openSubnet(page, SUBNET);
  await page.getByTestId("exclusions").getByText("Exclusions").click();
  await expect(page.getByTestId("exclusions")).toContainText("None: every free address can be suggested.");
  await page.getByTestId("exclusions").getByRole("button", { name: "Exclude addresses…" }).click();
  await page.getByTestId("confirm-exclude").click();
  await expect(dialog(page)).toContainText("is not an IPv4 address");
  await dialog(page).getByLabel("First address").fill("10.31.0.9");
  await dialog(page).getByLabel("Reason").fill("a single one");
  await expect(dialog(page)).toContainText("10.31.0.9 is outside of 10.32.0.0/24");
  await dialog(page).getByLabel("First address").fill("10.32.0.30");
  await page.getByTestId("confirm-exclude").click();
  await expect(list(page)).toContainText("a single one");
  await page.getByTestId("toast-undo").last().click();
  await expect(list(page)).toHaveCount(0);
});
