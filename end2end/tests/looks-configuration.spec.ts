// The pages of what servers run, in every look: target/browser/screenshots/*.png.
import { inEveryLook } from "../fixtures/looks.ts";
import { expect, test } from "../fixtures/test.ts";

test.setTimeout(240_000);

test("the pages of a server and the settings of a subnet", async ({ page, open, signIn }) => {
  await signIn("operator");
  for (const [name, path] of [
    ["config-parts", "/servers/kea/configuration?at=subnet4%5Bid%3D20%5D"],
    ["config-search", "/servers/kea/configuration?text=10.20.0"],
    ["config-options", "/servers/kea/options"],
    ["config-templates", "/servers/kea/templates"],
    ["config-definitions", "/servers/kea/definitions"],
    ["config-networks", "/servers/kea/shared-networks"],
    ["config-network", "/servers/kea/shared-networks?at=shared-networks%5Bname%3Dfloor-3%5D"],
    ["config-classes", "/servers/kea/classes"],
    ["config-ddns", "/servers/kea/ddns"],
    ["config-logging", "/servers/kea/logging"],
    ["config-findings", "/servers/kea/findings"],
    ["server-hooks", "/servers/kea/hooks"],
    ["server-check", "/servers/kea/check"],
    ["config-history", "/servers/kea/history"],
    ["subnet-settings", "/networks/kea/20/settings"],
    ["subnet-new", "/networks/new"],
    ["subnets-bulk", "/networks/bulk"],
  ] as const) {
    await open(path);
    await expect(page.locator(".skeleton")).toHaveCount(0);
    await expect(page.getByRole("main").locator("h1, .empty-title").first()).toBeVisible();
    await inEveryLook(page, name);
  }
});

test("what is typed and its review", async ({ page, open, signIn }) => {
  await signIn("operator");
  await open("/networks/kea/20/settings");
  await page.getByTestId("pool-row").first().getByRole("textbox", { name: /^Pool / }).fill("10.20.0.100-10.20.0.120");
  await expect(page.getByTestId("edit-bar")).toBeVisible();
  await page.getByTestId("review").click();
  await expect(page.getByTestId("review-words")).toBeVisible();
  await inEveryLook(page, "config-review", { fullPage: false });
});

test("a packet that was tried", async ({ page, open, signIn }) => {
  await signIn("operator");
  await open("/servers/kea/classes");
  const bench = page.getByTestId("bench");
  await bench.getByText("Try a packet").click();
  await bench.getByRole("button", { name: "Try it" }).click();
  await expect(bench.getByTestId("bench-outcome")).toBeVisible();
  await inEveryLook(page, "config-bench");
});
