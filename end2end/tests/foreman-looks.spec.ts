// The Foreman page in light, dark and at the width of a phone, kept as target/browser/screenshots/foreman-*.png.
import type { Page } from "@playwright/test";
import { MEMORY, foreman, foremanUrl, forget, kea } from "../fixtures/outside.ts";
import { expect, test } from "../fixtures/test.ts";

const LOOKS = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  tablet: { colorScheme: "light", viewport: { width: 820, height: 1100 } },
  phone: { colorScheme: "light", viewport: { width: 390, height: 844 } },
} as const;

const MACS = ["02:14:00:00:0d:11", "02:14:00:00:0d:12", "02:14:00:00:0d:13"];

/** A host as Foreman makes it, from the first look to the last, with things that go wrong. */
async function building(): Promise<void> {
  const call = (method: string, path: string, form?: Record<string, string>) =>
    fetch(`${foremanUrl()}${path}`, { method, body: form && new URLSearchParams(form), headers: { "x-request-id": "b2c1d7f0-5a31-4d0c-9f2e-2f1f1f0a7f11" } });
  for (const mac of MACS) await forget(20, mac);
  const reservation = { "subnet-id": 20, "hw-address": MACS[0], "ip-address": "10.20.0.75", hostname: "old-web-01.office.example.org", "next-server": "10.20.0.5", "boot-file-name": "pxelinux.0", "user-context": { comment: "the rack by the window" } };
  await kea("reservation-add", { reservation, ...MEMORY });
  await call("GET", "/version");
  await call("GET", "/v2/features");
  await call("GET", "/dhcp");
  await call("GET", `/dhcp/10.20.0.0/unused_ip?mac=${MACS[1]}&from=10.20.0.70&to=10.20.0.79`);
  await call("GET", `/dhcp/10.20.0.0/mac/${MACS[1]}`);
  await call("GET", "/dhcp/10.20.0.0/ip/10.20.0.74");
  await call("POST", "/dhcp/10.20.0.0", { mac: MACS[1], ip: "10.20.0.74", hostname: "web-02.office.example.org", name: "web-02.office.example.org", nextServer: "10.20.0.5", filename: "pxelinux.0", related_macs: "" });
  await call("GET", `/dhcp/10.20.0.0/mac/${MACS[1]}`);
  await call("GET", "/dhcp/10.60.0.0/unused_ip?from=10.60.0.2&to=10.60.0.3");
  await call("POST", "/dhcp/10.20.0.0", { mac: MACS[2], ip: "10.20.0.75", hostname: "web-01.office.example.org", name: "web-01.office.example.org", nextServer: "10.20.0.5", filename: "pxelinux.0", related_macs: "" });
  await call("POST", "/dhcp/192.0.2.0", { mac: MACS[2], ip: "192.0.2.7", hostname: "lost-01", name: "lost-01" });
  await call("DELETE", `/dhcp/10.20.0.0/mac/${MACS[1]}`);
}

for (const [look, { colorScheme, viewport }] of Object.entries(LOOKS)) {
  test.describe(look, () => {
    test.use({ colorScheme, viewport });

    const shoot = async (page: Page, name: string, fullPage = true) => {
      await page.screenshot({ path: `../target/browser/screenshots/foreman-${name}-${look}.png`, fullPage, animations: "disabled" });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect.soft(width, `${name} does not scroll sideways`).toBeLessThanOrEqual(viewport.width);
    };

    test("the Foreman page", async ({ page, open, signIn }) => {
      await signIn("operator");
      await building();
      for (const [name, part] of [
        ["calls", ""],
        ["problems", "?filter=problems"],
        ["nothing-fits", "?text=no-such-call"],
        ["holds", "?tab=holds"],
        ["subnets", "?tab=subnets"],
        ["connect", "?tab=connect"],
      ] as const) {
        await open(`/foreman${part}`);
        await expect(page.locator(".skeleton")).toHaveCount(0);
        await page.waitForTimeout(300);
        await shoot(page, name, !["calls", "problems"].includes(name));
      }
      await page.getByRole("link", { name: "Holds", exact: true }).click();
      await page.getByRole("button", { name: "Release all" }).click();
      await shoot(page, "release-all", false);
      await page.keyboard.press("Escape");

      await open("/foreman");
      const row = (text: string) => page.getByTestId("call-row").filter({ hasText: text }).first();
      await row("Reserve 10.20.0.75").getByRole("button").click();
      await expect(page.getByTestId("free-it")).toBeVisible();
      await shoot(page, "clash", false);
      await page.getByTestId("free-it").click();
      await expect(page.getByTestId("confirm-free")).toBeVisible();
      await shoot(page, "free-it", false);
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await row("free address in 10.60").getByRole("button").click();
      await shoot(page, "exhausted", false);
      await page.keyboard.press("Escape");
      await row("free address in 10.20").getByRole("button").click();
      await shoot(page, "unused-ip", false);
      await page.keyboard.press("Escape");
      await row("Reserve 10.20.0.75").getByRole("button").click();
      await page.getByTestId("free-it").click();
      await page.getByTestId("confirm-free").click();
      await expect(page.getByTestId("toast")).toBeVisible();
      await shoot(page, "freed", false);
    });

    test.afterEach(async () => {
      for (const mac of MACS) await forget(20, mac);
      await foreman("GET", "/version");
    });
  });
}
