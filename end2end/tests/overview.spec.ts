import { foreman } from "../fixtures/outside.ts";
import { expect, test } from "../fixtures/test.ts";

test.beforeEach(async ({ signIn }) => signIn("operator"));

test("servers, figures and the fullest subnets are there", async ({ page, open }) => {
  await open("/");
  const figure = (name: string) => page.locator(".figure", { hasText: name });
  await expect(figure("Servers up")).toContainText("1 of 1");
  await expect(figure("Subnets")).toContainText("11");
  await expect(figure("Addresses used")).toContainText(/[23]\s?\d{3}/);

  const fullest = page.getByRole("region", { name: "Fullest subnets" });
  await expect(fullest.getByRole("listitem").first()).toContainText("10.50.0.0/22");
  await expect(fullest.getByRole("listitem").first()).toContainText("guest-wifi");
  await expect(fullest.getByRole("listitem").first()).toContainText(/9\d %/);

  const server = page.getByRole("article").filter({ hasText: "serving" });
  await expect(server).toContainText(/Kea 3\.0\.\d/);
  await expect(server).toContainText("in the server’s configuration file");
  await server.getByText("hook libraries").click();
  await expect(server.getByText("libdhcp_host_cmds.so")).toBeVisible();
});

test("what is wrong is said, with what to do", async ({ page, open }) => {
  await open("/");
  const concerns = page.getByRole("region", { name: "Needs attention" });
  const wifi = concerns.getByRole("listitem").filter({ hasText: "10.50.0.0/22" });
  await expect(wifi).toContainText(/Pools 9\d % used/);
  await expect(wifi).toContainText("shorten the lease time");
  await expect(wifi.getByRole("textbox", { name: "line" })).toHaveValue('"valid-lifetime": 86400, "min-valid-lifetime": 86400, "max-valid-lifetime": 86400');
  await wifi.getByRole("link", { name: "10.50.0.0/22" }).click();
  await expect(page).toHaveURL(/\/networks\/kea\/50$/);
  await expect(page.getByTestId("subnet-header")).toContainText("guest-wifi");
});

test("held addresses are shown as they come", async ({ page, open }) => {
  await open("/");
  const { ip } = (await (await foreman("GET", "/dhcp/10.31.0.0/unused_ip")).json()) as { ip: string };
  const strip = page.getByRole("region", { name: "On hold" });
  await expect(strip.getByRole("link", { name: ip, exact: true })).toBeVisible();
  await strip.getByRole("link", { name: ip, exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/networks/kea/31\\?text=${ip.replaceAll(".", "\\.")}$`));
});

test("every page is one click away", async ({ page, open }) => {
  await open("/");
  const main = page.getByRole("navigation", { name: "Main" });
  for (const name of ["Networks", "Foreman", "Overview"]) {
    await main.getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await expect(main.getByRole("link", { name, exact: true })).toHaveAttribute("aria-current", "page");
    await expect(page).toHaveTitle(`${name} · Nestor`);
  }
});

test("an address that leads nowhere says so", async ({ page, open, complaints }) => {
  complaints.announce(/404/);
  const answer = await page.goto("/no/such/page");
  expect(answer?.status()).toBe(404);
  await expect(page.getByText("Page not found")).toBeVisible();
  await open("/networks/kea/4711");
  await expect(page.getByText("Subnet not found")).toBeVisible();
});
