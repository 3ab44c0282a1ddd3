import { addresses, chip, clientRows, expect, form, hydrated, openSubnet, row, test } from "../fixtures/test.ts";
import { kea } from "../fixtures/outside.ts";

test.beforeEach(async ({ signIn }) => signIn("operator"));

test.describe("what is shown", () => {
  test("the head says what the subnet is", async ({ page }) => {
    await openSubnet(page, 10);
    const head = page.getByTestId("subnet-header");
    for (const text of ["10.10.0.0/16", "campus", "10.10.0.1", "10.10.0.2, 10.10.0.3", "campus.example.org", "4 days"]) {
      await expect(head).toContainText(text);
    }
    await head.getByText("Pools").click();
    await expect(head.getByText("10.10.200.0 – 10.10.200.127")).toBeVisible();
    await expect(head.getByText("only for class pxe-uefi")).toBeVisible();
    await head.getByText("Options").click();
    await expect(head.getByText("interface-mtu")).toBeVisible();
  });

  test("special addresses, gaps, leases and reservations are one list in order", async ({ page }) => {
    await openSubnet(page, 80);
    await expect(row(page, "10.80.0.0")).toContainText("network address");
    await expect(row(page, "10.80.0.1")).toContainText("gateway");
    await expect(row(page, "10.80.0.255")).toContainText("broadcast address");
    const gap = row(page, "10.80.0.2");
    await expect(gap).toContainText("9 free");
    await expect(gap).toContainText("outside pools");
    await expect(gap.getByRole("button", { name: "Reserve here" })).toBeVisible();
    await expect(row(page, "10.80.0.11")).toContainText("printer-01");
    await expect(row(page, "10.80.0.11")).toContainText("reserved, in use");
    await expect(row(page, "10.80.0.13")).toContainText("reserved, idle");

    const shown = await page.locator("tr[data-row]").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-address") ?? ""));
    const number = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    expect(shown).toEqual([...shown].sort((a, b) => number(a) - number(b)));
  });

  test("a conflict is explained with both clients and a way out", async ({ page }) => {
    await openSubnet(page, 80);
    const conflict = row(page, "10.80.0.31");
    await expect(conflict).toContainText("conflict");
    const line = conflict.locator("xpath=following-sibling::tr[1]");
    await expect(line).toContainText("Reserved for MAC address 02:50:00:01:00:08, but leased by MAC address 02:50:00:09:0f:ff.");
    await expect(line).toContainText("give one of the two another address");
    await chip(page, "Problems").click();
    await expect(clientRows(page)).toHaveCount(1);
    await expect(conflict).toBeVisible();
  });

  test("a reservation without an address is in the list", async ({ page }) => {
    await openSubnet(page, 10, "?filter=reservations");
    await expect(page.getByTestId("address-table").getByText("visitor-kiosk")).toBeVisible();
    await expect(page.getByTestId("address-table").getByText("no address")).toBeVisible();
    await expect(row(page, "10.10.0.40")).toContainText("sw-b2/0/17");
    await expect(row(page, "10.10.0.20")).toContainText("storage, do not move");
  });

  test("details hold everything that is known", async ({ page }) => {
    await openSubnet(page, 10, "?text=10.10.2.101");
    await row(page, "10.10.2.101").getByRole("button", { name: "10.10.2.101", exact: true }).click();
    const details = page.getByTestId("address-details");
    for (const text of ["02:0a:00:02:00:01", "node-01", "10.10.0.5", "ipxe.efi", "boot-1.example.org", "in the server’s configuration file"]) {
      await expect(details).toContainText(text);
    }
    await page.keyboard.press("Escape");
    await expect(details).toBeHidden();
  });

  test("an answer that is old becomes new by itself", async ({ page }) => {
    const address = "10.90.0.20";
    await openSubnet(page, 90);
    await expect(row(page, address)).toHaveCount(0);
    try {
      const made = await kea("lease4-add", { "ip-address": address, "hw-address": "02:14:00:00:0b:01", "subnet-id": 90, hostname: "newcomer" });
      expect(made.result).toBe(0);
      await expect(row(page, address)).toContainText("newcomer", { timeout: 15_000 });
    } finally {
      await kea("lease4-del", { "ip-address": address });
    }
  });
});

