// kea-dhcp6 beside kea-dhcp4: a reservation has several addresses, and prefixes to be delegated.
import { inEveryLook } from "../fixtures/looks.ts";
import { MEMORY, kea } from "../fixtures/outside.ts";
import { expect, field, form, openSubnet, row, test } from "../fixtures/test.ts";

const CAMPUS = "kea6/10";
const CUSTOMERS = "kea6/30";
const DUID = "00:03:00:01:02:1e:06:00:00:01";
const ADDRESSES = ["2001:db8:10::a1", "2001:db8:10::a2"];
const PREFIX = "2001:db8:e0a0::/56";

const key = { "subnet-id": 10, "identifier-type": "duid", identifier: DUID, ...MEMORY };
async function held(): Promise<Record<string, unknown> | undefined> {
  const answer = await kea("reservation-get", key, "kea6");
  return answer.result === 0 ? answer.arguments : undefined;
}

test.beforeEach(async ({ signIn }) => {
  await kea("reservation-del", key, "kea6");
  await signIn("operator");
});

test("networks of both families are in one list", async ({ page, open }) => {
  await open("/networks");
  await expect(page.getByText("2001:db8:10::/64")).toBeVisible();
  await expect(page.getByText("10.10.0.0/16")).toBeVisible();
  await inEveryLook(page, "ipv6-networks");
});

test("a server is shown with the family that it serves", async ({ page, open }) => {
  await open("/servers");
  await expect(page.getByRole("heading", { name: "kea6 IPv6" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "six IPv4" })).toBeVisible();
  await inEveryLook(page, "ipv6-servers");
});

test("addresses and prefixes of a subnet are shown, and found", async ({ page }) => {
  await openSubnet(page, CAMPUS, "?filter=reservations");
  for (const address of ["2001:db8:10::20", "2001:db8:10::21"]) await expect(row(page, address)).toContainText("files");
  await expect(page.getByTestId("address-table")).toContainText("2001:db8:e010::/56");
  await inEveryLook(page, "ipv6-subnet");
  await openSubnet(page, CUSTOMERS, "?filter=leases");
  await expect(page.getByTestId("address-table")).toContainText("2001:db8:e000:100::/56");
  await inEveryLook(page, "ipv6-prefixes");
});

test("two addresses and a prefix are reserved, changed, deleted and undone", async ({ page }) => {
  await openSubnet(page, CAMPUS);
  await page.keyboard.press("n");
  await expect(field(page, "identifier_kind")).toHaveValue("duid");
  await expect(field(page, "next_server")).toHaveCount(0);
  await field(page, "address").fill(ADDRESSES.join(" "));
  await field(page, "prefixes").fill(PREFIX);
  await field(page, "identifier").fill(DUID);
  await field(page, "host_name").fill("gate");
  await inEveryLook(page, "ipv6-form", { fullPage: false });
  await page.getByTestId("save-button").click();
  for (const address of ADDRESSES) await expect(row(page, address)).toContainText("gate");
  expect(await held()).toMatchObject({ "ip-addresses": ADDRESSES, prefixes: [PREFIX], hostname: "gate" });

  await row(page, ADDRESSES[1]).focus();
  await page.keyboard.press("e");
  await field(page, "address").fill(ADDRESSES[0]);
  await page.getByTestId("save-button").click();
  await expect(row(page, ADDRESSES[1]).filter({ hasText: "gate" })).toHaveCount(0);
  expect(await held()).toMatchObject({ "ip-addresses": [ADDRESSES[0]], prefixes: [PREFIX] });

  await row(page, ADDRESSES[0]).focus();
  await page.keyboard.press("Delete");
  await page.getByTestId("confirm-delete").click();
  await expect(row(page, ADDRESSES[0])).toHaveCount(0);
  expect(await held()).toBeUndefined();
  await page.getByTestId("toast-undo").last().click();
  await expect(row(page, ADDRESSES[0])).toContainText("gate");
  expect(await held()).toMatchObject({ "ip-addresses": [ADDRESSES[0]], prefixes: [PREFIX], hostname: "gate" });
});

test("what stands against an address or a prefix is said while it is typed", async ({ page }) => {
  await openSubnet(page, CAMPUS);
  await page.keyboard.press("n");
  await field(page, "identifier").fill(DUID);
  await field(page, "address").fill("2001:db8:10::a1 2001:db8:10::20");
  await expect(form(page)).toContainText("2001:db8:10::20 is reserved for");
  await field(page, "address").fill("2001:db8:10::a1 192.0.2.1");
  await expect(form(page)).toContainText("192.0.2.1");
  await field(page, "address").fill("2001:db8:10::a1");
  await field(page, "prefixes").fill("2001:db8:e010::/52");
  await expect(form(page)).toContainText("2001:db8:e010::/56, which is reserved for");
  await inEveryLook(page, "ipv6-conflict", { fullPage: false });
  expect(await held()).toBeUndefined();
});
