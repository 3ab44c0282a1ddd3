// What became of a reservation, and the way back to each version.
import type { Page } from "@playwright/test";
import { forget, kea, reserved } from "../fixtures/outside.ts";
import { expect, openSubnet, openSubnetWith, row, test } from "../fixtures/test.ts";

const SUBNET = 90;
const revision = (page: Page) => page.getByTestId("revision");
const toast = (page: Page) => page.getByTestId("toast").last();

function wanted(mac: string, address: string, host_name: string): object {
  return { subnet: { server: "kea", id: SUBNET }, identifier: { kind: "hw-address", value: mac }, address, host_name };
}

async function openHistory(page: Page, address: string): Promise<void> {
  await row(page, address).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("tab", { name: "History" }).click();
}

test.beforeEach(async ({ signIn }) => signIn("operator"));

test("every version is shown with what changed, and can be restored", async ({ page, call }) => {
  const [mac, address] = ["02:14:00:00:0e:11", "10.90.0.61"];
  await forget(SUBNET, mac);
  try {
    const made = await call("/api/reservations/create", { new: wanted(mac, address, "lathe-1") });
    expect(made.status).toBe(200);
    const seen = (made.body as { reservation: object }).reservation;
    expect((await call("/api/reservations/update", { seen, new: wanted(mac, address, "lathe-2") })).status).toBe(200);

    await openSubnetWith(page, address, SUBNET, `?text=${address}`);
    await openHistory(page, address);
    await expect(revision(page)).toHaveCount(2);
    await expect(revision(page).first()).toContainText("Changed by operator");
    await expect(revision(page).first()).toContainText("done");
    await expect(revision(page).first().locator("del")).toHaveText("before: lathe-1");
    await expect(revision(page).first().locator("ins")).toHaveText("after: lathe-2");
    await expect(revision(page).first().getByTestId("restore-button"), "it is so now").toHaveCount(0);
    await expect(revision(page).last()).toContainText("Created by operator");

    await revision(page).last().getByRole("button", { name: "Restore this version" }).click();
    const question = page.getByRole("dialog", { name: `Restore this version of ${address}?` });
    await expect(question.locator("del")).toHaveText("before: lathe-2");
    await expect(question.locator("ins")).toHaveText("after: lathe-1");
    await page.getByTestId("confirm-restore").click();
    await expect(toast(page)).toContainText("is restored");
    await expect(row(page, address)).toContainText("lathe-1");
    expect(await reserved(SUBNET, mac)).toMatchObject({ hostname: "lathe-1" });
    await page.getByTestId("toast-undo").last().click();
    await expect(row(page, address)).toContainText("lathe-2");
    expect(await reserved(SUBNET, mac)).toMatchObject({ hostname: "lathe-2" });

    await openHistory(page, address);
    await expect(revision(page)).toHaveCount(4);
  } finally {
    await forget(SUBNET, mac);
  }
});

test("a deleted reservation comes back from the history of its client", async ({ page, call }) => {
  const [mac, address] = ["02:14:00:00:0e:12", "10.90.0.62"];
  await forget(SUBNET, mac, address);
  await kea("lease4-add", { "ip-address": address, "hw-address": mac, "subnet-id": SUBNET });
  try {
    const made = await call("/api/reservations/create", { new: { ...wanted(mac, address, "saw-1"), client_classes: ["kiosk"] } });
    expect(made.status).toBe(200);
    const seen = (made.body as { reservation: object }).reservation;
    expect((await call("/api/reservations/delete", { seen })).status).toBe(200);
    expect(await reserved(SUBNET, mac)).toBeUndefined();

    await openSubnetWith(page, address, SUBNET, `?text=${address}`);
    // The list may be some seconds old: till then the address is part of a gap.
    await expect(row(page, address)).toContainText("leased", { timeout: 10_000 });
    await openHistory(page, address);
    await expect(revision(page).first()).toContainText("Deleted by operator");
    await revision(page).first().getByRole("button", { name: "Restore the reservation" }).click();
    await expect(page.getByRole("dialog", { name: `Restore the reservation of ${address}?` })).toContainText("kiosk");
    await page.getByTestId("confirm-restore").click();
    await expect(row(page, address)).toContainText("reserved, in use");
    expect(await reserved(SUBNET, mac)).toMatchObject({ "ip-address": address, hostname: "saw-1", "client-classes": ["kiosk"] });
  } finally {
    await forget(SUBNET, mac, address);
  }
});

test("the tabs are worked with the arrow keys, and an empty history says why", async ({ page }) => {
  await openSubnet(page, SUBNET, "?text=10.90.0.14");
  await row(page, "10.90.0.14").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("tab", { name: "Now" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: "History" })).toBeFocused();
  await expect(page.getByRole("tab", { name: "History" })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByTestId("history")).toContainText("No changes through Nestor.");
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByTestId("address-details")).toContainText("scanner-gate-4");
});

test("who may only look sees the history and no way back", async ({ page, call, signIn }) => {
  const [mac, address] = ["02:14:00:00:0e:13", "10.90.0.63"];
  await forget(SUBNET, mac);
  try {
    const made = await call("/api/reservations/create", { new: wanted(mac, address, "drill-1") });
    const seen = (made.body as { reservation: object }).reservation;
    expect((await call("/api/reservations/update", { seen, new: wanted(mac, address, "drill-2") })).status).toBe(200);
    await signIn("viewer");
    await expect(async () => {
      await page.goto(`/networks/kea/${SUBNET}?text=${address}`);
      await expect(row(page, address)).toContainText("drill-2", { timeout: 2_000 });
    }).toPass();
    await expect(page.getByText("all keys")).toBeVisible();
    await openHistory(page, address);
    await expect(revision(page)).toHaveCount(2);
    await expect(page.getByTestId("restore-button")).toHaveCount(0);
  } finally {
    await forget(SUBNET, mac);
  }
});
