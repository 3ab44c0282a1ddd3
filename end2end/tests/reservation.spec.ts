import type { Page } from "@playwright/test";
import { MEMORY, foreman, forget, kea, reserved } from "../fixtures/outside.ts";
import { addresses, clientRows, expect, field, form, hydrated, openSubnet, openSubnetWith, row, test, unfoldBoot } from "../fixtures/test.ts";

// The warehouse: pools .100-.180 and .200-.250, reservations .11 to .14.
const SUBNET = 90;
const toast = (page: Page) => page.getByTestId("toast").or(page.locator(".toast")).last();
const undo = (page: Page) => page.getByTestId("toast-undo").or(page.getByRole("button", { name: "Undo" })).last();
const save = (page: Page) => page.getByTestId("save-button");

async function fill(page: Page, values: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    if (["next_server", "server_host_name", "boot_file_name"].includes(name)) await unfoldBoot(page);
    await field(page, name).fill(value);
  }
}

test.beforeEach(async ({ signIn }) => signIn("operator"));

test.describe("making one", () => {
  const mac = "02:14:00:00:0a:01";
  test.afterEach(() => forget(SUBNET, mac));

  test("a hardware address is enough: the next free address is suggested and held", async ({ page }) => {
    await openSubnet(page, SUBNET);
    await page.getByTestId("reserve-button").click();
    await expect(field(page, "identifier")).toBeFocused();
    await field(page, "identifier").fill("0214.0000.0A01");
    await expect(form(page)).toContainText(`= ${mac}`);
    await expect(field(page, "address")).toHaveValue(/^10\.90\.0\.(1[0-8]\d|2[0-4]\d|250)$/);
    await expect(form(page)).toContainText("free, on hold for you until");
    await expect(form(page)).toContainText("Saved to Kea’s configuration");
    const address = await field(page, "address").inputValue();
    expect((await kea("lease4-get", { "ip-address": address })).result).toBe(3);

    await field(page, "host_name").fill("forklift-1");
    await save(page).click();
    await expect(toast(page)).toContainText(`Reserved ${address} for ${mac}.`);
    await expect(form(page)).toBeHidden();
    await expect(row(page, address)).toContainText("forklift-1");
    await expect(row(page, address)).toContainText("reserved, idle");
    expect(await reserved(SUBNET, mac)).toMatchObject({ "ip-address": address, hostname: "forklift-1" });

    await undo(page).click();
    await expect(toast(page)).toContainText("is removed again");
    await expect(row(page, address).filter({ hasText: "forklift-1" })).toHaveCount(0);
    expect(await reserved(SUBNET, mac)).toBeUndefined();
  });

  test("pasting a hardware address and Enter is all it takes", async ({ page }) => {
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    await field(page, "identifier").fill(mac);
    await page.keyboard.press("Enter");
    await expect(toast(page)).toContainText(`for ${mac}.`);
    expect(await reserved(SUBNET, mac)).toBeDefined();
  });

  test("the button suggests another address every time", async ({ page }) => {
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    await page.getByTestId("suggest-button").click();
    await expect(field(page, "address")).not.toHaveValue("");
    const first = await field(page, "address").inputValue();
    await page.getByTestId("suggest-button").click();
    await expect(field(page, "address")).not.toHaveValue(first);
    await expect(field(page, "address")).not.toHaveValue("");
  });

  test("a gap suggests an address of its own", async ({ page }) => {
    await openSubnet(page, SUBNET);
    await row(page, "10.90.0.15").getByRole("button", { name: "Reserve here" }).click();
    await expect(form(page)).toContainText("between 10.90.0.15 – 10.90.0.99");
    await field(page, "identifier").fill(mac);
    await expect(field(page, "address")).toHaveValue(/^10\.90\.0\.\d\d$/);
  });

  test("every field arrives", async ({ page }) => {
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    await fill(page, {
      address: "10.90.0.40",
      identifier: mac,
      host_name: "press-1.example.org",
      next_server: "10.90.0.5",
      boot_file_name: "grub/grubx64.efi",
      server_host_name: "boot-9.example.org",
      note: "beside the loading ramp",
    });
    await save(page).click();
    await expect(toast(page)).toContainText("Reserved 10.90.0.40");
    expect(await reserved(SUBNET, mac)).toMatchObject({
      "ip-address": "10.90.0.40",
      hostname: "press-1.example.org",
      "next-server": "10.90.0.5",
      "boot-file-name": "grub/grubx64.efi",
      "server-hostname": "boot-9.example.org",
      "user-context": { comment: "beside the loading ramp" },
    });
  });

  test("other identifiers than hardware addresses work", async ({ page }) => {
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    await field(page, "identifier_kind").selectOption("client-id");
    await fill(page, { identifier: "66:6f:6f", address: "10.90.0.41" });
    await expect(form(page)).toContainText("“foo”");
    await save(page).click();
    await expect(row(page, "10.90.0.41")).toContainText("Client id");
    const answer = await kea("reservation-del", { "subnet-id": SUBNET, "identifier-type": "client-id", identifier: "66:6F:6F", ...MEMORY });
    expect(answer.result).toBe(0);
  });

  test("a lease becomes a reservation with r and Enter", async ({ page }) => {
    const address = "10.90.0.60";
    await kea("lease4-add", { "ip-address": address, "hw-address": mac, "subnet-id": SUBNET, hostname: "guest-9" });
    try {
      await openSubnetWith(page, address, SUBNET, `?text=${address}`);
      await expect(row(page, address)).toContainText("leased");
      await row(page, address).focus();
      await page.keyboard.press("r");
      await expect(field(page, "identifier")).toHaveValue(mac);
      await expect(field(page, "address")).toHaveValue(address);
      await expect(field(page, "host_name")).toHaveValue("guest-9");
      await page.keyboard.press("Enter");
      await expect(row(page, address)).toContainText("reserved, in use");
      expect(await reserved(SUBNET, mac)).toMatchObject({ "ip-address": address, hostname: "guest-9" });
    } finally {
      await kea("lease4-del", { "ip-address": address });
    }
  });
});

