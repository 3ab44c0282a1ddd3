import type { Page } from "@playwright/test";
import { kea } from "../fixtures/outside.ts";
import { apply, expect, test } from "../fixtures/test.ts";

async function names(): Promise<string[]> {
  const answer = await kea("config-get");
  const { "client-classes": classes } = (answer.arguments as { Dhcp4: { "client-classes"?: { name: string }[] } }).Dhcp4;
  return (classes ?? []).map((one) => one.name).filter((name) => name.startsWith("spec-"));
}

async function create(page: Page, name: string, expression: string): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Expression").fill(expression);
  await page.getByTestId("review-class").click();
  await expect(page.getByTestId("review-words")).toContainText(`class ${name} added`);
  await apply(page);
  await expect(page.getByTestId("classes").getByRole("link", { name, exact: true })).toBeVisible({ timeout: 20_000 });
}

test("classes are made, moved, changed and deleted", async ({ page, open, signIn }) => {
  test.setTimeout(180_000);
  await signIn("operator");
  await open("/servers/kea/classes");
  await page.getByLabel("Expression").fill("option[60].hax == 'a'");
  await expect(page.getByTestId("expression-fault")).toContainText(/line 1, character \d+/);
  await expect(page.getByTestId("review-class")).toBeDisabled();

  await create(page, "spec-alpha", "option[60].text == 'alpha'");
  await create(page, "spec-beta", "member('spec-alpha')");
  await create(page, "spec-free", "");
  const list = page.getByTestId("classes");

  await page.getByRole("button", { name: "Compare with other servers" }).click();
  await expect(page.getByRole("heading", { name: "On other servers" })).toBeVisible();

  // A class stays behind those that it asks for; another one moves.
  await list.getByRole("button", { name: "Move spec-beta up" }).click();
  await expect(page.getByTestId("class-refused")).toContainText("cannot come before it");
  await list.getByRole("button", { name: "Move spec-free up" }).click();
  await page.getByTestId("review").click();
  await expect(page.getByTestId("review-words")).toContainText(/reordered: .* moved (before|to the end)/);
  await apply(page);
  expect(await names()).toEqual(["spec-alpha", "spec-free", "spec-beta"]);

  // One that is used is not deleted, and what uses it is a link.
  await list.getByRole("button", { name: "Delete spec-alpha" }).click();
  await expect(page.getByTestId("class-refused").getByRole("link", { name: "class spec-beta: test" })).toBeVisible();

  await list.getByRole("link", { name: "spec-beta", exact: true }).click();
  const expression = page.getByLabel("Expression");
  await expect(expression).toHaveValue("member('spec-alpha')");
  await expression.fill("member('spec-alpha'");
  await expect(page.getByTestId("review")).toBeDisabled();
  await expression.fill("option[77].exists");
  await page.getByTestId("review").click();
  await apply(page);

  await page.getByRole("link", { name: "All classes" }).click();
  await expect(list).toContainText("option[77].exists", { timeout: 20_000 });
  for (const name of ["spec-alpha", "spec-beta", "spec-free"]) {
    await list.getByRole("button", { name: `Delete ${name}` }).click();
    await expect(page.getByTestId("review-words")).toContainText("removed");
    await apply(page);
    await expect(page.getByRole("link", { name, exact: true })).toHaveCount(0, { timeout: 20_000 });
  }
  expect(await names()).toEqual([]);
});

test("a packet is tried with an expression that is not applied yet", async ({ page, open, signIn, complaints }) => {
  complaints.announce(/422/);
  await signIn("operator");
  await open("/servers/kea/classes");
  await page.getByLabel("Name", { exact: true }).fill("spec-trial");
  await page.getByLabel("Expression").fill("substring(option[60].hex, 0, 4) == 'MSFT'");
  const bench = page.getByTestId("bench");
  await bench.getByText("Try a packet").click();
  await bench.getByLabel("As it comes from").selectOption("PXE, BIOS");
  await expect(bench.getByLabel("Vendor class")).toHaveValue(/^PXEClient:Arch:00000/);
  await bench.getByRole("button", { name: "Try it" }).click();
  await expect(bench.getByTestId("bench-outcome")).toContainText("substring(option[60].hex, 0, 4)  →  'PXEC'");
  await expect(bench.getByTestId("bench-member-of")).not.toContainText("spec-trial");

  await bench.getByLabel("As it comes from").selectOption("Windows PC");
  await bench.getByLabel("More options").fill("nothing = 1");
  await bench.getByRole("button", { name: "Try it" }).click();
  await expect(bench).toContainText("Line 1: “nothing” is no option of this server");
  await bench.getByLabel("More options").fill("");
  await bench.getByRole("button", { name: "Try it" }).click();
  await expect(bench.getByTestId("bench-member-of")).toContainText("VENDOR_CLASS_MSFT 5.0, ");
  await expect(bench.getByTestId("bench-member-of")).toContainText("spec-trial");
  expect(await names()).toEqual([]);
});

test("classes are chosen from a list, and an unknown one is said to be none", async ({ page, open, signIn }) => {
  await signIn("operator");
  await open("/servers/kea/parameters?at=subnet4%5Bid%3D20%5D");
  const field = page.getByRole("textbox", { name: "client-classes", exact: true });
  const row = page.getByRole("row").filter({ has: field });
  await row.getByText("Choose classes").click();
  await row.getByLabel("KNOWN", { exact: true }).check();
  await expect(field).toHaveValue("KNOWN");
  await field.fill("KNOWN, spec-nobody");
  await expect(row).toContainText("Not defined on this server: “spec-nobody”");
  await row.getByLabel("KNOWN", { exact: true }).uncheck();
  await expect(field).toHaveValue("spec-nobody");
  await page.getByRole("button", { name: "Discard" }).click();
});
