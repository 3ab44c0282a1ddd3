// The Foreman page and what opens above it, in every look: target/browser/screenshots/foreman-*.png.
import type { Page } from "@playwright/test";
import { build, tearDown } from "../fixtures/building.ts";
import { WITH_TABLET, inEveryLook } from "../fixtures/looks.ts";
import { foreman } from "../fixtures/outside.ts";
import { expect, test } from "../fixtures/test.ts";

const look = (page: Page, name: string, fullPage = true) => inEveryLook(page, `foreman-${name}`, { fullPage, looks: WITH_TABLET });
const openCall = (page: Page, text: string) => page.getByTestId("call-row").filter({ hasText: text }).first().getByRole("button").click();

test.setTimeout(180_000);

test.beforeEach(async ({ signIn }) => {
  await signIn("operator");
  await build();
});
test.afterEach(async () => {
  await tearDown();
  await foreman("GET", "/version");
});

test("the parts of the page", async ({ page, open }) => {
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
    await look(page, name, !["calls", "problems"].includes(name));
  }
  await page.getByRole("link", { name: "Holds", exact: true }).click();
  await page.getByRole("button", { name: "Release all" }).click();
  await look(page, "release-all", false);
});

test("what opens above it", async ({ page, open }) => {
  await open("/foreman");
  for (const [name, call] of [["exhausted", "free address in 10.60"], ["unused-ip", "free address in 10.20"]] as const) {
    await openCall(page, call);
    await look(page, name, false);
    await page.keyboard.press("Escape");
  }
  await openCall(page, "Reserve 10.20.0.75");
  await expect(page.getByTestId("free-it")).toBeVisible();
  await look(page, "clash", false);
  await page.getByTestId("free-it").click();
  await expect(page.getByTestId("confirm-free")).toBeVisible();
  await look(page, "free-it", false);
  await page.getByTestId("confirm-free").click();
  await expect(page.getByTestId("toast")).toBeVisible();
  await look(page, "freed", false);
});
