import type { Locator, Page } from "@playwright/test";
import { MEMORY, foreman, foremanUrl, forget, kea, reserved } from "../fixtures/outside.ts";
import { expect, hydrated, test } from "../fixtures/test.ts";

const OLD = "02:14:00:00:0d:01";
const NEW = "02:14:00:00:0d:02";

const rows = (page: Page) => page.getByTestId("call-row");
const filter = (page: Page, name: string) => page.getByTestId("call-filters").getByRole("link", { name, exact: true });
const detail = (page: Page) => page.getByTestId("call-detail");

/** Opens the details of a call. */
async function unfold(row: Locator): Promise<void> {
  await row.getByRole("button").click();
}

/** A reservation that is in the way of what Foreman then asks for: answers the refused call. */
async function clash(ip: string, host: string): Promise<{ status: number; again: () => Promise<number> }> {
  for (const mac of [OLD, NEW]) await forget(20, mac);
  const reservation = { "subnet-id": 20, "hw-address": OLD, "ip-address": ip, hostname: "old-owner", "next-server": "10.20.0.5", "boot-file-name": "old.0" };
  expect((await kea("reservation-add", { reservation, ...MEMORY })).result).toBe(0);
  const form = { mac: NEW, ip, hostname: host, name: host };
  const post = async () => (await foreman("POST", "/dhcp/10.20.0.0", form)).status;
  return { status: await post(), again: post };
}

test.afterEach(async () => {
  for (const mac of [OLD, NEW]) await forget(20, mac);
});

