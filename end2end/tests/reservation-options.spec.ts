// Classes and options of a reservation: what is typed is what Kea holds.
import type { Page } from "@playwright/test";
import { MEMORY, forget, kea, reserved } from "../fixtures/outside.ts";
import { expect, field, form, openSubnet, row, test } from "../fixtures/test.ts";

const SUBNET = 90;
const mac = "02:14:00:00:0d:01";
const save = (page: Page) => page.getByTestId("save-button");
const toast = (page: Page) => page.getByTestId("toast").last();
const value = (page: Page, option: string) => form(page).getByLabel(`Value of ${option}`);

interface Option {
  code: number;
  name?: string;
  data: string;
  space: string;
  "csv-format": boolean;
  "always-send": boolean;
}

/** The options as Kea holds them, by space and code. */
async function options(): Promise<Map<string, Option>> {
  const list = ((await reserved(SUBNET, mac))?.["option-data"] ?? []) as Option[];
  return new Map(list.map((option) => [option.space === "dhcp4" ? `${option.code}` : `${option.space}/${option.code}`, option]));
}

async function openForm(page: Page, address: string): Promise<void> {
  await openSubnet(page, SUBNET);
  await page.keyboard.press("n");
  await field(page, "address").fill(address);
  await field(page, "identifier").fill(mac);
  await form(page).getByText("Classes and options").click();
}

/** Adds a row for the option and fills it in. */
async function add(page: Page, text: string, title: string, typed: string): Promise<void> {
  await field(page, "options").fill(text);
  // What is one of the list is there at once.
  if (text !== title) await field(page, "options").press("Enter");
  await value(page, title).fill(typed);
}

test.beforeEach(async ({ signIn }) => {
  await signIn("operator");
  await forget(SUBNET, mac);
});
test.afterEach(() => forget(SUBNET, mac));

test("options of every kind and classes arrive, and come back into the form", async ({ page }) => {
  await openForm(page, "10.90.0.42");
  await add(page, "routers (3)", "routers (3)", "10.90.0.254");
  await add(page, "domain-search", "domain-search (119)", "lab.example.org example.org");
  await add(page, "26", "interface-mtu (26)", "1400");
  await add(page, "150", "tftp-server-address (150)", "10.90.0.5, 10.90.0.6");
  await field(page, "options").fill("ip-forwarding");
  await field(page, "options").press("Enter");
  await value(page, "ip-forwarding (19)").selectOption("false");
  await add(page, "224", "option 224", "blue");
  const free = form(page).getByRole("group", { name: "option 224" });
  await free.getByLabel("Format").selectOption("text");
  await form(page).getByRole("group", { name: "routers (3)" }).getByLabel("always send").check();
  for (const name of ["kiosk", "voip"]) {
    await field(page, "client_classes").fill(name);
    await field(page, "client_classes").press("Enter");
  }
  await form(page).getByRole("button", { name: "Remove the class voip" }).click();
  await save(page).click();
  await expect(toast(page)).toContainText("Reserved 10.90.0.42");

  expect(await reserved(SUBNET, mac)).toMatchObject({ "client-classes": ["kiosk"] });
  const held = await options();
  expect(held.get("3")).toMatchObject({ name: "routers", data: "10.90.0.254", "always-send": true });
  expect(held.get("119")).toMatchObject({ data: "lab.example.org, example.org", "always-send": false });
  expect(held.get("26")?.data).toBe("1400");
  expect(held.get("19")?.data).toBe("false");
  expect(held.get("150")).toMatchObject({ data: "0A5A00050A5A0006", "csv-format": false });
  expect(held.get("224")).toMatchObject({ data: "626C7565", "csv-format": false });
  expect(held.size).toBe(6);

  await row(page, "10.90.0.42").focus();
  await page.keyboard.press("Enter");
  const details = page.getByTestId("address-details");
  await expect(details).toContainText("routers (3) = 10.90.0.254 (always sent)");
  await expect(details).toContainText("tftp-server-address (150) = 10.90.0.5, 10.90.0.6");
  await expect(details).toContainText("kiosk");
  await page.keyboard.press("Escape");

  await row(page, "10.90.0.42").focus();
  await page.keyboard.press("e");
  await expect(value(page, "tftp-server-address (150)")).toHaveValue("10.90.0.5, 10.90.0.6");
  await form(page).getByRole("button", { name: "Remove domain-search (119)" }).click();
  await value(page, "interface-mtu (26)").fill("1300");
  await save(page).click();
  await expect(toast(page)).toContainText("Changed the reservation");
  const after = await options();
  expect([...after.keys()].sort()).toEqual(["150", "19", "224", "26", "3"]);
  expect(after.get("26")?.data).toBe("1300");
  expect(after.get("3")).toEqual(held.get("3"));
});

