import { foreman, foremanUrl, forget, reserved } from "../fixtures/outside.ts";
import { expect, openSubnet, row, test } from "../fixtures/test.ts";

test.beforeEach(async ({ signIn }) => signIn("operator"));

test("the page says where Foreman finds us", async ({ page, open }) => {
  await open("/foreman");
  await expect(page.getByLabel("URL", { exact: true })).toHaveValue(new RegExp(`^${foremanUrl()}/?$`));
  await expect(page.getByText("holds it for")).toContainText("90 s");
});

test("an address that Foreman asked for is held, shown, and can be released", async ({ page, open }) => {
  await open("/foreman");
  const mac = "02:14:00:00:0c:01";
  const asked = await foreman("GET", `/dhcp/10.20.0.0/unused_ip?from=10.20.0.60&to=10.20.0.64&mac=${mac}`);
  expect(asked.status).toBe(200);
  const { ip } = (await asked.json()) as { ip: string };
  expect(ip).toMatch(/^10\.20\.0\.6[0-4]$/);

  // By itself: nobody reloads.
  const hold = page.getByRole("table", { name: "Running holds" }).getByRole("row").filter({ hasText: ip });
  await expect(hold).toContainText("10.20.0.0/24");
  await expect(hold).toContainText(mac);
  await expect(hold).toContainText(/in \d+ s/);

  const others = new Set<string>();
  for (let n = 0; n < 4; n++) {
    const answer = await foreman("GET", "/dhcp/10.20.0.0/unused_ip?from=10.20.0.60&to=10.20.0.64");
    others.add(((await answer.json()) as { ip: string }).ip);
  }
  expect(others.size, "nobody is offered what is held").toBe(4);
  expect(others.has(ip)).toBe(false);
  const none = await foreman("GET", "/dhcp/10.20.0.0/unused_ip?from=10.20.0.60&to=10.20.0.64");
  expect(await none.json()).toEqual({ ip: null });

  await hold.getByRole("button", { name: `Release ${ip}` }).click();
  await hold.getByRole("button", { name: "Keep" }).click();
  await hold.getByRole("button", { name: `Release ${ip}` }).click();
  await hold.getByRole("button", { name: "Release", exact: true }).click();
  await expect(page.getByText(`${ip} can be suggested again.`)).toBeVisible();
  await expect(hold).toHaveCount(0);
  const again = await foreman("GET", "/dhcp/10.20.0.0/unused_ip?from=10.20.0.60&to=10.20.0.64");
  expect(await again.json()).toEqual({ ip });
});

test("a held address is a row of its subnet", async ({ page }) => {
  await openSubnet(page, 32);
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
  await open("/foreman");
  await expect(page.getByRole("row").filter({ hasText: ip })).toBeVisible();
  await expect(page.getByRole("button", { name: /Release/ })).toHaveCount(0);
});
