import { kea } from "../fixtures/outside.ts";
import { apply, expect, test } from "../fixtures/test.ts";

interface Logger {
  name: string;
  severity: string;
}

async function loggers(): Promise<Logger[]> {
  const answer = await kea("config-get");
  return (answer.arguments as { Dhcp4: { loggers?: Logger[] } }).Dhcp4.loggers ?? [];
}

async function severity(name: string): Promise<string | undefined> {
  return (await loggers()).find((one) => one.name === name)?.severity;
}

test("a logger is added, says all for a while, is stopped, and removed", async ({ page, open, signIn }) => {
  test.setTimeout(180_000);
  const name = "kea-dhcp4.leases";
  await signIn("operator");
  await open("/servers/kea/logging");
  const form = page.getByTestId("new-logger");
  await form.getByLabel("Name").fill(name);
  await expect(form).toContainText("Leases that are given");
  await form.getByLabel("Severity").selectOption("WARN");
  await page.getByTestId("review-logger").click();
  await apply(page);
  expect(await severity(name)).toBe("WARN");

  const logger = page.getByTestId("logger").filter({ hasText: name });
  await logger.getByRole("button", { name: "Debug for 15 minutes" }).click();
  await expect(logger.getByTestId("debugging")).toBeVisible({ timeout: 20_000 });
  expect(await severity(name)).toBe("DEBUG");
  await logger.getByRole("button", { name: "Stop now" }).click();
  await expect(logger.getByTestId("debugging")).toHaveCount(0, { timeout: 20_000 });
  await expect.poll(() => severity(name)).toBe("WARN");

  await logger.getByRole("button", { name: `Remove the logger ${name}` }).click();
  await apply(page);
  await expect(logger).toHaveCount(0, { timeout: 20_000 });
  expect(await severity(name)).toBeUndefined();
});

test("DNS updates are switched on and off on one page", async ({ page, open, signIn }) => {
  test.setTimeout(120_000);
  await signIn("operator");
  await open("/servers/kea/ddns");
  const set = async (value: string) => {
    await page.locator('[data-path="dhcp-ddns.enable-updates"]').getByRole("combobox").selectOption(value);
    await page.getByTestId("review").click();
    await apply(page);
  };
  await set("true");
  await expect(page.getByTestId("config-finding").first()).toContainText("kea-dhcp-ddns", { timeout: 20_000 });
  await set("false");
  await expect(page.getByTestId("config-finding")).toHaveCount(0, { timeout: 20_000 });
});
