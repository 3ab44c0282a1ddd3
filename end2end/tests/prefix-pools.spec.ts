import { kea } from "../fixtures/outside.ts";
import { apply, expect, test } from "../fixtures/test.ts";

interface PrefixPool {
  prefix: string;
  "prefix-len": number;
  "delegated-len": number;
  "user-context"?: { name?: string };
}

async function prefixPools(id: number): Promise<PrefixPool[]> {
  const answer = await kea("config-get", {}, "kea6");
  const { subnet6 } = (answer.arguments as { Dhcp6: { subnet6: { id: number; "pd-pools": PrefixPool[] }[] } }).Dhcp6;
  return subnet6.find((one) => one.id === id)?.["pd-pools"] ?? [];
}

test("a prefix pool is made, halved and removed", async ({ page, open, signIn }) => {
  test.setTimeout(120_000);
  await signIn("operator");
  const before = await prefixPools(10);
  await open("/networks/kea6/10/settings");
  await page.getByTestId("add-prefix-pool").click();
  await page.getByLabel("Prefix of new prefix pool", { exact: true }).fill("2001:db8:f000::/44");
  await page.getByLabel("Delegated length of new prefix pool").fill("40");
  const row = page.getByTestId("prefix-pool-row").last();
  await expect(row).toContainText("The delegated length is from 44 to 128.");
  await page.getByLabel("Delegated length of new prefix pool").fill("56");
  await expect(row).toContainText("4096 prefixes of length 56");
  await row.getByText("Name, classes and number").click();
  await page.getByLabel("Name of new prefix pool").fill("Spec homes");
  await page.getByTestId("review").click();
  await expect(page.getByTestId("review-words")).toContainText("prefix pool 2001:db8:f000::/44 added");
  await apply(page);

  await page.getByRole("button", { name: "Split prefix pool 2001:db8:f000::/44" }).click();
  await expect(page.getByTestId("review-words")).toContainText("prefix pool 2001:db8:f008::/45 added");
  await apply(page);
  const halves = (await prefixPools(10)).filter((pool) => pool.prefix.startsWith("2001:db8:f0"));
  expect(halves.map((pool) => [pool.prefix, pool["prefix-len"], pool["user-context"]?.name])).toEqual([
    ["2001:db8:f000::", 45, "Spec homes"],
    ["2001:db8:f008::", 45, "Spec homes"],
  ]);

  for (const prefix of ["2001:db8:f000::/45", "2001:db8:f008::/45"]) {
    await page.getByRole("button", { name: `Remove prefix pool ${prefix}` }).click();
  }
  await page.getByTestId("review").click();
  await apply(page);
  expect(await prefixPools(10)).toEqual(before);
});

test("a new subnet of IPv6 says where its clients are and which prefixes are delegated", async ({ page, open, signIn }) => {
  await signIn("operator");
  await open("/networks/new");
  await page.getByLabel("Server", { exact: true }).selectOption("kea6");
  const prefix = page.getByLabel("Prefix", { exact: true });
  await prefix.fill("2001:db8:77::/64");
  await prefix.blur();
  await page.getByLabel("Prefixes to delegate (optional)").fill("2001:db8:f100::/44");
  await expect(page.getByTestId("new-subnet")).toContainText("Type the length of the prefixes that are delegated");
  await expect(page.getByTestId("review")).toBeDisabled();
  await page.getByLabel("Length of each delegated prefix").fill("56");
  await page.getByLabel("Interface", { exact: true }).fill("");
  await page.getByLabel("Relay addresses (optional)").fill("2001:db8:77::1");
  await page.getByTestId("review").click();
  await expect(page.getByTestId("review-words")).toContainText("2001:db8:77::/64");
  // Nothing is applied, and leaving asks no more.
  await page.keyboard.press("Escape");
  await prefix.fill("");
});