test.describe("finding", () => {
  test("chips choose the kind of row", async ({ page, call }) => {
    // Other tests were given addresses here, which are held for a while.
    expect((await call("/api/holds/release-all", { subnet: { server: "kea", id: 90 } })).status).toBe(200);
    await openSubnet(page, 90);
    await chip(page, "Reservations").click();
    await expect.poll(() => addresses(page)).toEqual(["10.90.0.11", "10.90.0.12", "10.90.0.13", "10.90.0.14"]);
    await expect(chip(page, "Reservations")).toHaveAttribute("aria-current", "true");
    await chip(page, "Free").click();
    await expect(page.getByTestId("gap-row").first()).toBeVisible();
    await expect(clientRows(page)).toHaveCount(0);
    await chip(page, "Leases").click();
    await expect(page.getByTestId("gap-row")).toHaveCount(0);
    await expect(clientRows(page).first()).toBeVisible();
    await chip(page, "Held").click();
    await expect(page.getByText("No matching addresses")).toBeVisible();
    await page.getByRole("link", { name: "Show all addresses" }).click();
    await expect(page).toHaveURL(/\/networks\/kea\/90$/);
  });

  test("the text follows the typing", async ({ page }) => {
    await openSubnet(page, 90);
    const text = page.getByTestId("text-filter");
    for (const typed of ["gate-3", "10.90.0.13", "02:5a:00:01:00:03"]) {
      await text.fill(typed);
      await expect.poll(() => addresses(page)).toEqual(["10.90.0.13"]);
    }
    await expect(page).toHaveURL(/text=02%3A5a%3A00%3A01%3A00%3A03$/);
    await text.fill("");
    await expect(page).toHaveURL(/\/networks\/kea\/90$/);
    await expect(page.getByTestId("gap-row").first()).toBeVisible();
  });

  test("an address of the page is kept by reload, back and forward", async ({ page }) => {
    await openSubnet(page, 10, "?text=node-&filter=reservations&sort=-name");
    const expected = ["10.10.2.106", "10.10.2.105", "10.10.2.104", "10.10.2.103", "10.10.2.102", "10.10.2.101"];
    await expect.poll(() => addresses(page)).toEqual(expected);
    await page.reload();
    await hydrated(page);
    await expect.poll(() => addresses(page)).toEqual(expected);
    await expect(page.getByTestId("text-filter")).toHaveValue("node-");
    await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "descending");
    await chip(page, "Leases").click();
    await expect.poll(() => addresses(page)).toEqual(["10.10.2.105", "10.10.2.104", "10.10.2.102", "10.10.2.101"]);
    await page.goBack();
    await expect.poll(() => addresses(page)).toEqual(expected);
    await page.goForward();
    await expect.poll(() => addresses(page)).toHaveLength(4);
  });

  test("columns sort", async ({ page }) => {
    await openSubnet(page, 100);
    const head = (name: string) => page.getByRole("columnheader", { name }).getByRole("link");
    await head("Name").click();
    await expect.poll(async () => (await addresses(page))[0]).toBe("10.100.0.21");
    await head("Name").click();
    await expect.poll(async () => (await addresses(page))[0]).toBe("10.100.0.84");
    await expect(page.getByTestId("gap-row")).toHaveCount(0);
    await head("Address").click();
    await expect(row(page, "10.100.0.0")).toBeVisible();
  });

  test("a large subnet has pages", async ({ page }) => {
    await openSubnet(page, 10);
    const pager = page.getByTestId("pager");
    await expect(pager).toContainText(/rows 1–100 of \d{4}/);
    await pager.getByRole("link", { name: "Next" }).click();
    await expect(page).toHaveURL(/offset=100$/);
    await expect(pager).toContainText(/rows 101–200 of/);
    await expect(page.locator("tr[data-row]")).toHaveCount(100);
    const total = Number(/of (\d+)/.exec(await pager.innerText())?.[1]);
    const last = Math.floor((total - 1) / 100) * 100;
    await openSubnet(page, 10, `?offset=${last}`);
    await expect(row(page, "10.10.255.255")).toBeVisible();
    await expect(pager.getByRole("link", { name: "Next" })).toHaveCount(0);
    await pager.getByRole("link", { name: "Previous" }).click();
    await expect(pager).toContainText(`rows ${last - 99}–${last} of`);
    await expect(pager.getByRole("link", { name: "Next" })).toBeVisible();
  });
});

