// Reserving whatever address is free, in one go.
import type { Page } from "@playwright/test";
import { forget, kea, reserved } from "../fixtures/outside.ts";
import { expect, field, form, openSubnet, test } from "../fixtures/test.ts";

const SUBNET = 90;
const macs = ["02:14:00:00:0e:31", "02:14:00:00:0e:32"] as const;
const save = (page: Page) => page.getByTestId("save-button");
const toast = (page: Page) => page.getByTestId("toast").last();

async function forgetAll(): Promise<void> {
  for (const mac of macs) await forget(SUBNET, mac);
}

/** The address that Kea holds for that client. */
async function addressOf(mac: string): Promise<string> {
  return (await reserved(SUBNET, mac))?.["ip-address"] as string;
}

test.beforeEach(async ({ signIn }) => {
  await signIn("operator");
  await forgetAll();
});
test.afterEach(forgetAll);

test("any free address, and then the next one after it", async ({ page }) => {
  await openSubnet(page, SUBNET);
  await page.keyboard.press("n");
  await field(page, "address_choice").selectOption("random");
  await field(page, "identifier").fill(macs[0]);
  await expect(save(page)).toHaveText("Reserve next free");
  await expect(field(page, "address")).toHaveValue("");
  await save(page).click();
  await expect(toast(page)).toContainText(`for ${macs[0]}.`);
  const first = await addressOf(macs[0]);
  await expect(toast(page)).toContainText(`Reserved ${first}`);

  await page.keyboard.press("n");
  await field(page, "address_choice").selectOption({ label: `next after ${first}` });
  await field(page, "identifier").fill(macs[1]);
  const [asked] = await Promise.all([page.waitForRequest("**/api/reservations/reserve"), save(page).click()]);
  expect(asked.postDataJSON()).toMatchObject({ wanted: { order: { after: first } } });
  await expect(toast(page)).toContainText(`for ${macs[1]}.`);
  expect(await addressOf(macs[1])).not.toBe(first);
});

test("a typed address counts, and an emptied one is chosen by the server", async ({ page }) => {
  await openSubnet(page, SUBNET);
  await page.keyboard.press("n");
  await field(page, "identifier").fill(macs[0]);
  await expect(field(page, "address")).not.toHaveValue("");
  await expect(save(page)).toHaveText("Reserve");
  await field(page, "address").fill("");
  await expect(save(page)).toHaveText("Reserve next free");
  await save(page).click();
  await expect(toast(page)).toContainText(`for ${macs[0]}.`);
  expect(await addressOf(macs[0])).toMatch(/^10\.90\.0\.(1[0-8]\d|2[0-4]\d|250)$/);
});

test("without an address a name alone is reserved", async ({ page }) => {
  await openSubnet(page, SUBNET);
  await page.keyboard.press("n");
  await field(page, "address_choice").selectOption("none");
  await field(page, "identifier").fill(macs[0]);
  await expect(save(page)).toHaveText("Reserve");
  await expect(form(page)).toContainText("the client is only marked as known");
  await field(page, "host_name").fill("wanderer");
  await expect(form(page)).not.toContainText("the client is only marked as known");
  await save(page).click();
  await expect(toast(page)).toContainText(`Reserved ${macs[0]}.`);
  const held = await reserved(SUBNET, macs[0]);
  expect(held).toMatchObject({ hostname: "wanderer" });
  expect(held).not.toHaveProperty("ip-address");
});

test("an answer that was lost is had again, with the same address", async ({ page, complaints }) => {
  complaints.announce(/request failed: POST \S+\/api\/reservations\/reserve/, /net::ERR_FAILED/);
  const asked: unknown[] = [];
  let lost = 1;
  await page.route("**/api/reservations/reserve", async (route) => {
    asked.push(route.request().postDataJSON());
    if (lost-- > 0) {
      // The server does it; the answer never arrives.
      expect((await route.fetch()).status()).toBe(200);
      await route.abort("failed");
    } else {
      await route.continue();
    }
  });
  await openSubnet(page, SUBNET);
  await page.keyboard.press("n");
  await field(page, "address_choice").selectOption("random");
  await field(page, "identifier").fill(macs[0]);
  await save(page).click();
  await expect(form(page).getByRole("alert")).toContainText("Nestor does not answer.");
  await expect(save(page)).toHaveText("Try again");
  const address = await addressOf(macs[0]);
  await save(page).click();
  await expect(toast(page)).toContainText(`Reserved ${address} for ${macs[0]}.`);
  expect(asked).toHaveLength(2);
  expect(asked[1]).toEqual(asked[0]);
  const all = await kea("reservation-get-by-id", { "identifier-type": "hw-address", identifier: macs[0] });
  expect(all.arguments?.hosts).toHaveLength(1);
});
