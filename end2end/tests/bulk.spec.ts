// Several subnets in one change, one review, one undo.
import { holders } from "../fixtures/outside.ts";
import { expect, hydrated, test } from "../fixtures/test.ts";

const SERVERS = "10.255.255.53";

test.describe("several subnets", () => {
  test.beforeEach(async ({ signIn }) => signIn("operator"));

  test("several options go into one change", async ({ page, open }) => {
    await open("/networks/bulk?text=10.20.0.0");
    await hydrated(page);
    const form = page.getByTestId("bulk");
    await form.getByLabel("Option", { exact: true }).selectOption("6");
    await form.getByLabel("Value").fill(SERVERS);
    await form.getByRole("button", { name: "Add another to this change" }).click();
    await expect(page.getByTestId("bulk-besides")).toContainText(`Set an option · 6 · ${SERVERS}`);
    await form.getByLabel("Option", { exact: true }).selectOption("42");
    await form.getByLabel("Value").fill("10.255.255.42");
    await page.getByTestId("review").click();
    await expect(page.getByTestId("review-words")).toContainText(SERVERS, { timeout: 20_000 });
    await expect(page.getByTestId("review-words")).toContainText("10.255.255.42");
    await page.keyboard.press("Escape");
    await page.getByTestId("bulk-besides").getByRole("button", { name: "Remove" }).click();
    await form.getByLabel("Value").fill("");
    expect(await holders(SERVERS)).toEqual([]);
  });

  test("those that are left out stay as they are, and what is wrong is said", async ({ page, open }) => {
    await open("/networks/bulk?text=10.20.0.0");
    await hydrated(page);
    const form = page.getByTestId("bulk");
    await form.getByLabel("Option", { exact: true }).selectOption("6");
    await form.getByLabel("Value").fill("gateway");
    await page.getByTestId("review").click();
    await expect(form.locator(".field-fault")).toBeVisible();
    await page.getByRole("button", { name: "Select none" }).click();
    await expect(page.getByRole("status").filter({ hasText: "0 of" })).toBeVisible();
    await page.getByTestId("review").click();
    await expect(form).toContainText("Select a subnet at least.");
    await form.getByLabel("Value").fill("");
  });
});