test.describe("keyboard", () => {
  test("arrows move between rows, Enter opens details, Esc comes back", async ({ page }) => {
    await openSubnet(page, 80);
    await row(page, "10.80.0.11").focus();
    await page.keyboard.press("ArrowDown");
    await expect(row(page, "10.80.0.12")).toBeFocused();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await expect(row(page, "10.80.0.2")).toBeFocused();
    await page.keyboard.press("Home");
    await expect(row(page, "10.80.0.0")).toBeFocused();
    await row(page, "10.80.0.11").focus();
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("address-details")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("address-details")).toBeHidden();
    await expect(row(page, "10.80.0.11")).toBeFocused();
  });

  test("letters do what the list of keys says", async ({ page }) => {
    await openSubnet(page, 80);
    await page.keyboard.press("?");
    const keys = page.getByRole("dialog", { name: "Keys" });
    await expect(keys).toContainText("reserve an address");
    await page.keyboard.press("Escape");
    await expect(keys).toBeHidden();

    await page.keyboard.press("n");
    await expect(page.getByRole("dialog", { name: "Reserve an address" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(form(page)).toBeHidden();

    await row(page, "10.80.0.12").focus();
    await page.keyboard.press("e");
    await expect(page.getByRole("dialog", { name: "Edit reservation" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(form(page)).toBeHidden();
    await expect(row(page, "10.80.0.12")).toBeFocused();

    await page.keyboard.press("Delete");
    await expect(page.getByRole("dialog", { name: "Delete the reservation of 10.80.0.12?" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("confirm-delete")).toBeHidden();
    await expect(row(page, "10.80.0.12")).toBeFocused();
  });

  test("a whole visit needs no mouse", async ({ page, open }) => {
    await open("/networks/kea/80");
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("main")).toBeFocused();
    for (let n = 0; n < 30 && !(await page.evaluate(() => document.activeElement?.tagName === "TR")); n++) {
      await page.keyboard.press("Tab");
    }
    await expect(row(page, "10.80.0.0")).toBeFocused();
  });

  test("the menu of a row has its verbs", async ({ page }) => {
    await openSubnet(page, 80);
    await row(page, "10.80.0.12").getByTestId("row-menu").click();
    const menu = page.getByRole("menu", { name: "Actions" });
    await expect(menu.getByRole("menuitem")).toHaveText([/Details/, /Edit reservation/, /Copy address/, /Exclude this address/, /Delete reservation/]);
    await expect(menu.getByRole("menuitem").first()).toBeFocused();
    await page.keyboard.press("ArrowDown");
    await expect(menu.getByRole("menuitem", { name: "Edit reservation" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(menu).toBeHidden();
    await row(page, "10.80.0.12").getByTestId("row-menu").click();
    await menu.getByRole("menuitem", { name: "Edit reservation" }).click();
    await expect(page.getByRole("dialog", { name: "Edit reservation" })).toBeVisible();
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("list, chips, text and pages work", async ({ page }) => {
    await page.goto("/networks/kea/10");
    // What is in a noscript element has no text for `getByText`.
    await expect(page.locator("noscript p")).toBeVisible();
    await expect(page.locator("noscript p")).toContainText("JavaScript is off");
    await expect(page.getByTestId("pager")).toContainText(/rows 1–100 of/);
    await page.getByTestId("pager").getByRole("link", { name: "Next" }).click();
    await expect(page.getByTestId("pager")).toContainText(/rows 101–200 of/);
    await chip(page, "Reservations").click();
    await page.getByTestId("text-filter").fill("node-0");
    await page.getByTestId("text-filter").press("Enter");
    await expect(page).toHaveURL(/filter=reservations/);
    await expect(clientRows(page)).toHaveCount(6);
    await expect(row(page, "10.10.2.101")).toContainText("node-01");
  });
});