test("vendor options are typed as octets and kept one by one, which Kea needs", async ({ page }) => {
  await openForm(page, "10.90.0.43");
  const title = "vendor-encapsulated-options (43)";
  await add(page, "43", title, "01:04:0a:5a:00");
  await value(page, title).blur();
  await expect(form(page)).toContainText("ends in the middle");
  await value(page, title).fill("01:04:0a:5a:00:05");
  await save(page).click();
  await expect(toast(page)).toContainText("Reserved 10.90.0.43");
  const held = await options();
  expect([...held.keys()].sort()).toEqual(["43", "vendor-encapsulated-options-space/1"]);
  expect(held.get("vendor-encapsulated-options-space/1")?.data).toBe("0A5A0005");
  // The row is made anew when its server has said how it keeps these options, and the focus is lost with the old one.
  await expect(async () => {
    await row(page, "10.90.0.43").focus();
    await page.keyboard.press("e");
    await expect(value(page, title)).toHaveValue("01:04:0a:5a:00:05", { timeout: 1000 });
  }).toPass();
});

test("what is wrong with an option stands at the option, and nothing is sent", async ({ page }) => {
  await openForm(page, "10.90.0.44");
  for (const [text, title, typed, fault] of [
    ["interface-mtu (26)", "interface-mtu (26)", "70000", "70000 is not between 68 and 65535"],
    ["routers (3)", "routers (3)", "ten", "“ten” is not an IPv4 address"],
    ["121", "classless-static-route (121)", "10.0.0.1/8 - 10.90.0.1", "its network is 10.0.0.0/8"],
  ] as const) {
    await add(page, text, title, typed);
    const group = form(page).getByRole("group", { name: title });
    await expect(group).not.toContainText(fault);
    await value(page, title).blur();
    await expect(group).toContainText(fault);
    await expect(value(page, title)).toHaveAttribute("aria-invalid", "true");
    await save(page).click();
    await expect(form(page)).toBeVisible();
    await form(page).getByRole("button", { name: `Remove ${title}` }).click();
  }
  await field(page, "options").fill("no-such-option");
  await field(page, "options").press("Enter");
  await expect(form(page)).toContainText("No such option");
  expect(await reserved(SUBNET, mac)).toBeUndefined();
});

test("text in quotes is an identifier", async ({ page }) => {
  await openSubnet(page, SUBNET);
  await page.keyboard.press("n");
  await field(page, "identifier_kind").selectOption("circuit-id");
  await field(page, "address").fill("10.90.0.48");
  await field(page, "identifier").fill("'port-7'");
  await expect(form(page)).toContainText("= 70:6f:72:74:2d:37 “port-7”");
  await save(page).click();
  await expect(row(page, "10.90.0.48")).toContainText("port-7");
  const deletion = { "subnet-id": SUBNET, "identifier-type": "circuit-id", identifier: "'port-7'", ...MEMORY };
  expect((await kea("reservation-del", deletion)).result).toBe(0);
});
