// What devices and ways to boot need, from a form: clicks and fields are counted from the overview.
import type { Page } from "@playwright/test";
import { kea } from "../fixtures/outside.ts";
import { expect, hydrated, test } from "../fixtures/test.ts";

async function classes(): Promise<string> {
  const answer = await kea("config-get");
  return JSON.stringify((answer.arguments as { Dhcp4: { "client-classes"?: unknown } }).Dhcp4["client-classes"] ?? []);
}

/** Fills in a template from the overview, applies it, and gives how many clicks and fields that took. */
async function job(page: Page, template: string, values: Record<string, string>): Promise<[number, number]> {
  let clicks = 0;
  const click = async (target: ReturnType<Page["getByRole"]>) => {
    await target.click();
    clicks += 1;
  };
  await click(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Servers" }));
  await click(page.getByRole("navigation", { name: "More of kea", exact: true }).getByRole("link", { name: "Templates" }));
  await hydrated(page);
  const form = page.getByTestId(`template-${template}`);
  for (const [name, value] of Object.entries(values)) await page.locator(`#field-template-${template}-${name}`).fill(value);
  await click(form.getByRole("button", { name: "Review…" }));
  await expect(page.getByTestId("review-words")).toContainText("added", { timeout: 20_000 });
  await click(page.getByTestId("apply"));
  await expect(page.getByText(/^Applied and saved on kea/)).toBeVisible({ timeout: 30_000 });
  return [clicks, Object.keys(values).length];
}

async function undo(page: Page): Promise<void> {
  await page.getByTestId("toast-undo").last().click();
  await expect(page.getByText("Undone: the server has its previous configuration again.")).toBeVisible({ timeout: 30_000 });
}

test.beforeEach(async ({ signIn }) => signIn("operator"));

test("option 43 for UniFi devices: four clicks and one field", async ({ page, open }) => {
  await open("/");
  expect(await job(page, "unifi", { controller: "10.255.255.5" })).toEqual([4, 1]);
  expect(await classes()).toContain("10.255.255.5");
  await undo(page);
  expect(await classes()).not.toContain("10.255.255.5");
});

test("PXE for BIOS and UEFI: four clicks and two fields", async ({ page, open }) => {
  await open("/");
  expect(await job(page, "pxe", { bios: "spec-bios.kpxe", "uefi-x64": "ipxe.efi" })).toEqual([4, 2]);
  expect(await classes()).toContain("spec-bios.kpxe");
  await undo(page);
  expect(await classes()).not.toContain("spec-bios.kpxe");
});

test("what is wrong is said at its field", async ({ page, open, complaints }) => {
  complaints.announce(/422/);
  await open("/servers/kea/templates");
  await hydrated(page);
  await page.locator("#field-template-unifi-controller").fill("unifi");
  const form = page.getByTestId("template-unifi");
  await form.getByRole("button", { name: "Review…" }).click();
  await expect(form.locator(".field-fault")).toContainText("IPv4 address is expected");
  await page.locator("#field-template-unifi-controller").fill("");
});
