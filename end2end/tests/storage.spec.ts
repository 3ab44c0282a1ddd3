// A Kea that keeps reservations in two places: in its configuration and in a host database.
import type { Page } from "@playwright/test";
import { inEveryLook } from "../fixtures/looks.ts";
import { DATABASE, MEMORY, dhcp, forget, kea, reserved } from "../fixtures/outside.ts";
import { expect, field, form, openSubnet, openSubnetWith, row, test } from "../fixtures/test.ts";

// The warehouse, where the addresses below the pools are free but for .11 to .14; and the switches, ten of them.
const SUBNET = 90;
const SWITCHES = 70;
const toast = (page: Page) => page.getByTestId("toast").last();
const inDatabase = (mac: string, subnet = SUBNET) => reserved(subnet, mac, DATABASE);
const inFile = (mac: string, subnet = SUBNET) => reserved(subnet, mac, MEMORY);

async function put(place: object, reservation: Record<string, unknown>): Promise<void> {
  expect((await kea("reservation-add", { reservation, ...place })).result).toBe(0);
}
async function forgetBoth(subnet: number, mac: string): Promise<void> {
  await forget(subnet, mac);
  await kea("reservation-del", { "subnet-id": subnet, "identifier-type": "hw-address", identifier: mac, ...DATABASE });
}
/** How many reservations each place has of a subnet. */
async function counted(subnet: number): Promise<{ file: number; database: number }> {
  const count = async (place: object) => {
    const answer = await kea("reservation-get-all", { "subnet-id": subnet, ...place });
    return ((answer.arguments?.hosts ?? []) as unknown[]).length;
  };
  return { file: await count(MEMORY), database: await count(DATABASE) };
}
async function press(page: Page, address: string, key: string): Promise<void> {
  await row(page, address).focus();
  await page.keyboard.press(key);
}

test.beforeEach(async ({ signIn }) => signIn("operator"));

test("the page of the servers says where new reservations are kept", async ({ page, open }) => {
  await open("/servers");
  await expect(page.getByTestId("server-card")).toContainText("kept in the server’s host database");
  await page.getByTestId("server-card").getByText("hook libraries").click();
  await expect(page.getByText("libdhcp_pgsql.so")).toBeVisible();
});

// Each test has clients and addresses of its own: the console may know for some seconds what the last one left.
test.describe("one reservation", () => {
  const macs = ["02:14:00:00:1b:01", "02:14:00:00:1b:02"] as const;
  const clean = async () => {
    for (const mac of macs) await forgetBoth(SUBNET, mac);
  };
  test.beforeEach(clean);
  test.afterEach(clean);

  test("is stored in the database, and the form and its row say so", async ({ page }) => {
    const [mac, address] = [macs[0], "10.90.0.61"];
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    await field(page, "address").fill(address);
    await field(page, "identifier").fill(mac);
    await field(page, "host_name").fill("shelf-1");
    await expect(form(page)).toContainText("Saved to Kea’s host database.");
    await page.getByTestId("save-button").click();
    await expect(toast(page)).toContainText(`Reserved ${address} for ${mac}.`);
    await expect(row(page, address)).toContainText("in the host database");
    await expect(row(page, "10.90.0.12")).toContainText("in the configuration file");
    expect(await inDatabase(mac)).toMatchObject({ "ip-address": address, hostname: "shelf-1" });
    expect(await inFile(mac)).toBeUndefined();

    await press(page, address, "e");
    await field(page, "host_name").fill("shelf-2");
    await page.getByTestId("save-button").click();
    await expect(row(page, address)).toContainText("shelf-2");
    expect(await inDatabase(mac)).toMatchObject({ hostname: "shelf-2" });
    await press(page, address, "Delete");
    await page.getByTestId("confirm-delete").click();
    await expect(toast(page)).toContainText(`Deleted the reservation of ${address}.`);
    expect(await inDatabase(mac)).toBeUndefined();
    await expect(row(page, address).filter({ hasText: "shelf-2" })).toHaveCount(0);
    await page.getByTestId("toast-undo").last().click();
    await expect(row(page, address)).toContainText("in the host database");
    expect(await inDatabase(mac)).toMatchObject({ "ip-address": address, hostname: "shelf-2" });
    expect(await inFile(mac)).toBeUndefined();
  });

  test("moves to the configuration with all that is in it, and back, and a move is undone", async ({ page, open }) => {
    const [mac, address] = [macs[1], "10.90.0.62"];
    const all = { "subnet-id": SUBNET, "hw-address": mac, "ip-address": address, hostname: "shelf-3", "client-classes": ["kiosk"], "option-data": [{ name: "routers", data: "10.90.0.2" }], "user-context": { comment: "by the door", rack: 7 } };
    await put(DATABASE, all);
    const before = await inDatabase(mac);
    await openSubnetWith(page, address, SUBNET, `?text=${address}`);
    await row(page, address).getByTestId("row-menu").click();
    await page.getByRole("menuitem", { name: "Move to the configuration file" }).click();
    const question = page.getByRole("dialog", { name: `Move the reservation of ${address} to the configuration file?` });
    await expect(question).toContainText("It is now in the server’s host database.");
    await question.getByRole("button", { name: "Cancel" }).click();
    expect(await inDatabase(mac)).toEqual(before);

    await press(page, address, "m");
    await page.getByTestId("confirm-move").click();
    await expect(toast(page)).toContainText(`Moved the reservation of ${address} to the configuration file.`);
    await expect(row(page, address)).toContainText("in the configuration file");
    expect([await inFile(mac), await inDatabase(mac)]).toEqual([before, undefined]);

    await press(page, address, "m");
    await page.getByTestId("confirm-move").click();
    await expect(toast(page)).toContainText(`Moved the reservation of ${address} to the host database.`);
    await expect(row(page, address)).toContainText("in the host database");
    expect([await inFile(mac), await inDatabase(mac)]).toEqual([undefined, before]);
    await page.getByTestId("toast-undo").last().click();
    await expect(toast(page)).toContainText(`The move of ${address} is undone.`);
    await expect(row(page, address)).toContainText("in the configuration file");
    expect([await inFile(mac), await inDatabase(mac)]).toEqual([before, undefined]);

    await open(`/changes?text=${encodeURIComponent(mac)}`);
    await expect(page.getByTestId("change-row")).toHaveCount(3);
    for (const row of await page.getByTestId("change-row").all()) await expect(row).toContainText(`Move ${address}`);
  });
});

