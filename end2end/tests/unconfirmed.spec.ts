import type { Page } from "@playwright/test";
import { kea, password as known } from "../fixtures/outside.ts";
import { apply, expect, hydrated, test } from "../fixtures/test.ts";

async function lifetime(): Promise<number> {
  const answer = await kea("config-get");
  return (answer.arguments as { Dhcp4: { "valid-lifetime": number } }).Dhcp4["valid-lifetime"];
}

/** Changes the lease time of the whole server, to be taken back unless it is confirmed. */
async function change(page: Page, seconds: number): Promise<void> {
  await page.getByRole("textbox", { name: "valid-lifetime", exact: true }).fill(`${seconds / 60} min`);
  await page.getByTestId("review").click();
  await expect(page.getByTestId("review-words")).toContainText("valid-lifetime");
  await page.getByTestId("confirm-within").check();
  await apply(page);
  await expect(page.getByTestId("unconfirmed")).toBeVisible({ timeout: 20_000 });
}

test.describe("a change that waits to be confirmed", () => {
  test.beforeEach(async ({ signIn }) => signIn("operator"));

  test("counts down where everybody looks, is taken back, and is kept", async ({ page, open }) => {
    const before = await lifetime();
    const [takenBack, kept] = [before + 60, before + 120];
    await open("/servers/kea/parameters");
    await change(page, takenBack);
    expect(await lifetime()).toBe(takenBack);
    await open("/");
    await expect(page.getByRole("main")).toContainText(/is taken back unless somebody keeps it: .*valid-lifetime/);
    for (const path of ["/servers", "/networks/kea/20/settings", "/servers/kea/options"]) {
      await open(path);
      await hydrated(page);
      const notice = page.getByTestId("unconfirmed");
      await expect(notice).toContainText("valid-lifetime");
      await expect(notice).toContainText(/is taken back in \d:\d\d unless it is kept/);
      await expect(notice.getByTestId("keep")).toBeVisible();
    }
    const left = page.getByTestId("unconfirmed").locator(".number").first();
    const first = await left.textContent();
    await expect(left).not.toHaveText(first ?? "");
    await page.getByTestId("take-back").click();
    await expect(page.getByTestId("unconfirmed")).toHaveCount(0, { timeout: 20_000 });
    expect(await lifetime()).toBe(before);

    await open("/servers/kea/parameters");
    await change(page, kept);
    await page.getByTestId("keep").click();
    await expect(page.getByTestId("unconfirmed")).toHaveCount(0, { timeout: 20_000 });
    expect(await lifetime()).toBe(kept);
    await open("/changes");
    await page.getByTestId("change-row").filter({ hasText: "valid-lifetime" }).first().getByRole("button", { name: /: details$/ }).click();
    await expect(page.getByTestId("change-detail")).toContainText(/Confirmed by .*: it stays\./);
    await page.getByTestId("change-acts").getByRole("button", { name: "Undo" }).click();
    await page.getByTestId("confirm-act").click();
    await expect.poll(lifetime, { timeout: 20_000 }).toBe(before);
  });
});

test("undoing what may harm the host asks for the password", async ({ page, open, signIn, call, complaints }) => {
  complaints.announce(/422/);
  await signIn("admin");
  const logger = { name: "kea-dhcp4.spec", severity: "INFO", "output-options": [{ output: "stdout" }] };
  const edits = JSON.stringify([{ op: "add", path: "loggers", value: logger }]);
  const password = known();
  const applied = await call("/api/config/apply", { server: "kea", request: { edits }, password });
  expect(applied.status).toBe(200);
  const { change } = applied.body as { change: number };
  await open(`/changes?open=${change}`);
  await page.getByTestId("change-acts").getByRole("button", { name: "Undo" }).click();
  await expect(page.getByTestId("dangers")).toContainText("end what the server does by it");
  await expect(page.getByTestId("confirm-act")).toBeDisabled();
  await page.getByLabel(/^Your password/).fill("not the password");
  await page.getByTestId("confirm-act").click();
  await expect(page.getByRole("alert")).toContainText("This is not your password.");
  await page.getByLabel(/^Your password/).fill(password);
  await page.getByTestId("confirm-act").click();
  await expect(page.getByTestId("dangers")).toHaveCount(0, { timeout: 20_000 });
});
