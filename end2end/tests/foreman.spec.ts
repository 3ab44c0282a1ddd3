import { foreman, foremanUrl, forget, reserved } from "../fixtures/outside.ts";
import { expect, openSubnet, row, test } from "../fixtures/test.ts";

test.beforeEach(async ({ signIn }) => signIn("operator"));

test("the page says where Foreman finds us", async ({ page, open }) => {
  await open("/foreman?tab=connect");
  await expect(page.getByLabel("URL", { exact: true })).toHaveValue(new RegExp(`^${foremanUrl()}/?$`));
  await expect(page.getByText("Foreman calls over plain HTTP")).toBeVisible();
  await page.getByRole("link", { name: "Holds", exact: true }).click();
  await expect(page.getByText("holds it for")).toContainText("90 s");
});

test("an address that Foreman asked for is held, shown, and can be released", async ({ page, open }) => {
  await open("/foreman?tab=holds");
  const mac = "02:14:00:00:0c:01";
  const asked = await foreman("GET", `/dhcp/10.20.0.0/unused_ip?from=10.20.0.60&to=10.20.0.64&mac=${mac}`);
  expect(asked.status).toBe(200);
  const { ip } = (await asked.json()) as { ip: string };
  expect(ip).toMatch(/^10\.20\.0\.6[0-4]$/);

  // By itself: the page is not reloaded.
  const hold = page.getByRole("table", { name: "Active holds" }).getByRole("row").filter({ hasText: ip });
  await expect(hold).toContainText("10.20.0.0/24");
  await expect(hold).toContainText(mac);
  await expect(hold).toContainText(/in \d+ s/);

  const others = new Set<string>();
  for (let n = 0; n < 4; n++) {
    const answer = await foreman("GET", "/dhcp/10.20.0.0/unused_ip?from=10.20.0.60&to=10.20.0.64");
    others.add(((await answer.json()) as { ip: string }).ip);
  }
  expect(others.size, "a held address is not offered again").toBe(4);
  expect(others.has(ip)).toBe(false);
  const none = await foreman("GET", "/dhcp/10.20.0.0/unused_ip?from=10.20.0.60&to=10.20.0.64");
  expect(await none.json()).toEqual({ ip: null });

  await hold.getByRole("button", { name: `Release ${ip}` }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await hold.getByRole("button", { name: `Release ${ip}` }).click();
  await page.getByTestId("confirm-release").click();
  await expect(page.getByText(`${ip} can be suggested again.`)).toBeVisible();
  await expect(hold).toHaveCount(0);
  const again = await foreman("GET", "/dhcp/10.20.0.0/unused_ip?from=10.20.0.60&to=10.20.0.64");
  expect(await again.json()).toEqual({ ip });
});

test("a held address is a row of its subnet", async ({ page }) => {
  // Which address it gets is up to chance, and there are more than fit on a page.
  await openSubnet(page, 32, "?filter=held");
  const { ip } = (await (await foreman("GET", "/dhcp/10.32.0.0/unused_ip?mac=02:14:00:00:0c:02")).json()) as { ip: string };
  await expect(row(page, ip)).toContainText("held");
  await expect(row(page, ip)).toContainText("02:14:00:00:0c:02");
});

test("what Foreman makes and deletes appears on the open page without a reload", async ({ page }) => {
  const mac = "02:14:00:00:0c:03";
  await forget(20, mac);
  await openSubnet(page, 20);
  await page.evaluate(() => document.documentElement.setAttribute("data-not-reloaded", ""));
  const form = { mac, ip: "10.20.0.70", hostname: "foreman-1.example.org", name: "foreman-1.example.org", nextServer: "10.20.0.5", filename: "pxelinux.0", related_macs: "" };
  try {
    const made = await foreman("POST", "/dhcp/10.20.0.0", form);
    expect([made.status, await made.text()]).toEqual([200, ""]);
    await expect(row(page, "10.20.0.70")).toContainText("foreman-1.example.org");
    expect(await reserved(20, mac)).toMatchObject({ "ip-address": "10.20.0.70", "next-server": "10.20.0.5", "boot-file-name": "pxelinux.0" });
    expect((await foreman("POST", "/dhcp/10.20.0.0", form)).status, "the very same again").toBe(200);
    expect((await foreman("POST", "/dhcp/10.20.0.0", { ...form, ip: "10.20.0.71" })).status).toBe(409);

    expect((await foreman("DELETE", `/dhcp/10.20.0.0/mac/${mac}`)).status).toBe(200);
    await expect(row(page, "10.20.0.70").filter({ hasText: "foreman-1" })).toHaveCount(0);
    await expect(page.locator("html[data-not-reloaded]")).toHaveCount(1);
  } finally {
    await forget(20, mac);
  }
});

test("who may only look cannot release", async ({ page, signIn, open }) => {
  await signIn("viewer");
  const { ip } = (await (await foreman("GET", "/dhcp/10.40.0.0/unused_ip?from=10.40.0.20&to=10.40.0.30")).json()) as { ip: string };
  await open("/foreman?tab=holds");
  await expect(page.getByRole("row").filter({ hasText: ip })).toBeVisible();
  await expect(page.getByRole("button", { name: /Release/ })).toHaveCount(0);
});

test("all holds can be released at once", async ({ page, open }) => {
  const asked = await foreman("GET", "/dhcp/10.32.0.0/unused_ip?mac=02:14:00:00:0c:04");
  const { ip } = (await asked.json()) as { ip: string };
  await open("/foreman?tab=holds");
  const table = page.getByRole("table", { name: "Active holds" });
  await expect(table.getByRole("row").filter({ hasText: ip })).toContainText("Foreman (");
  await page.getByRole("button", { name: "Release all" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(table.getByRole("row").filter({ hasText: ip })).toBeVisible();
  await page.getByRole("button", { name: "Release all" }).click();
  await page.getByTestId("confirm-release-all").click();
  await expect(page.getByTestId("toast")).toContainText("can be suggested again");
  await expect(page.getByText("No active holds")).toBeVisible();
  await expect(page.getByRole("button", { name: "Release all" })).toHaveCount(0);
});

test("a hold goes from the page when its client has its reservation", async ({ page, open }) => {
  const mac = "02:14:00:00:0c:05";
  await forget(20, mac);
  const asked = await foreman("GET", `/dhcp/10.20.0.0/unused_ip?from=10.20.0.80&to=10.20.0.89&mac=${mac}`);
  const { ip } = (await asked.json()) as { ip: string };
  await open("/foreman?tab=holds");
  const hold = page.getByRole("table", { name: "Active holds" }).getByRole("row").filter({ hasText: ip });
  await expect(hold).toBeVisible();
  try {
    expect((await foreman("POST", "/dhcp/10.20.0.0", { mac, ip, hostname: "held-1.example.org", name: "held-1.example.org" })).status).toBe(200);
    await expect(hold).toHaveCount(0);
  } finally {
    await forget(20, mac);
  }
});

test("subnets stand as Foreman sees them beside the pools of Kea", async ({ page, open }) => {
  await open("/foreman");
  await page.getByRole("link", { name: "Subnets", exact: true }).click();
  await expect(page).toHaveURL(/\/foreman\?tab=subnets$/);
  await expect(page).toHaveTitle("Subnets · Foreman · Nestor");
  const subnet = (network: string) => page.getByTestId("foreman-subnet").filter({ has: page.getByRole("link", { name: network, exact: true }) });
  await expect(subnet("10.20.0.0")).toContainText("255.255.255.0");
  await expect(subnet("10.20.0.0")).toContainText("10.20.0.1");
  await expect(subnet("10.70.0.0"), "no pool").toContainText("Foreman gets the whole subnet as its IP range");
  await expect(subnet("10.90.0.0"), "two pools").toContainText("The range spans 19 addresses that are in no pool");

  // The same as Foreman itself gets.
  const seen = (await (await foreman("GET", "/dhcp")).json()) as { network: string; netmask: string; options: { range?: [string, string]; routers?: string[] } }[];
  await expect(page.getByTestId("foreman-subnet")).toHaveCount(seen.length);
  for (const { network, netmask, options } of seen) {
    for (const text of [netmask, ...(options.range ?? []), ...(options.routers ?? []).slice(0, 1)]) await expect(subnet(network)).toContainText(text);
  }
  await subnet("10.70.0.0").getByRole("link", { name: "10.70.0.0" }).click();
  await expect(page.getByTestId("subnet-header")).toContainText("management");
});

test("many who ask for the page at once all get it whole", async ({ context }) => {
  const parts = [["", "Foreman"], ["?filter=problems", "Foreman"], ["?tab=holds", "Holds"], ["?tab=subnets", "Subnets"], ["?tab=connect", "Connect"]] as const;
  for (let n = 0; n < 60; n++) {
    await Promise.all(
      parts.map(async ([part, title]) => {
        const answer = await context.request.get(`/foreman${part}`);
        expect(answer.status(), part).toBe(200);
        expect(/<title>(.*?)<\/title>/.exec(await answer.text())?.[1], part).toMatch(new RegExp(`^${title} · `));
      }),
    );
  }
});