test("all of a subnet move in one go, and back", async ({ page, open }) => {
  const first = "02:46:00:01:00:01";
  const before = await inFile(first, SWITCHES);
  expect(await counted(SWITCHES)).toEqual({ file: 10, database: 0 });
  await openSubnet(page, SWITCHES);
  await page.getByTestId("storage").getByText("Storage").click();
  await inEveryLook(page, "storage-subnet");
  await page.getByRole("button", { name: "Move all to the host database…" }).click();
  await expect(page.getByRole("dialog", { name: "Move all reservations of this subnet to the host database?" })).toBeVisible();
  await inEveryLook(page, "storage-move-all", { fullPage: false });
  await page.getByTestId("confirm-move-all").click();
  await expect(toast(page)).toContainText("10 reservations are moved.");
  await expect(row(page, "10.70.0.11")).toContainText("in the host database");
  expect(await counted(SWITCHES)).toEqual({ file: 0, database: 10 });
  expect(await inDatabase(first, SWITCHES)).toEqual(before);

  await page.getByTestId("toast-undo").last().click();
  await expect(toast(page)).toContainText("10 reservations are moved back.");
  await expect(row(page, "10.70.0.11")).toContainText("in the configuration file");
  expect(await counted(SWITCHES)).toEqual({ file: 10, database: 0 });
  expect(await inFile(first, SWITCHES)).toEqual(before);
  await page.getByRole("button", { name: "Move all to the configuration file…" }).click();
  await page.getByTestId("confirm-move-all").click();
  await expect(toast(page)).toContainText("Nothing to move.");
  await open("/changes");
  const batches = page.getByTestId("change-batch");
  await expect(batches.first()).toContainText("undid changes of 10 reservations");
  await expect(batches.nth(1)).toContainText("moved 10 reservations");
});

