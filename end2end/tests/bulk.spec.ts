// Several subnets in one change, one review, one undo.
import { kea } from "../fixtures/outside.ts";
import { expect, hydrated, test } from "../fixtures/test.ts";

interface Subnet {
  id: number;
  "option-data"?: { code: number; data: string }[];
}

const SERVERS = "10.255.255.53";

/** The numbers of the subnets that have the name server of this test. */
async function holders(): Promise<number[]> {
  const answer = await kea("config-get");
  const { Dhcp4 } = answer.arguments as { Dhcp4: { subnet4: Subnet[]; "shared-networks"?: { subnet4: Subnet[] }[] } };
  const all = [...Dhcp4.subnet4, ...(Dhcp4["shared-networks"] ?? []).flatMap((network) => network.subnet4)];
  return all.filter((one) => one["option-data"]?.some((option) => option.code === 6 && option.data === SERVERS)).map((one) => one.id);
}

test.describe("several subnets", () => {
  test.beforeEach(async ({ signIn }) => signIn("operator"));

  test("a name server in all of them: five clicks and one field from the overview, undone as one", async ({ page, open }) => {
    await open("/");
    let clicks = 0;
    const click = async (target: ReturnType<typeof page.getByRole>) => {
      await target.click();
      clicks += 1;
    };
    await click(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Networks" }));
    await click(page.getByRole("link", { name: "Change several" }));
    await hydrated(page);
    const form = page.getByTestId("bulk");
    await form.getByLabel("Option", { exact: true }).selectOption("6");
    clicks += 1;
    await form.getByLabel("Value").fill(SERVERS);
    await click(page.getByTestId("review"));
    await expect(page.getByTestId("review-words")).toContainText(SERVERS, { timeout: 20_000 });
    await click(page.getByTestId("apply"));
    await expect(page.getByText(/^Applied and saved on kea/)).toBeVisible({ timeout: 30_000 });
    expect(clicks).toBe(5);
    expect((await holders()).length).toBeGreaterThan(3);
    await page.getByTestId("toast-undo").last().click();
    await expect(page.getByText("Undone: the server has its previous configuration again.")).toBeVisible({ timeout: 30_000 });
    expect(await holders()).toEqual([]);
  });

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
    expect(await holders()).toEqual([]);
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
