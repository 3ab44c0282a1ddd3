import type { Page } from "@playwright/test";
import { expect, row, test } from "../fixtures/test.ts";

test.beforeEach(async ({ signIn }) => signIn("viewer"));

const box = (page: Page) => page.getByRole("combobox", { name: "Search" });
const options = (page: Page) => page.getByRole("listbox", { name: "Results" }).getByRole("option");
const found = (page: Page) => page.getByRole("table", { name: "Clients" }).locator("tbody tr");

/** Goes to the page of all results; Enter alone leads to what is exactly that. */
async function search(page: Page, text: string): Promise<void> {
  await box(page).fill(text);
  await options(page).filter({ hasText: `All results for “${text}”` }).click();
  await expect(page).toHaveURL((url) => url.pathname === "/search" && url.searchParams.get("q") === text);
}

test("an address is found, with the subnet around it", async ({ page, open }) => {
  await open("/");
  await search(page, "10.80.0.31");
  await expect(found(page).first()).toContainText("10.80.0.31");
  await expect(found(page).first()).toContainText("conflict");
  await expect(page.getByRole("region", { name: "Subnets" })).toContainText("10.80.0.0/24");
  await found(page).first().getByRole("link").click();
  await expect(page).toHaveURL(/\/networks\/kea\/80\?text=10\.80\.0\.31&open=10\.80\.0\.31$/);
  await expect(row(page, "10.80.0.31")).toBeVisible();
});

for (const text of ["10.20.0.52", "02:14:00:00:02:02", "BUILD-02"]) {
  test(`Enter on ${text} leads to its details at once`, async ({ page, open }) => {
    await open("/");
    await page.keyboard.press("/");
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/networks\/kea\/20\?text=10\.20\.0\.52&open=10\.20\.0\.52$/);
    await expect(row(page, "10.20.0.52")).toBeVisible();
    await expect(options(page).first()).toBeHidden();
  });
}

test("a list that comes late does not open over the next page", async ({ page, open }) => {
  await open("/networks");
  let answer = () => {};
  const asked = new Promise<void>((resolve) => (answer = resolve));
  await page.route("**/api/search/hints", async (route) => {
    await asked;
    await route.continue();
  });
  const question = page.waitForRequest("**/api/search/hints");
  await box(page).fill("printer");
  await question;
  await page.getByRole("heading", { level: 1 }).click();
  const answered = page.waitForResponse("**/api/search/hints");
  answer();
  await answered;
  await expect(box(page)).toHaveAttribute("aria-expanded", "false");
  await expect(options(page).first()).toBeHidden();
  await page.unroute("**/api/search/hints");
  await box(page).fill("office");
  await expect(options(page).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(options(page).first()).toBeHidden();
});

for (const mac of ["02:14:00:00:02:02", "02-14-00-00-02-02", "0214.0000.0202", "021400000202"]) {
  test(`a hardware address is found as ${mac}`, async ({ page, open }) => {
    await open("/");
    await page.goto(`/search?q=${encodeURIComponent(mac)}`);
    await expect(found(page)).toHaveCount(1);
    await expect(found(page)).toContainText("10.20.0.52");
    await expect(found(page)).toContainText("build-02");
  });
}

test("the end of a hardware address is enough", async ({ page, open }) => {
  await open("/");
  await search(page, "09:0f:ff");
  await expect(found(page).first()).toContainText("10.80.0.31");
});

test("a host name is found whole, by its start, and in any case", async ({ page, open }) => {
  await open("/");
  for (const [text, count, name] of [["plotter", 1, "plotter"], ["east-print", 4, "east-printer-1"], ["BUILD-02", 1, "build-02"]] as const) {
    await search(page, text);
    await expect(found(page)).toHaveCount(count);
    await expect(found(page).first()).toContainText(name);
  }
  await search(page, "visitor-kiosk");
  await expect(found(page)).toContainText("no address");
});

test("a subnet is found by name", async ({ page, open }) => {
  await open("/");
  await search(page, "guest-wifi");
  await page.getByRole("region", { name: "Subnets" }).getByRole("link", { name: "10.50.0.0/22" }).click();
  await expect(page.getByTestId("subnet-header")).toContainText("guest-wifi");
});

test("nothing found says so", async ({ page, open }) => {
  await open("/");
  await search(page, "no-such-thing-anywhere");
  await expect(page.getByText("No results for “no-such-thing-anywhere”")).toBeVisible();
});

test("the box is reached by / and Ctrl-K, and offers while one types", async ({ page, open }) => {
  await open("/networks");
  await page.keyboard.press("/");
  await expect(box(page)).toBeFocused();
  await expect(box(page)).toHaveValue("");
  await page.keyboard.type("build-0");
  await expect(options(page)).toHaveCount(4);
  await page.keyboard.press("ArrowDown");
  await expect(options(page).first()).toHaveAttribute("aria-selected", "true");
  const target = (await options(page).first().innerText()).split("\n")[0];
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL((url) => url.pathname === "/networks/kea/20" && url.searchParams.get("text") === target);
  await expect(options(page).first()).toBeHidden();
  await expect(page.getByRole("dialog", { name: target })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.keyboard.press("Control+k");
  await expect(box(page)).toBeFocused();
  await page.keyboard.type("office");
  await expect(options(page).first()).toContainText("10.20.0.0/24");
  await page.keyboard.press("Escape");
  await expect(options(page).first()).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(box(page)).not.toBeFocused();
});

test("a slash in a field is a slash", async ({ page, open }) => {
  await open("/networks");
  await page.getByTestId("network-filter").fill("10.20.0.0");
  await page.getByTestId("network-filter").press("/");
  await expect(page.getByTestId("network-filter")).toHaveValue("10.20.0.0/");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("searching works", async ({ page }) => {
    await page.goto("/");
    await box(page).fill("build-01");
    await box(page).press("Enter");
    await expect(found(page).first()).toContainText("10.20.0.51");
    await expect(box(page)).toHaveValue("build-01");
  });
});
