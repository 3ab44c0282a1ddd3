// What Kea had saved and does not hold any more after a start: it is listed, and made again, one by one or all.
import { MEMORY, forget, kea, reserved, restartKea, saveKea } from "../fixtures/outside.ts";
import { inEveryLook } from "../fixtures/looks.ts";
import { expect, field, form, hydrated, openSubnet, test } from "../fixtures/test.ts";

const SUBNET = 80;
const clients = [
  { mac: "02:14:00:00:2b:01", address: "10.80.0.201", name: "lathe-1" },
  { mac: "02:14:00:00:2b:02", address: "10.80.0.202", name: "lathe-2" },
];

/** A lost change as the API has it. */
interface Lost {
  key: { subnet: { id: number }; identifier: { value: string } };
  after: unknown;
}

test.setTimeout(120_000);
test.afterEach(async () => {
  for (const { mac } of clients) await forget(SUBNET, mac);
  await saveKea();
});

test("what a start of Kea lost is listed and restored, one by one and all", async ({ page, signIn, call, complaints }) => {
  complaints.announce(/status 502|status of 502/);
  await signIn("operator");
  for (const { mac, address, name } of clients) {
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    await field(page, "address").fill(address);
    await field(page, "identifier").fill(mac);
    await field(page, "host_name").fill(name);
    await page.getByTestId("save-button").click();
    await expect(form(page)).toBeHidden({ timeout: 15_000 });
  }
  // No page is open that would ask for what goes away.
  await page.goto("about:blank");
  // As if the operator had put an older file in place of Kea's own.
  for (const { mac } of clients) {
    const key = { "subnet-id": SUBNET, "identifier-type": "hw-address", identifier: mac };
    expect((await kea("reservation-del", { ...key, ...MEMORY })).result).toBe(0);
  }
  await saveKea();
  await restartKea();

  // Other tests took things away behind the console's back, too: those are none of this one's.
  const row = (mac: string) => page.getByTestId("lost-change").filter({ hasText: mac });
  await expect(async () => {
    await page.goto("/servers");
    await hydrated(page);
    await page.getByTestId("show-lost").click({ timeout: 10_000 });
    for (const { mac } of clients) await expect(row(mac)).toBeVisible({ timeout: 10_000 });
  }).toPass({ timeout: 60_000 });
  for (const { mac, address, name } of clients) {
    await expect(row(mac)).toContainText(address);
    await expect(row(mac)).toContainText(name);
  }
  await inEveryLook(page, "lost-changes", { fullPage: false });

  const [one, other] = clients;
  await row(one.mac).getByRole("button", { name: "Restore" }).click();
  await expect(row(one.mac)).toBeHidden({ timeout: 15_000 });
  await expect(page.getByTestId("toast").last()).toContainText("1 change");
  await expect(row(other.mac), "only that one").toBeVisible();
  expect(await reserved(SUBNET, one.mac)).toMatchObject({ "ip-address": one.address, hostname: one.name });
  expect(await reserved(SUBNET, other.mac)).toBeUndefined();

  const rest = ((await call("/api/servers/lost", { server: "kea" })).body as Lost[]).filter(({ key }) => key.identifier.value !== other.mac);
  await page.getByTestId("put-back-all").click();
  await expect(row(other.mac)).toBeHidden({ timeout: 15_000 });
  expect(await reserved(SUBNET, other.mac)).toMatchObject({ "ip-address": other.address, hostname: other.name });
  for (const { key, after } of rest) {
    if (after) await forget(key.subnet.id, key.identifier.value);
  }

  // It is in Kea's file.
  await saveKea();
  await restartKea();
  for (const { mac, address } of clients) expect(await reserved(SUBNET, mac)).toMatchObject({ "ip-address": address });
});

test("who only looks sees what is lost, and no button", async ({ page, signIn, complaints }) => {
  complaints.announce(/status 502|status of 502/);
  const [one] = clients;
  await signIn("operator");
  await openSubnet(page, SUBNET);
  await page.keyboard.press("n");
  await field(page, "address").fill(one.address);
  await field(page, "identifier").fill(one.mac);
  await page.getByTestId("save-button").click();
  await expect(form(page)).toBeHidden({ timeout: 15_000 });
  await page.goto("about:blank");
  await forget(SUBNET, one.mac);
  await saveKea();
  await restartKea();
  await signIn("viewer");
  await expect(async () => {
    await page.goto("/servers");
    await hydrated(page);
    await page.getByTestId("show-lost").click({ timeout: 10_000 });
    await expect(page.getByTestId("lost-change").filter({ hasText: one.mac })).toBeVisible({ timeout: 10_000 });
  }).toPass({ timeout: 60_000 });
  await expect(page.getByTestId("put-back-all")).toBeHidden();
  await expect(page.getByTestId("lost-change").getByRole("button", { name: "Restore" })).toHaveCount(0);
});