test.describe("what stands against it", () => {
  const mac = "02:14:00:00:0a:02";

  test("an address that is reserved or the gateway is not possible, and cannot be saved", async ({ page }) => {
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    await fill(page, { address: "10.90.0.12", identifier: mac });
    await expect(form(page)).toContainText("Not possible: 10.90.0.12 is reserved for 02:5a:00:01:00:02 (scanner-gate-2).");
    await expect(save(page)).toBeDisabled();
    await field(page, "address").fill("10.90.0.1");
    await expect(form(page)).toContainText("10.90.0.1 is the gateway");
    await expect(save(page)).toBeDisabled();
    await field(page, "address").fill("10.90.0.50");
    await expect(form(page)).not.toContainText("Not possible");
    await expect(save(page)).toBeEnabled();
  });

  test("the record that stands in the way is a click away, beside what is typed", async ({ page, context }) => {
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    await fill(page, { address: "10.90.0.12", identifier: mac });
    const [beside] = await Promise.all([
      context.waitForEvent("page"),
      form(page).getByRole("link", { name: "Show the reservation of scanner-gate-2" }).click(),
    ]);
    await expect(row(beside, "10.90.0.12")).toContainText("scanner-gate-2");
    await beside.close();
    await expect(field(page, "identifier")).toHaveValue(mac);
  });

  test("a hold that stands in the way can be released where it is shown", async ({ page }) => {
    const asked = await foreman("GET", "/dhcp/10.90.0.0/unused_ip?from=10.90.0.70&to=10.90.0.75&mac=02:14:00:00:0a:04");
    const { ip } = (await asked.json()) as { ip: string };
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    await fill(page, { address: ip, identifier: mac });
    await form(page).getByRole("button", { name: `Release the hold on ${ip}` }).click();
    await expect(toast(page)).toContainText(`${ip} is no longer on hold.`);
    await expect(form(page).getByTestId("conflict")).toHaveCount(0);
    await expect(save(page)).toBeEnabled();
  });

  test("a client that has a reservation is reported", async ({ page }) => {
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    await fill(page, { address: "10.90.0.51", identifier: "02-5A-00-01-00-03" });
    await expect(form(page)).toContainText("already has a reservation in this subnet, with the address 10.90.0.13");
    await expect(save(page)).toBeDisabled();
  });

  test("an address that another client leases is a warning, and can be saved", async ({ page }) => {
    await openSubnet(page, SUBNET, "?filter=leases");
    await expect(clientRows(page).first()).toBeVisible();
    const taken = (await addresses(page)).find((address) => Number(address.split(".")[3]) >= 100) ?? "";
    await page.keyboard.press("n");
    await fill(page, { address: taken, identifier: mac });
    await expect(form(page)).toContainText(`Warning: ${taken} is leased to`);
    await expect(save(page)).toBeEnabled();
  });

  test("faults stand at their fields", async ({ page }) => {
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    const fault = (name: string) => form(page).locator(`#field-${name}-about`);
    await save(page).click();
    await expect(fault("identifier")).toContainText("enter the identifier of the client");
    await expect(field(page, "identifier")).toBeFocused();
    await expect(field(page, "identifier")).toHaveAttribute("aria-invalid", "true");
    await fill(page, { identifier: "02:14:zz", address: "10.91.0.5", host_name: "bad name", next_server: "tftp" });
    await save(page).click();
    await expect(fault("identifier")).toContainText("is not hexadecimal");
    await expect(fault("next_server")).toContainText("is not an IPv4 address");
    await expect(fault("host_name")).toContainText("is not allowed");
    await fill(page, { identifier: mac, host_name: "good", next_server: "" });
    await save(page).click();
    await expect(fault("address")).toContainText("10.91.0.5 is outside of 10.90.0.0/24");
    await expect(field(page, "address")).toBeFocused();
    for (const [address, text] of [["10.90.0.0", "network address"], ["10.90.0.255", "broadcast address"]] as const) {
      await field(page, "address").fill(address);
      await expect(fault("address")).toContainText(text);
    }
    await fill(page, { address: "10.90.0.52", boot_file_name: "x".repeat(128) });
    await save(page).click();
    await expect(fault("boot_file_name")).toContainText("at most 127 characters");
    expect(await reserved(SUBNET, mac)).toBeUndefined();
  });

  test("what was typed is not thrown away by Esc without a question", async ({ page }) => {
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    await field(page, "host_name").fill("half-typed");
    await page.keyboard.press("Escape");
    const question = page.getByRole("dialog", { name: "Discard unsaved changes?" });
    await expect(question).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(question).toBeHidden();
    await expect(field(page, "host_name")).toHaveValue("half-typed");
    await page.keyboard.press("Escape");
    await page.getByTestId("confirm-discard").click();
    await expect(form(page)).toBeHidden();
  });
});