test.describe("an operator", () => {
  test.beforeEach(async ({ signIn }) => signIn("operator"));

  test("sees calls as they come in, in words", async ({ page, open }) => {
    await foreman("GET", "/version");
    await open("/foreman");
    await expect(page.getByText("live: new calls appear automatically")).toBeVisible();
    await page.evaluate(() => document.documentElement.setAttribute("data-not-reloaded", ""));
    await fetch(`${foremanUrl()}/dhcp/10.20.0.0/mac/02:14:00:00:0d:0a`, { headers: { "x-request-id": "live-1" } });
    const row = rows(page).first();
    await expect(row).toContainText("Look up 02:14:00:00:0d:0a");
    await expect(row).toContainText("in 10.20.0.0");
    await expect(row).toContainText("nothing there");
    await expect(row).toContainText("404");
    await expect(row).toContainText(/\d ms/);
    await expect(row).toHaveClass(/is-quiet/);
    await expect(row).toHaveClass(/is-new/);
    await expect(page.locator("html[data-not-reloaded]")).toHaveCount(1);

    await unfold(row);
    await expect(detail(page)).toContainText("GET /dhcp/10.20.0.0/mac/02:14:00:00:0d:0a");
    await expect(detail(page).getByLabel("request id", { exact: true })).toHaveValue("live-1");
    await expect(detail(page)).toContainText("There is no such record.");
  });

  test("can stop what comes in, and let it in again", async ({ page, open, context }) => {
    await foreman("GET", "/version?pause=before");
    await open("/foreman?text=pause%3D");
    await expect(rows(page)).not.toHaveCount(0);
    const before = await rows(page).count();
    await page.getByRole("button", { name: "Pause" }).click();
    await expect(page.getByText("paused", { exact: true })).toBeVisible();
    const beside = await context.newPage();
    await beside.goto("/foreman?text=pause%3D");
    await hydrated(beside);
    await page.bringToFront();
    // Where the page is not paused they are there one after the other: by then the paused page has had its time, too.
    for (const [at, when] of ["meanwhile", "later"].entries()) {
      await foreman("GET", `/version?pause=${when}`);
      await expect(rows(beside)).toHaveCount(before + at + 1);
    }
    await beside.close();
    await expect(rows(page)).toHaveCount(before);
    await page.getByRole("button", { name: "Resume" }).click();
    await expect(rows(page)).toHaveCount(before + 2);
  });

  test("finds calls by kind and by text, and the address of the page says so", async ({ page, open }) => {
    const { status } = await clash("10.20.0.91", "filtered-1.example.org");
    expect(status).toBe(409);
    await foreman("GET", "/dhcp/10.20.0.0/unused_ip?from=10.20.0.92&to=10.20.0.93");
    await foreman("GET", "/dhcp");
    await open("/foreman");
    await filter(page, "Problems").click();
    await expect(page).toHaveURL(/filter=problems/);
    await expect(rows(page).first()).toContainText("Reserve 10.20.0.91");
    expect(await rows(page).evaluateAll((all) => all.every((row) => /is-bad|is-warn/.test(row.className)))).toBe(true);

    await filter(page, "Changes").click();
    await expect(rows(page).first()).toContainText("Ask for a free address in 10.20.0.0");
    await expect(rows(page).first()).toContainText("between 10.20.0.92 and 10.20.0.93");
    await expect(rows(page).filter({ hasText: "List subnets" })).toHaveCount(0);

    await page.getByRole("searchbox", { name: "Only calls with this text" }).fill("FILTERED-1");
    await expect(rows(page).first()).toContainText("filtered-1.example.org");
    await expect(rows(page).filter({ hasText: "free address" })).toHaveCount(0);
    await page.reload();
    await expect(rows(page).first()).toContainText("filtered-1.example.org");
    await expect(page.getByRole("searchbox", { name: "Only calls with this text" })).toHaveValue("FILTERED-1");
    await page.getByRole("searchbox", { name: "Only calls with this text" }).fill("no such call at all");
    await expect(page.getByText("No matching calls")).toBeVisible();
    await page.getByRole("link", { name: "Show all calls" }).click();
    await expect(page).toHaveURL(/\/foreman$/);
    await expect(rows(page).filter({ hasText: "List subnets" }).first()).toBeVisible();
  });

  test("pages through older calls", async ({ page, open }) => {
    const mark = `page-${Date.now()}`;
    for (let n = 0; n < 105; n++) await foreman("GET", `/v2/features?${mark}=${n}`);
    await open(`/foreman?text=${mark}`);
    await expect(rows(page)).toHaveCount(100);
    await page.getByTestId("older").click();
    await expect(rows(page)).toHaveCount(5);
    await expect(page.getByTestId("older")).toHaveCount(0);
    await page.getByRole("link", { name: "Newest" }).click();
    await expect(rows(page)).toHaveCount(100);
  });

  test("sees why no address was free", async ({ page, open }) => {
    const answer = await foreman("GET", "/dhcp/10.60.0.0/unused_ip?from=10.60.0.2&to=10.60.0.3");
    expect(await answer.json()).toEqual({ ip: null });
    await open("/foreman?filter=problems");
    const row = rows(page).first();
    await expect(row).toContainText("none free");
    await expect(row).toHaveClass(/is-warn/);
    await unfold(row);
    await expect(detail(page).getByTestId("call-advice")).toContainText("Widen the IP range");
    await expect(detail(page).getByRole("heading", { name: "Why" })).toBeVisible();
    await expect(detail(page)).toContainText("from");
  });

  test("keeps the record that was in the way, then frees it, and Foreman gets through", async ({ page, open }) => {
    await foreman("GET", "/version");
    const { status, again } = await clash("10.20.0.94", "fresh-1.example.org");
    expect(status).toBe(409);
    await open("/foreman");
    const row = rows(page).first();
    await expect(row).toHaveClass(/is-bad/);
    await expect(row).toContainText("refused");
    await expect(row).toContainText(`reserved for old-owner, ${OLD}`);

    // With the keys alone, and the focus comes back.
    const open_ = row.getByRole("button");
    await open_.focus();
    await page.keyboard.press("ArrowDown");
    await expect(rows(page).nth(1).getByRole("button")).toBeFocused();
    await page.keyboard.press("ArrowUp");
    await expect(open_).toBeFocused();
    await page.keyboard.press("Enter");
    const box = detail(page).getByTestId("clash");
    await expect(box).toContainText("old-owner");
    await expect(box).toContainText("old.0");
    await page.keyboard.press("Escape");
    await expect(detail(page)).toBeHidden();
    await expect(open_).toBeFocused();
    expect(await reserved(20, OLD)).toBeTruthy();

    await open_.click();
    await box.getByTestId("free-it").click();
    await expect(page.getByRole("dialog", { name: "Delete the reservation of 10.20.0.94?" })).toContainText("old-owner");
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await reserved(20, OLD)).toBeTruthy();
    await box.getByTestId("free-it").click();
    await page.getByTestId("confirm-free").click();
    await expect(page.getByTestId("toast")).toContainText("10.20.0.94 is free. Retry in Foreman");
    await expect(detail(page)).toBeHidden();
    expect(await reserved(20, OLD)).toBeUndefined();

    expect(await again()).toBe(200);
    await expect(rows(page).first()).toContainText("done");
    await expect(rows(page).first()).toContainText("Reserve 10.20.0.94");
  });

  test("can take the freeing back", async ({ page, open }) => {
    await clash("10.20.0.95", "fresh-2.example.org");
    await open("/foreman");
    await unfold(rows(page).first());
    await detail(page).getByTestId("free-it").click();
    await page.getByTestId("confirm-free").click();
    await page.getByTestId("toast-undo").click();
    await expect(page.getByText("The reservation of 10.20.0.95 is restored.")).toBeVisible();
    expect(await reserved(20, OLD)).toMatchObject({ "ip-address": "10.20.0.95", "boot-file-name": "old.0" });
  });

  test("says when the record is gone or changed meanwhile, and finds it in its subnet", async ({ page, open, complaints }) => {
    complaints.announce(/status 404: POST \S+\/api\/reservations\/get/, /status of 404/);
    await clash("10.20.0.96", "fresh-3.example.org");
    await forget(20, OLD);
    const reservation = { "subnet-id": 20, "hw-address": OLD, "ip-address": "10.20.0.96", hostname: "renamed" };
    await kea("reservation-add", { reservation, ...MEMORY });
    await open("/foreman");
    await unfold(rows(page).first());
    await expect(detail(page)).toContainText("It was changed since: when Foreman called, it had the name old-owner.");
    await page.keyboard.press("Escape");
    await forget(20, OLD);
    await unfold(rows(page).first());
    await expect(detail(page)).toContainText("It no longer exists.");
    await expect(detail(page).getByTestId("free-it")).toHaveCount(0);
    await detail(page).getByRole("link", { name: "See 10.20.0.96 in its subnet" }).click();
    await expect(page).toHaveURL(/\/networks\/kea\/20\?text=10\.20\.0\.96$/);
  });
});

test("who may only look cannot free", async ({ page, open, signIn }) => {
  await clash("10.20.0.97", "fresh-4.example.org");
  await signIn("viewer");
  await open("/foreman");
  await unfold(rows(page).first());
  await expect(detail(page).getByTestId("clash")).toContainText("old-owner");
  await expect(detail(page).getByTestId("clash")).toContainText("You can view it, but not delete it.");
  await expect(page.getByTestId("free-it")).toHaveCount(0);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the list is there, and its links and its filter work", async ({ page, signIn }) => {
    await foreman("GET", "/version?plain=1");
    await signIn("viewer");
    await page.goto("/foreman");
    await expect(rows(page).first()).toContainText("Ask for the version");
    await page.getByRole("searchbox", { name: "Only calls with this text" }).fill("plain=1");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/text=plain%3D1/);
    await expect(rows(page).first()).toContainText("Ask for the version");
    await filter(page, "Problems").click();
    await expect(page.getByText("No matching calls")).toBeVisible();
    await page.getByRole("link", { name: "Subnets", exact: true }).click();
    await expect(page.getByTestId("foreman-subnet").first()).toBeVisible();
  });
});
