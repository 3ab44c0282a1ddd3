// What a server ran: compared, led back in part; and its saved file, loaded again.
import { kea } from "../fixtures/outside.ts";
import { expect, test } from "../fixtures/test.ts";

async function running(): Promise<Record<string, unknown>> {
  const answer = await kea("config-get");
  return (answer.arguments as { Dhcp4: Record<string, unknown> }).Dhcp4;
}

test("a part is led back from the comparison of two revisions", async ({ page, open, signIn, call }) => {
  test.setTimeout(120_000);
  await signIn("operator");
  const before = (await running())["calculate-tee-times"];
  const edits = JSON.stringify([{ op: "set", path: "calculate-tee-times", value: !before }]);
  expect((await call("/api/config/apply", { server: "kea", request: { edits } })).status).toBe(200);
  await open("/servers/kea/history");
  const newest = page.getByTestId("revision").first();
  await expect(newest).toContainText("calculate-tee-times", { timeout: 60_000 });
  await page.getByTestId("compare").getByRole("button", { name: "Compare" }).click();
  const compared = page.getByTestId("comparison");
  await expect(compared).toContainText("to what runs now");
  await compared.getByRole("listitem").filter({ hasText: "calculate-tee-times" }).getByTestId("restore-part").click();
  await expect(page.getByTestId("review-drawer")).toContainText("calculate-tee-times");
  await page.getByTestId("apply").click();
  await expect(page.getByTestId("review-drawer")).toBeHidden({ timeout: 20_000 });
  expect((await running())["calculate-tee-times"]).toBe(before);
});

test("the saved file is loaded again, and says what that changed", async ({ page, open, signIn }) => {
  test.setTimeout(180_000);
  await signIn("operator");
  const subnet = { id: 4711, subnet: "198.51.99.0/24" };
  expect((await kea("subnet4-add", { subnet4: [subnet] })).result).toBe(0);
  await test.step("what others changed is announced until somebody looks at it", async () => {
    const announced = page.getByRole("region", { name: "Needs attention" }).getByRole("listitem").filter({ hasText: "198.51.99.0/24 (id 4711) added" });
    await expect(async () => {
      await open("/");
      await expect(announced).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 90_000 });
    await open("/changes");
    const seen = page.waitForResponse(/\/api\/config\/seen$/);
    await page.getByTestId("outside").getByRole("link", { name: "Show" }).click();
    await expect(page.getByTestId("perhaps-unsaved")).toBeVisible();
    await seen;
    await open("/");
    await expect(announced).toHaveCount(0);
  });
  await open("/servers/kea/configuration");
  await page.getByTestId("reload").click();
  await expect(page.getByRole("dialog")).toContainText("The file cannot be read from here");
  await page.getByTestId("confirm-reload").click();
  await expect(page.getByTestId("toast").last()).toContainText("198.51.99.0/24", { timeout: 30_000 });
  const left = (await running()).subnet4 as { id: number }[];
  expect(left.some(({ id }) => id === subnet.id)).toBe(false);
});