test.describe("changing and deleting", () => {
  const mac = "02:14:00:00:0a:03";
  const record = {
    "subnet-id": SUBNET,
    "hw-address": mac,
    "ip-address": "10.90.0.45",
    hostname: "oven-1",
    "next-server": "10.90.0.5",
    "boot-file-name": "ipxe.efi",
    "server-hostname": "boot-1.example.org",
    "user-context": { comment: "hot" },
  };
  const { "subnet-id": _, ...held } = record;

  test.beforeEach(async () => {
    await forget(SUBNET, mac);
    expect((await kea("reservation-add", { reservation: record, ...MEMORY })).result).toBe(0);
  });
  test.afterEach(() => forget(SUBNET, mac));

  test("an edit changes what was changed, and undo puts it back", async ({ page }) => {
    await openSubnetWith(page, "10.90.0.45", SUBNET, "?text=10.90.0.45");
    await row(page, "10.90.0.45").focus();
    await page.keyboard.press("e");
    await expect(field(page, "next_server")).toHaveValue("10.90.0.5");
    await fill(page, { host_name: "oven-2", boot_file_name: "grub/grubx64.efi", note: "" });
    await save(page).click();
    await expect(toast(page)).toContainText("Changed the reservation");
    await expect(row(page, "10.90.0.45")).toContainText("oven-2");
    const changed = await reserved(SUBNET, mac);
    expect(changed).toMatchObject({ hostname: "oven-2", "boot-file-name": "grub/grubx64.efi", "server-hostname": "boot-1.example.org" });
    expect(changed?.["user-context"] ?? {}).not.toHaveProperty("comment");
    await undo(page).click();
    await expect(row(page, "10.90.0.45")).toContainText("oven-1");
    expect(await reserved(SUBNET, mac)).toMatchObject(held);
  });

  test("an edit that moves the address moves the row", async ({ page }) => {
    await openSubnetWith(page, "10.90.0.45", SUBNET, "?filter=reservations");
    await row(page, "10.90.0.45").focus();
    await page.keyboard.press("e");
    await field(page, "address").fill("10.90.0.46");
    await save(page).click();
    await expect(row(page, "10.90.0.46")).toContainText("oven-1");
    await expect(row(page, "10.90.0.45")).toHaveCount(0);
    expect(await reserved(SUBNET, mac)).toMatchObject({ ...held, "ip-address": "10.90.0.46" });
  });

  test("an overtaken user is told so, and nothing is overwritten", async ({ page, complaints }) => {
    complaints.announce(/409/);
    await openSubnetWith(page, "10.90.0.45", SUBNET, "?text=10.90.0.45");
    await row(page, "10.90.0.45").focus();
    await page.keyboard.press("e");
    await field(page, "host_name").fill("mine");
    await kea("reservation-update", { reservation: { ...record, hostname: "theirs" }, ...MEMORY });
    await save(page).click();
    await expect(form(page).getByRole("alert")).toBeVisible();
    expect(await reserved(SUBNET, mac)).toMatchObject({ hostname: "theirs" });
  });

  test("deleting asks first, says what it means, and can be undone with every field", async ({ page }) => {
    await openSubnetWith(page, "10.90.0.45", SUBNET, "?text=10.90.0.45");
    await row(page, "10.90.0.45").focus();
    await page.keyboard.press("Delete");
    const question = page.getByRole("dialog", { name: "Delete the reservation of 10.90.0.45?" });
    await expect(question).toContainText(mac);
    await expect(question).toContainText("oven-1");
    await expect(question).toContainText("Not in use.");
    await question.getByRole("button", { name: "Cancel" }).click();
    expect(await reserved(SUBNET, mac)).toBeDefined();

    await row(page, "10.90.0.45").focus();
    await page.keyboard.press("Delete");
    await page.getByTestId("confirm-delete").click();
    await expect(toast(page)).toContainText("Deleted the reservation of 10.90.0.45.");
    await expect(row(page, "10.90.0.45").filter({ hasText: "oven-1" })).toHaveCount(0);
    expect(await reserved(SUBNET, mac)).toBeUndefined();
    await undo(page).click();
    await expect(toast(page)).toContainText("is restored");
    await expect(row(page, "10.90.0.45")).toContainText("oven-1");
    expect(await reserved(SUBNET, mac)).toMatchObject(held);
  });

  test("a reservation with options comes back with them", async ({ page }) => {
    const before = await reserved(20, "02:14:00:00:02:03");
    await openSubnet(page, 20, "?text=10.20.0.53");
    await row(page, "10.20.0.53").focus();
    await page.keyboard.press("Delete");
    await page.getByTestId("confirm-delete").click();
    await expect(toast(page)).toContainText("Deleted the reservation of 10.20.0.53.");
    expect(await reserved(20, "02:14:00:00:02:03")).toBeUndefined();
    await undo(page).click();
    await expect(toast(page)).toContainText("is restored");
    expect(await reserved(20, "02:14:00:00:02:03")).toEqual(before);
  });

  test("an edit keeps the untouched options", async ({ page }) => {
    const before = await reserved(20, "02:14:00:00:02:03");
    await openSubnet(page, 20, "?text=10.20.0.53");
    await row(page, "10.20.0.53").focus();
    await page.keyboard.press("e");
    await field(page, "note").fill("router of its own");
    await save(page).click();
    await expect(toast(page)).toContainText("Changed the reservation");
    const after = await reserved(20, "02:14:00:00:02:03");
    expect(after?.["option-data"]).toEqual(before?.["option-data"]);
    await undo(page).click();
    await expect(toast(page)).toContainText("is restored");
    expect((await reserved(20, "02:14:00:00:02:03"))?.["option-data"]).toEqual(before?.["option-data"]);
  });
});

test("who may only look sees no way to change anything", async ({ page, signIn, call, complaints }) => {
  complaints.announce(/403/);
  await signIn("viewer");
  await page.goto("/networks/kea/80");
  await hydrated(page);
  await expect(row(page, "10.80.0.12")).toBeVisible();
  await expect(page.getByText("all keys")).toBeVisible();
  await row(page, "10.80.0.12").getByTestId("row-menu").click();
  await expect(page.getByRole("menuitem")).toHaveText([/Details/, /Copy address/]);
  await page.keyboard.press("Escape");
  for (const name of ["Reserve an address", "Reserve here"]) {
    await expect(page.getByRole("button", { name })).toHaveCount(0);
  }
  await row(page, "10.80.0.12").focus();
  for (const key of ["n", "r", "e", "Delete"]) await page.keyboard.press(key);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const answer = await call("/api/reservations/suggest", { subnet: { server: "kea", id: 80 }, range: null, client: null });
  expect(answer.status).toBe(403);
});
