// What is half typed is not lost on the way, and points in time are the reader's.
import { forget } from "../fixtures/outside.ts";
import { expect, hydrated, openSubnet, test } from "../fixtures/test.ts";

test.beforeEach(async ({ signIn }) => signIn("operator"));

test("CSV data that was not imported is there again, with what was said of it", async ({ page, open }) => {
  await open("/import?subnet=kea%2F90");
  await page.getByTestId("table-text").fill("mac,address\n02:14:00:00:13:01,10.90.0.74\n");
  await page.getByTestId("check-table").click();
  await expect(page.getByRole("heading", { name: "Preview" })).toBeVisible();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Changes" }).click();
  await expect(page.getByTestId("toast")).toContainText("kept on the import page");
  await page.getByRole("link", { name: "Import CSV" }).click();
  await expect(page.getByTestId("table-text")).toHaveValue(/10\.90\.0\.74/);
  await expect(page.getByLabel("Default subnet")).toHaveValue("kea/90");
  await expect(page.getByRole("heading", { name: "Preview" })).toBeVisible();
  await expect(page.getByTestId("outdated")).toHaveCount(0);
  await page.getByTestId("table-text").fill("");
});

test("what is typed to exclude addresses goes only when asked", async ({ page }) => {
  await openSubnet(page, 32);
  await page.goto("/networks/kea/32?exclude=10.32.0.13-10.32.0.20");
  await hydrated(page);
  const dialog = page.getByTestId("exclude-dialog");
  await expect(dialog.getByLabel("Last address")).toHaveValue("10.32.0.20");
  await dialog.getByLabel("Reason").fill("lifts");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Discard unsaved changes?" }).getByRole("button", { name: "Cancel" }).click();
  await expect(dialog.getByLabel("Reason")).toHaveValue("lifts");
  await page.keyboard.press("Escape");
  await page.getByTestId("confirm-discard").click();
  await expect(dialog).toHaveCount(0);
  await expect(page).toHaveURL(/\/networks\/kea\/32$/);
});

test.describe("where it is five and three quarter hours later than in Greenwich", () => {
  test.use({ timezoneId: "Asia/Kathmandu" });

  test("times are the reader's, with UTC in the tooltip", async ({ page, open }) => {
    await open("/");
    const hour = page.locator(".freshness .hour").first();
    await expect(hour).toHaveText(/^\d\d:\d\d:\d\d$/);
    const [, local, utc] = /^\S+ (\d\d:\d\d):\d\d \(\S+ (\d\d:\d\d):\d\d UTC\)$/.exec((await hour.getAttribute("title")) ?? "") ?? [];
    const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
    expect((minutes(local) - minutes(utc) + 1440) % 1440).toBe(345);

    await open("/networks/kea/80?open=10.80.0.31");
    const details = page.getByTestId("address-details");
    await expect(details).toContainText(/Renewed\s*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?! UTC)/);
    await expect(details.locator("[title$=UTC]").first()).toBeVisible();
  });

  test("days are the reader's, and a link names the same changes to everybody", async ({ page, open, call }) => {
    // Without a change the page has no filters.
    const identifier = { kind: "hw-address", value: "02:14:00:00:13:02" };
    const wanted = { subnet: { server: "kea", id: 90 }, identifier, address: "10.90.0.75", host_name: null, next_server: null, server_host_name: null, boot_file_name: null, note: null, record_name: null };
    expect((await call("/api/reservations/create", { new: wanted })).status).toBe(200);
    await forget(90, identifier.value);
    await open("/changes");
    await page.getByTestId("from-day").fill("2026-01-02");
    await page.getByTestId("to-day").fill("2026-01-02");
    await expect(page).toHaveURL(/from=1767291300&to=1767377700$/);
    await page.reload();
    await hydrated(page);
    await expect(page.getByTestId("from-day")).toHaveValue("2026-01-02");
    await expect(page.getByTestId("to-day")).toHaveValue("2026-01-02");
  });
});
