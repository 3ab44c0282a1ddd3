// The daily round in Firefox, Debian's own, by WebDriver BiDi: sign in, list, reserve, search, undo. What differs between
// browsers shows here; what each page does is tested in Chromium.
import { expect, test } from "@playwright/test";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { forget, nestorUrl, password, reserved } from "../fixtures/outside.ts";

// The warehouse: pools .100-.180 and .200-.250.
const SUBNET = 90;
const MAC = "02:14:00:00:ff:01";
const NAME = "firefox-press";

let browser: Browser;
let complaints: string[];

test.beforeAll(async () => {
  browser = await puppeteer.launch({ browser: "firefox", executablePath: process.env.FIREFOX || "/usr/bin/firefox-esr", headless: true });
});
test.afterAll(() => browser?.close());
test.beforeEach(() => forget(SUBNET, MAC));
test.afterEach(() => forget(SUBNET, MAC));

async function newPage(): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  await page.setViewport({ width: 1280, height: 800 });
  complaints = [];
  page.on("console", (message) => ["error", "warn"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  return page;
}

/** Opens a page and waits until the browser half has taken over. */
async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${nestorUrl()}${path}`);
  await page.waitForSelector("html[data-hydrated]");
}

test("sign in, list, reserve, search, undo", async () => {
  const page = await newPage();
  await open(page, "/login");
  await page.locator('input[name="name"]').fill("operator");
  await page.locator('input[type="password"]').fill(password());
  await Promise.all([page.waitForNavigation(), page.locator('button[type="submit"]').click()]);
  await page.waitForSelector("h1 ::-p-text(Overview)");

  await page.locator('nav a[href="/networks"]').click();
  await page.locator(`a[href="/networks/kea/${SUBNET}"]`).click();
  await page.waitForSelector("tr[data-address]");

  await page.locator('[data-testid="reserve-button"]').click();
  await page.locator('[name="identifier"]').fill(MAC);
  await page.waitForFunction(() => (document.querySelector('[name="address"]') as HTMLInputElement | null)?.value !== "");
  await page.locator('[name="host_name"]').fill(NAME);
  await page.locator('[data-testid="save-button"]').click();
  const row = await page.waitForSelector(`tr ::-p-text(${NAME})`);
  expect(row, "the new row is in the list").not.toBeNull();
  const made = await reserved(SUBNET, MAC);
  expect(made).toMatchObject({ hostname: NAME });

  await page.locator('[role="combobox"]').fill(NAME);
  await page.waitForSelector(`[role="option"] ::-p-text(${NAME})`);
  await page.keyboard.press("Escape");

  await page.locator("::-p-xpath(//button[normalize-space()='Undo'])").click();
  await expect.poll(() => reserved(SUBNET, MAC)).toBeUndefined();
  await page.waitForFunction((name) => !document.querySelector("table")?.textContent?.includes(name), {}, NAME);
  expect(complaints, "Firefox has nothing to complain about").toEqual([]);
});
