import { kea } from "../fixtures/outside.ts";
import { apply, expect, test } from "../fixtures/test.ts";

interface Network {
  name: string;
  subnet4: { id: number; subnet: string }[];
}

async function networks(): Promise<Network[]> {
  const answer = await kea("config-get");
  return (answer.arguments as { Dhcp4: { "shared-networks"?: Network[] } }).Dhcp4["shared-networks"] ?? [];
}

const inside = async (name: string) =>
  (await networks()).find((network) => network.name === name)?.subnet4.map((subnet) => subnet.subnet);

test("a shared network is made, filled, renamed and deleted without its subnets", async ({ page, open, signIn, call }) => {
  test.setTimeout(180_000);
  await signIn("operator");
  const prefix = "10.87.0.0/24";
  const add = JSON.stringify([{ op: "add", path: "subnet4", value: { id: 87, subnet: prefix } }]);
  expect((await call("/api/config/apply", { server: "kea", request: { edits: add } })).status).toBe(200);

  await open("/servers/kea/shared-networks");
  await page.getByLabel("Name", { exact: true }).fill("spec floor");
  await page.getByTestId("review-network").click();
  await expect(page.getByTestId("review-words")).toContainText("shared network spec floor added");
  await apply(page);
  const list = page.getByTestId("shared-networks");
  await list.getByRole("link", { name: "spec floor" }).click();

  await page.getByRole("searchbox").fill("10.87.0");
  await page.getByRole("searchbox").press("Enter");
  await page.getByTestId("network-outside").getByRole("button", { name: `Add ${prefix}` }).click();
  await page.getByTestId("review").click();
  await expect(page.getByTestId("review-words")).toContainText(`subnet ${prefix} (id 87) moves into shared network spec floor`);
  await apply(page);
  await expect(page.getByTestId("network-inside")).toContainText(prefix, { timeout: 20_000 });
  expect(await inside("spec floor")).toEqual([prefix]);

  await page.getByLabel("Name", { exact: true }).fill("spec hall");
  await page.getByTestId("review").click();
  await expect(page.getByTestId("review-words")).toContainText("is renamed to spec hall");
  await apply(page);
  await expect(list.getByRole("link", { name: "spec hall" })).toBeVisible({ timeout: 20_000 });
  expect(await inside("spec hall")).toEqual([prefix]);

  // From the list of subnets, too.
  await open("/networks?text=10.87.0");
  await page.getByRole("link", { name: /^Settings of spec hall/ }).click();
  await expect(page.getByTestId("network-inside")).toContainText(prefix);
  await page.getByTestId("delete-network-all").click();
  await expect(page.getByTestId("review-words")).toContainText(`subnet ${prefix} (id 87) removed`);
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByTestId("delete-network").click();
  await expect(page.getByTestId("review-words")).toContainText("moves out of shared network spec hall");
  await apply(page);
  await expect(page.getByTestId("shared-networks").getByRole("link", { name: "spec hall" })).toHaveCount(0, { timeout: 20_000 });
  expect(await inside("spec hall")).toBeUndefined();

  const remove = JSON.stringify([{ op: "remove", path: "subnet4[id=87]" }]);
  expect((await call("/api/config/apply", { server: "kea", request: { edits: remove } })).status).toBe(200);
});
