// Notices offer to undo for as long as that is possible.
import type { Page } from "@playwright/test";
import { forget } from "../fixtures/outside.ts";
import { expect, openSubnet, row, test } from "../fixtures/test.ts";

// The warehouse.
const SUBNET = 90;
const MAC = "02:14:00:00:0f:01";
const ADDRESS = "10.90.0.77";
const notice = (page: Page, text: string) => page.getByTestId("toast").filter({ hasText: text });

const wanted = (name: string) => ({
  subnet: { server: "kea", id: SUBNET }, identifier: { kind: "hw-address", value: MAC }, address: ADDRESS, host_name: name,
  next_server: null, server_host_name: null, boot_file_name: null, note: null, record_name: null,
});

test.beforeEach(async ({ signIn }) => {
  await forget(SUBNET, MAC);
  await signIn("operator");
});
test.afterEach(() => forget(SUBNET, MAC));

test("what was changed again is not offered to be undone", async ({ page, call }) => {
  const made = await call("/api/reservations/create", { new: wanted("lamp-1") });
  expect(made.status).toBe(200);
  await openSubnet(page, SUBNET, `?text=${ADDRESS}`);
  await row(page, ADDRESS).focus();
  await page.keyboard.press("Delete");
  await page.getByTestId("confirm-delete").click();
  const deleted = notice(page, `Deleted the reservation of ${ADDRESS}.`);
  await expect(deleted.getByTestId("toast-undo")).toBeVisible();

  // What it can still be done about stays, whatever else happens in the subnet.
  const other = { ...wanted("lamp-2"), address: "10.90.0.78", identifier: { kind: "hw-address", value: "02:14:00:00:0f:02" } };
  const beside = await call("/api/reservations/create", { new: other });
  expect(beside.status).toBe(200);
  await expect(page.getByText("live,")).toBeVisible();
  await page.waitForTimeout(3_000);
  await expect(deleted).toBeVisible();
  await forget(SUBNET, "02:14:00:00:0f:02");

  expect((await call("/api/reservations/create", { new: wanted("lamp-3") })).status).toBe(200);
  await expect(deleted).toHaveCount(0, { timeout: 6_000 });
});

test("an exclusion that somebody else removed is not offered to be undone", async ({ page, call }) => {
  const range = ["10.90.0.77", "10.90.0.79"];
  const subnet = { server: "kea", id: SUBNET };
  await openSubnet(page, SUBNET);
  await page.getByTestId("exclusions").getByText("Exclusions").click();
  await page.getByTestId("exclusions").getByRole("button", { name: "Exclude addresses…" }).click();
  const dialog = page.getByTestId("exclude-dialog");
  await dialog.getByLabel("First address").fill(range[0]);
  await dialog.getByLabel("Last address").fill(range[1]);
  await dialog.getByLabel("Reason").fill("lamps");
  await page.getByTestId("confirm-exclude").click();
  const excluded = notice(page, "is excluded.");
  await expect(excluded.getByTestId("toast-undo")).toBeVisible();
  expect((await call("/api/exclusions/remove", { subnet, range })).status).toBe(200);
  await expect(excluded).toHaveCount(0, { timeout: 6_000 });
});
