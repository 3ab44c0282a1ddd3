import { kea } from "../fixtures/outside.ts";
import { apply, expect, test } from "../fixtures/test.ts";

interface Running {
  "option-def"?: { name: string; code: number }[];
  "option-data"?: { code: number; data: string }[];
}

async function running(): Promise<Running> {
  const answer = await kea("config-get");
  return (answer.arguments as { Dhcp4: Running }).Dhcp4;
}

test("a definition is made, given a value, changed with it, and kept while it is used", async ({ page, open, signIn, complaints }) => {
  complaints.announce(/422/);
  test.setTimeout(180_000);
  await signIn("operator");
  await open("/servers/kea/definitions");
  const form = page.getByTestId("definition-form");
  await form.getByLabel("Name").fill("spec-acme");
  await form.getByLabel("Code").fill("6");
  await form.getByLabel("Code").press("Tab");
  await expect(form).toContainText("Kea's own option domain-name-servers");
  await form.getByLabel("Type").selectOption("ipv4-address");
  await form.getByLabel("Code").fill("234");
  await form.getByLabel(/^Array/).check();
  await page.getByTestId("review-definition").click();
  await expect(page.getByTestId("review-words")).toContainText("spec-acme");
  await apply(page);
  const list = page.getByTestId("definitions");
  await expect(list.getByRole("link", { name: "spec-acme" })).toBeVisible({ timeout: 20_000 });

  // It is among the options at once.
  await open("/servers/kea/options");
  await page.getByLabel("Add an option").fill("spec-acme");
  await page.getByRole("button", { name: "Add option" }).click();
  await page.getByLabel("spec-acme (234)").fill("192.0.2.1, 192.0.2.2");
  await page.getByTestId("review").click();
  await apply(page);
  expect((await running())["option-data"]?.find((one) => one.code === 234)?.data).toBe("192.0.2.1, 192.0.2.2");

  // While it is used it stays, and its value follows another code.
  await open("/servers/kea/definitions");
  await list.getByRole("button", { name: "Delete spec-acme" }).click();
  await expect(page.getByTestId("definition-refused").getByRole("link")).toContainText("spec-acme");
  await list.getByRole("link", { name: "spec-acme" }).click();
  await expect(form.getByLabel("Code")).toHaveValue("234");
  await form.getByLabel("Code").fill("235");
  await page.getByTestId("review-definition").click();
  await apply(page);
  await expect(list).toContainText("235", { timeout: 20_000 });
  expect((await running())["option-data"]?.find((one) => one.code === 235)?.data).toBe("192.0.2.1, 192.0.2.2");

  await open("/servers/kea/options");
  await page.getByTestId("option-setting").filter({ hasText: "spec-acme" }).getByRole("button", { name: "Remove" }).click();
  await page.getByTestId("review").click();
  await apply(page);
  await open("/servers/kea/definitions");
  await list.getByRole("button", { name: "Delete spec-acme" }).click();
  await expect(page.getByTestId("review-words")).toContainText("removed");
  await apply(page);
  await expect(page.getByRole("link", { name: "spec-acme" })).toHaveCount(0, { timeout: 20_000 });
});
