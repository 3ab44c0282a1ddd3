// Daily jobs, counted from the overview: clicks, fields that are typed into, keys besides. Leading the keys into the search box
// (`/`) belongs to its field.
import type { Locator, Page } from "@playwright/test";
import { MEMORY, foreman, forget, holders, kea, reserved, saveKea } from "../fixtures/outside.ts";
import { clientRows, expect, field, form, hydrated, row, test } from "../fixtures/test.ts";

const SUBNET = 90;
const MAC = "02:14:00:00:14:01";
const ADDRESS = "10.90.0.84";

/** What a job takes. */
class Effort {
  clicks = 0;
  fields = 0;
  keys = 0;

  constructor(private page: Page) {}

  async click(what: Locator): Promise<void> {
    await what.click();
    this.clicks += 1;
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
    this.keys += keys.length;
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    this.fields += 1;
  }

  /** Looks for something, as from every page. */
  async search(text: string): Promise<void> {
    await this.page.keyboard.press("/");
    await this.type(text);
    await this.press("Enter");
  }

  isAtMost(clicks: number, fields: number, keys: number): void {
    expect({ clicks: this.clicks, fields: this.fields, keys: this.keys }).toEqual({ clicks, fields, keys });
  }
}

const details = (page: Page) => page.getByTestId("address-details");
const toast = (page: Page) => page.getByTestId("toast").last();

async function reserve(name: string): Promise<void> {
  const reservation = { "subnet-id": SUBNET, "hw-address": MAC, "ip-address": ADDRESS, hostname: name };
  expect((await kea("reservation-add", { reservation, ...MEMORY })).result).toBe(0);
}

/** The console knows what was made behind its back some seconds later. */
async function known(page: Page, text: string): Promise<void> {
  await expect(async () => {
    await page.goto(`/networks/kea/${SUBNET}?text=${encodeURIComponent(text)}`);
    await hydrated(page);
    await expect(clientRows(page)).toHaveCount(1, { timeout: 300 });
  }).toPass({ timeout: 20_000 });
}

test.beforeEach(async ({ signIn }) => {
  await forget(SUBNET, MAC, ADDRESS);
  await signIn("operator");
});
test.afterEach(async () => {
  await forget(SUBNET, MAC, ADDRESS);
  await saveKea();
});

test("1–3: who has an address, a MAC address, a name: a field and a key to the details", async ({ page, open }) => {
  for (const text of ["10.80.0.31", "02:14:00:00:02:02", "plotter"]) {
    await open("/");
    const effort = new Effort(page);
    await effort.search(text);
    await expect(details(page)).toBeVisible();
    effort.isAtMost(0, 1, 1);
  }
});

test("4: a lease becomes a reservation: two keys when it is found", async ({ page, open }) => {
  const lease = { "ip-address": ADDRESS, "hw-address": MAC, "subnet-id": SUBNET, hostname: "job-4" };
  expect((await kea("lease4-add", lease)).result).toBe(0);
  await known(page, MAC);
  await open("/");
  const found = new Effort(page);
  await found.search(MAC);
  await expect(details(page)).toContainText("job-4");
  const effort = new Effort(page);
  await effort.press("r");
  await expect(field(page, "identifier")).toHaveValue(MAC);
  await effort.press("Enter");
  await expect(toast(page)).toContainText(`Reserved ${ADDRESS}`);
  effort.isAtMost(0, 0, 2);
});

test("5: the next free address for a MAC address", async ({ page, open }) => {
  await open("/");
  const way = new Effort(page);
  await way.search("10.90.0.0/24");
  await expect(page.getByTestId("reserve-button")).toBeVisible();
  const effort = new Effort(page);
  await effort.press("n");
  await expect(field(page, "identifier")).toBeFocused();
  await effort.type(MAC);
  await effort.press("Enter");
  await expect(toast(page)).toContainText(`for ${MAC}.`);
  // With the way to the subnet: another field, and three keys in all.
  effort.isAtMost(0, 1, 2);
  way.isAtMost(0, 1, 1);
});

test("6: another name: two clicks", async ({ page, open }) => {
  await reserve("job-6");
  await known(page, "job-6");
  await open("/");
  const effort = new Effort(page);
  await effort.search("job-6");
  await effort.click(details(page).getByRole("button", { name: "Edit reservation" }));
  await field(page, "host_name").fill("job-6-new");
  await effort.click(page.getByTestId("save-button"));
  await expect(toast(page)).toContainText("Changed the reservation");
  expect(effort.clicks).toBeLessThanOrEqual(2);
});

test("6 with keys alone: twelve at most", async ({ page, open }) => {
  await reserve("job-7");
  await known(page, "job-7");
  await open("/");
  const effort = new Effort(page);
  await effort.press("/");
  await effort.type("job-7");
  await effort.press("Enter");
  await expect(details(page)).toBeVisible();
  await effort.press("e");
  await expect(form(page)).toBeVisible();
  for (let tabs = 0; tabs < 8 && !(await field(page, "host_name").evaluate((one) => one === document.activeElement)); tabs++) await effort.press("Tab");
  await effort.type("job-7-new");
  await effort.press("Enter");
  await expect(toast(page)).toContainText("Changed the reservation");
  expect(effort.keys).toBeLessThanOrEqual(12);
  expect(await reserved(SUBNET, MAC)).toMatchObject({ hostname: "job-7-new" });
});