test.describe("a client that is in both places", () => {
  // The office, where DHCP clients are.
  const OFFICE = 20;
  const TWICE = "is reserved twice, with different data.";
  interface Duplicates {
    mac: string;
    filed: { address: string; name: string };
    stored: { address: string; name: string };
  }
  const duplicates = (number: number, sameAddress: boolean): Duplicates => ({
    mac: `02:14:00:00:1b:1${number}`,
    filed: { address: `10.20.0.6${number}`, name: `file-${number}` },
    stored: { address: sameAddress ? `10.20.0.6${number}` : `10.20.0.7${number}`, name: `base-${number}` },
  });
  const all = [duplicates(1, true), duplicates(2, false), duplicates(3, true), duplicates(4, true)] as const;
  const [renamed, elsewhere, many, deleted] = all;

  /** The address and the name in the file, then those in the database. */
  const held = async ({ mac }: Duplicates) => {
    const places = [await inFile(mac, OFFICE), await inDatabase(mac, OFFICE)];
    return places.map((held) => held && { address: held["ip-address"], name: held.hostname });
  };
  const twice = (page: Page) => page.locator("tr.trouble-line").filter({ hasText: TWICE });
  const make = async ({ mac, filed, stored }: Duplicates) => {
    const reservation = ({ address, name }: Duplicates["filed"]) => ({ "subnet-id": OFFICE, "hw-address": mac, "ip-address": address, hostname: name });
    await put(MEMORY, reservation(filed));
    await put(DATABASE, reservation(stored));
  };
  const clean = async () => {
    for (const { mac, filed, stored } of all) {
      await forgetBoth(OFFICE, mac);
      for (const { address } of [filed, stored]) await kea("lease4-del", { "ip-address": address });
    }
  };
  test.beforeEach(clean);
  test.afterEach(clean);

  test("with another name is flagged, and has one again when one is deleted", async ({ page }) => {
    const { mac, filed, stored } = renamed;
    const { address } = filed;
    await make(renamed);
    await openSubnetWith(page, address, OFFICE, `?text=${address}`);
    await expect(row(page, address)).toContainText(filed.name);
    await expect(row(page, address)).toContainText("in the configuration file");
    await expect(twice(page)).toContainText("the one in the file is used");
    // It does.
    expect(await dhcp(mac)).toMatchObject({ ip: address, hostname: filed.name });

    await press(page, address, "Enter");
    const details = page.getByTestId("address-details");
    await expect(details).toContainText(TWICE);
    await expect(details).toContainText("It is in the server’s host database.");
    await expect(details).toContainText(stored.name);
    await inEveryLook(page, "duplicates-details", { fullPage: false });
    await page.keyboard.press("Escape");

    await press(page, address, "Delete");
    await page.getByTestId("confirm-delete").click();
    await expect(row(page, address)).toContainText("in the host database");
    await expect(row(page, address)).toContainText(stored.name);
    await expect(twice(page)).toHaveCount(0);
    expect(await held(renamed)).toEqual([undefined, stored]);
    expect(await dhcp(mac)).toMatchObject({ ip: address, hostname: stored.name });
  });

  test("with another address is flagged at both, and each can be dealt with", async ({ page, complaints }) => {
    complaints.announce(/502/);
    const { mac, filed, stored } = elsewhere;
    await make(elsewhere);
    await openSubnetWith(page, stored.address, OFFICE, "?filter=reservations");
    await expect(row(page, filed.address)).toContainText("in the configuration file");
    await expect(row(page, stored.address)).toContainText("in the host database");
    await expect(twice(page)).toHaveCount(2);
    await inEveryLook(page, "duplicates");

    // One cannot be put onto the other.
    await press(page, filed.address, "m");
    const question = page.getByRole("dialog");
    await expect(question).toContainText("The client has a reservation there, too.");
    await page.getByTestId("confirm-move").click();
    await expect(question.getByRole("alert")).toContainText("delete one of the two");
    await inEveryLook(page, "duplicates-move", { fullPage: false });
    await question.getByRole("button", { name: "Cancel" }).click();
    expect(await held(elsewhere)).toEqual([filed, stored]);

    // The other copy is deleted, and this one stays.
    await press(page, stored.address, "Delete");
    await page.getByTestId("confirm-delete").click();
    await expect(toast(page)).toContainText(`Deleted the reservation of ${stored.address}.`);
    await expect(twice(page)).toHaveCount(0);
    await expect(row(page, filed.address)).toContainText(filed.name);
    expect(await held(elsewhere)).toEqual([filed, undefined]);
    expect(await dhcp(mac)).toMatchObject({ ip: filed.address, hostname: filed.name });
  });

  test("stays in both when all are moved, and is counted", async ({ page }) => {
    await make(many);
    const { file } = await counted(OFFICE);
    await openSubnetWith(page, many.filed.address, OFFICE);
    await page.getByTestId("storage").getByText("Storage").click();
    await page.getByRole("button", { name: "Move all to the host database…" }).click();
    await page.getByTestId("confirm-move-all").click();
    await expect(toast(page)).toContainText(`${file - 1} reservations are moved. 1 reservation is already in both places, and not moved.`);
    expect(await counted(OFFICE)).toEqual({ file: 1, database: file });
    await page.getByTestId("toast-undo").last().click();
    await expect(toast(page)).toContainText(`${file - 1} reservations are moved back.`);
    expect(await counted(OFFICE)).toEqual({ file, database: 1 });
    expect(await held(many)).toEqual([many.filed, many.stored]);
  });

  test.describe("of which one copy was deleted", () => {
    const { filed, stored } = deleted;
    test.beforeEach(async ({ page }) => {
      await make(deleted);
      await openSubnetWith(page, filed.address, OFFICE, `?text=${filed.address}`);
      await expect(twice(page)).toBeVisible();
      await press(page, filed.address, "Delete");
      await page.getByTestId("confirm-delete").click();
      await expect(row(page, filed.address)).toContainText(stored.name);
    });

    test("has both again when that is undone", async ({ page }) => {
      await page.getByTestId("toast-undo").last().click();
      await expect(twice(page)).toBeVisible();
      expect(await held(deleted)).toEqual([filed, stored]);
    });

    test("has both again when the deleted one is restored", async ({ page, open }) => {
      await open(`/changes?text=${encodeURIComponent(deleted.mac)}`);
      await page.getByTestId("change-row").first().getByRole("button").click();
      await page.getByTestId("change-acts").getByRole("button", { name: "Restore the previous version" }).click();
      await page.getByTestId("confirm-act").click();
      await expect(toast(page)).toContainText("is back to the version before");
      expect(await held(deleted)).toEqual([filed, stored]);
    });
  });
});
