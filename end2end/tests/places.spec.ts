import { kea } from "../fixtures/outside.ts";
import { apply, expect, test } from "../fixtures/test.ts";

interface Option {
  code: number;
  space: string;
  data: string;
  "never-send"?: boolean;
}

async function options(): Promise<Option[]> {
  const answer = await kea("config-get");
  return (answer.arguments as { Dhcp4: { "option-data"?: Option[] } }).Dhcp4["option-data"] ?? [];
}

test.beforeEach(async ({ signIn }) => signIn("operator"));

test("an option shows its octets and what is wrong with it, and may be kept back", async ({ page, open }) => {
  test.setTimeout(120_000);
  await open("/servers/kea/options");
  await page.getByLabel("Add an option").fill("42");
  await page.getByRole("button", { name: "Add option" }).click();
  const row = page.getByTestId("option-setting").filter({ hasText: "(42)" });
  const value = row.getByRole("textbox").first();
  await value.fill("192.0.2.123");
  await value.press("Tab");
  await expect(row).toContainText("4 octets go to clients: c0 00 02 7b.");
  await row.getByLabel("never send").check();
  await expect(row).toContainText("It goes to no client.");
  await page.getByTestId("review").click();
  await apply(page);
  expect((await options()).find((one) => one.code === 42)?.["never-send"]).toBe(true);
  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByTestId("review").click();
  await apply(page);
  expect((await options()).some((one) => one.code === 42)).toBe(false);
});

test("an option of a vendor comes with the option around it", async ({ page, open, complaints }) => {
  complaints.announce(/422/);
  await open("/servers/kea/options");
  const form = page.getByTestId("vendor-option");
  await form.locator("summary").click();
  await form.getByLabel(/^Value/).fill("gateway");
  await form.getByLabel(/^Code/).fill("1");
  await page.getByTestId("review-vendor").click();
  await expect(form).toContainText("type its octets in hexadecimal digits");
  await form.getByLabel(/^Value/).fill("c0:00:02:05");
  await page.getByTestId("review-vendor").click();
  await expect(page.getByTestId("review-words")).toContainText("vendor-encapsulated-options");
});

test("what is not set yet is opened from what a part may have", async ({ page, open }) => {
  await open("/servers/kea/configuration");
  const hints = page.getByTestId("config-hints");
  await hints.locator("summary").click();
  await hints.getByRole("link", { name: "hosts-databases", exact: true }).click();
  await page.getByTestId("edit-text").click();
  await expect(page.getByTestId("config-text")).toHaveValue(/^\[/);
});

test("the whole is edited as text, and what was typed alone is a change", async ({ page, open }) => {
  await open("/servers/kea/configuration");
  await page.getByTestId("edit-text").click();
  const text = page.getByTestId("config-text");
  await expect(text).toHaveValue(/"subnet4"/);
  // Only the number is typed: a browser takes seconds to put so many lines into a field at once.
  const { 0: found, index } = /(?<="t1-percent": )[\d.]+/.exec(await text.inputValue())!;
  await text.evaluate((area: HTMLTextAreaElement, [from, to]) => area.setSelectionRange(from, to), [index, index + found.length] as const);
  await text.focus();
  await page.keyboard.insertText("0.4");
  await page.getByTestId("review-text").click();
  const words = page.getByTestId("review-words");
  await expect(words).toContainText("t1-percent");
  for (const change of await words.getByRole("listitem").allTextContents()) expect(change).toContain("t1-percent");
});

test("hooks say what they unlock, and what Nestor can do", async ({ page, open }) => {
  await open("/servers/kea/hooks");
  await expect(page.getByTestId("hook").filter({ hasText: "libdhcp_host_cmds.so" })).toContainText("see reservations");
  await page.getByTestId("hook").first().getByRole("button", { name: "Load later…" }).click();
  await expect(page.getByTestId("review-words")).toBeVisible();
  await page.getByRole("button", { name: "Back", exact: true }).click();
  const abilities = page.getByTestId("abilities");
  await abilities.locator("summary").click();
  await expect(abilities.getByRole("row").filter({ hasText: "release leases" })).toContainText("yes");
});