test("7: a reservation goes: two clicks, and a third brings it back", async ({ page, open }) => {
  await reserve("job-8");
  await known(page, "job-8");
  await open("/");
  const effort = new Effort(page);
  await effort.search("job-8");
  await effort.click(details(page).getByRole("button", { name: "Delete reservation" }));
  await effort.click(page.getByTestId("confirm-delete"));
  await expect(toast(page)).toContainText("Deleted the reservation");
  effort.isAtMost(2, 1, 1);
  await effort.click(page.getByTestId("toast-undo").last());
  await expect(toast(page)).toContainText("is restored");
  effort.isAtMost(3, 1, 1);
});

test("19: what was changed, by whom, and back: four clicks, one of them the question", async ({ page, open, call }) => {
  const wanted = { subnet: { server: "kea", id: SUBNET }, identifier: { kind: "hw-address", value: MAC }, address: ADDRESS, host_name: "job-19", next_server: null, server_host_name: null, boot_file_name: null, note: null, record_name: null };
  expect((await call("/api/reservations/create", { new: wanted })).status).toBe(200);
  await open("/");
  const effort = new Effort(page);
  await effort.click(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Changes" }));
  await effort.click(page.getByTestId("change-row").filter({ hasText: ADDRESS }).first().getByRole("button", { name: /: details$/ }));
  await expect(page.getByTestId("change-detail")).toContainText("operator");
  await effort.click(page.getByTestId("change-acts").getByRole("button", { name: "Undo", exact: true }));
  await effort.click(page.getByTestId("confirm-act"));
  await expect(toast(page)).toContainText("is undone");
  effort.isAtMost(4, 0, 0);
});

test("20: all reservations as a file: two clicks; some loaded: three clicks and a field", async ({ page, context, open }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open("/");
  const out = new Effort(page);
  await out.click(page.getByRole("link", { name: "Import CSV" }));
  const file = page.waitForEvent("download");
  await out.click(page.getByTestId("export-table"));
  await file;
  out.isAtMost(2, 0, 0);

  await open("/");
  await page.evaluate((text) => navigator.clipboard.writeText(text), `subnet,mac,address\nkea/${SUBNET},${MAC},${ADDRESS}\n`);
  const load = new Effort(page);
  await load.click(page.getByRole("link", { name: "Import CSV" }));
  await page.getByTestId("table-text").focus();
  await page.keyboard.press("Control+v");
  load.fields += 1;
  await load.click(page.getByTestId("apply-table"));
  await load.click(page.getByTestId("confirm-apply"));
  await expect(page.getByRole("heading", { name: "Result" })).toBeVisible({ timeout: 15_000 });
  load.isAtMost(3, 1, 0);
  expect(await reserved(SUBNET, MAC)).toMatchObject({ "ip-address": ADDRESS });
});

test("a conflict of Foreman is found and cleared", async ({ page, open }) => {
  await reserve("job-f");
  const form = { mac: "02:14:00:00:14:02", ip: ADDRESS, hostname: "new-host", name: "new-host" };
  expect((await foreman("POST", "/dhcp/10.90.0.0", form)).status).toBe(409);
  await open("/foreman");
  const effort = new Effort(page);
  await effort.click(page.getByTestId("call-row").first().getByRole("button"));
  await effort.click(page.getByTestId("free-it"));
  await effort.click(page.getByTestId("confirm-free"));
  await expect(toast(page)).toContainText(`${ADDRESS} is free`);
  effort.isAtMost(3, 0, 0);
  expect(await reserved(SUBNET, MAC)).toBeUndefined();
  await open("/");
  await expect(row(page, ADDRESS)).toHaveCount(0);
});

test("a name server in fifteen subnets and more: five clicks and a field, undone as one", async ({ page, open, call }) => {
  const server = "10.255.255.53";
  const made = Array.from({ length: 15 }, (_, at) => ({ id: 2_000 + at, subnet: `10.199.${at}.0/24` }));
  const change = async (edits: unknown[]) => {
    const request = { edits: JSON.stringify(edits), reuse_ids: true };
    expect((await call("/api/config/apply", { server: "kea", request })).status).toBe(200);
  };
  await change(made.map((value) => ({ op: "add", path: "subnet4", value })));
  try {
    await open("/");
    const effort = new Effort(page);
    await effort.click(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Networks" }));
    await effort.click(page.getByRole("link", { name: "Change several" }));
    await hydrated(page);
    const bulk = page.getByTestId("bulk");
    await bulk.getByLabel("Option", { exact: true }).selectOption("6");
    effort.clicks += 1;
    await bulk.getByLabel("Value").fill(server);
    effort.fields += 1;
    await effort.click(page.getByTestId("review"));
    await expect(page.getByTestId("review-words")).toContainText(server, { timeout: 20_000 });
    await effort.click(page.getByTestId("apply"));
    await expect(page.getByText(/^Applied and saved on kea/)).toBeVisible({ timeout: 30_000 });
    effort.isAtMost(5, 1, 0);
    const having = await holders(server);
    expect(made.filter(({ id }) => !having.includes(id))).toEqual([]);
    await page.getByTestId("toast-undo").last().click();
    await expect(page.getByText("Undone: the server has its previous configuration again.")).toBeVisible({ timeout: 30_000 });
    expect(await holders(server)).toEqual([]);
  } finally {
    await change(made.map(({ id }) => ({ op: "remove", path: `subnet4[id=${id}]` })));
  }
});
