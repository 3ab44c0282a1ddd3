import { apply, expect, test } from "../fixtures/test.ts";

test("a pool is split at an address", async ({ page, open, signIn, complaints }) => {
  complaints.announce(/422/);
  await signIn("operator");
  await open("/networks/kea/20/settings");
  const row = page.getByTestId("pool-row").first();
  const range = await row.getByRole("textbox", { name: /^Pool / }).inputValue();
  const [first, last] = range.split("-");
  const middle = first.replace(/\d+$/, (octet) => String(Number(octet) + 8));
  await row.getByRole("button", { name: /^Split Pool/ }).click();
  await row.getByLabel(/^Where to split Pool/).fill("10.99.0.1");
  await row.getByRole("button", { name: /^Split Pool/ }).click();
  await expect(row).toContainText("is not inside of");
  await row.getByLabel(/^Where to split Pool/).fill(middle);
  await row.getByRole("button", { name: /^Split Pool/ }).click();
  await expect(page.getByTestId("review-words")).toContainText(`${middle}-${last} added`);
  await apply(page);
  await expect(page.getByText(/^Applied and saved on kea/)).toBeVisible({ timeout: 20_000 });
  await page.getByTestId("toast-undo").last().click();
  await expect(page.getByText("Undone: the server has its previous configuration again.")).toBeVisible({ timeout: 20_000 });
});
