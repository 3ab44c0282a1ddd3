// What a subnet has that is deleted: listed, exported, confirmed by its prefix, and deleted with it where that is ticked.
import { readFileSync } from "node:fs";
import { kea } from "../fixtures/outside.ts";
import { apply, expect, test } from "../fixtures/test.ts";

const PREFIX = "10.91.0.0/24";
const ADDRESS = "10.91.0.10";

test("a subnet with a lease is deleted together with it, once its prefix is typed", async ({ page, open, signIn, call }) => {
  test.setTimeout(120_000);
  await signIn("operator");
  const reservations = [{ "hw-address": "02:14:00:00:91:01", "ip-address": "10.91.0.7" }];
  const add = JSON.stringify([{ op: "add", path: "subnet4", value: { id: 91, subnet: PREFIX, reservations } }]);
  expect((await call("/api/config/apply", { server: "kea", request: { edits: add, reuse_ids: true } })).status).toBe(200);
  const lease = { "subnet-id": 91, "ip-address": ADDRESS, "hw-address": "02:14:00:00:91:02" };
  expect((await kea("lease4-add", lease)).result).toBe(0);

  await open("/networks/kea/91/settings");
  await page.getByTestId("delete-subnet").click();
  const orphans = page.getByTestId("orphans");
  await expect(orphans).toContainText(`${PREFIX} has 1 lease, 1 reservation in the configuration.`);
  await orphans.getByText("Show them").click();
  await expect(orphans).toContainText(`lease ${ADDRESS} of 02:14:00:00:91:02`);
  const [download] = await Promise.all([page.waitForEvent("download"), orphans.getByRole("button", { name: "Export leases" }).click()]);
  expect(download.suggestedFilename()).toBe("kea-91-leases.csv");
  expect(readFileSync(await download.path(), "utf8")).toContain(ADDRESS);

  await page.getByTestId("accept-warnings").check();
  await expect(page.getByTestId("apply")).toHaveCount(0);
  await page.getByLabel(`Type ${PREFIX} to confirm`).fill(PREFIX);
  await page.getByTestId("delete-orphans").check();
  await apply(page);
  await expect(page.getByTestId("toast").filter({ hasText: "its leases on kea are deleted" })).toBeVisible();
  expect((await kea("lease4-get", { "ip-address": ADDRESS })).result).toBe(3);
});
