import { freshConsole, nestorUrl, password } from "../fixtures/outside.ts";
import { expect, fillSignIn, hydrated, test } from "../fixtures/test.ts";

// A name without an account, so that no account is locked for the other tests.
const STRANGER = "nobody.here";

test("a wrong password is reported, and nothing else", async ({ page, open, complaints }) => {
  complaints.announce(/401/);
  await open("/login");
  await fillSignIn(page, STRANGER, "not the password");
  await expect(page.getByRole("alert")).toContainText("Name or password is wrong.");
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
});

test("who signs in sees the overview and their name", async ({ page, open }) => {
  await open("/");
  await expect(page).toHaveURL(/\/login$/);
  await fillSignIn(page, "operator", password());
  await expect(page).toHaveURL(`${nestorUrl()}/`);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await expect(page.getByText("operator", { exact: true }).first()).toBeVisible();
  const session = (await page.context().cookies()).find((cookie) => cookie.name.endsWith("nestor"));
  expect(session).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
});

test("signing in leads to where one wanted to go", async ({ page, open, complaints }) => {
  complaints.announce(/401/);
  await open("/networks/kea/20?filter=reservations");
  await expect(page).toHaveURL(/\/login\?next=/);
  await fillSignIn(page, STRANGER, "not the password");
  await expect(page.getByRole("alert")).toBeVisible();
  await fillSignIn(page, "viewer", password());
  await expect(page).toHaveURL(`${nestorUrl()}/networks/kea/20?filter=reservations`);
  await expect(page.getByTestId("subnet-header")).toBeVisible();
});

test("no other site comes next", async ({ page, open }) => {
  await open("/login?next=%2F%2Fevil.example%2F");
  await fillSignIn(page, "viewer", password());
  await expect(page).toHaveURL(`${nestorUrl()}/`);
});

test("signing out ends the session", async ({ page, open, call, complaints }) => {
  complaints.announce(/401/);
  await open("/login");
  await fillSignIn(page, "viewer", password());
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Networks" }).click();
  await expect(page.getByRole("heading", { name: "Networks" })).toBeVisible();
  const stolen = await page.context().cookies();
  await hydrated(page);
  await page.getByLabel("Account").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/login$/);

  expect((await call("/api/session", {})).status).toBe(401);
  await page.goBack();
  await expect(page).toHaveURL(/\/login/);
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  // Not only the browser forgot it.
  await page.context().addCookies(stolen);
  expect((await call("/api/session", {})).status).toBe(401);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("signing in and out works", async ({ page }) => {
    await page.goto("/networks");
    await fillSignIn(page, STRANGER, "not the password");
    await expect(page.getByRole("alert")).toHaveText("Name or password is wrong.");
    await fillSignIn(page, "viewer", password());
    await expect(page).toHaveURL(`${nestorUrl()}/networks`);
    await expect(page.getByRole("link", { name: "10.10.0.0/16" })).toBeVisible();
    await page.getByLabel("Account").click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/login$/);
    await page.goto("/networks");
    await expect(page).toHaveURL(/\/login\?next=/);
  });
});

test("the set-up link makes the first account, once", async ({ page }) => {
  const second = await freshConsole();
  try {
    const link = /^Sign in: *(\S+)/m.exec(second.printed)?.[1] ?? "";
    expect(link).toContain(`${second.url}/setup?token=`);

    await page.goto(`${second.url}/setup?token=${"0".repeat(64)}`);
    const make = async (name: string, first: string, again: string) => {
      await page.locator("[name=name]").fill(name);
      await page.locator("[name=password]").fill(first);
      await page.locator("[name=again]").fill(again);
      await page.getByRole("button", { name: "Create account" }).click();
    };
    await make("first", "correct horse battery", "correct horse battery");
    await expect(page.getByRole("alert")).toContainText("no longer valid");

    await page.goto(link);
    await hydrated(page);
    await make("first", "correct horse battery", "correct horse batter!");
    await expect(page.getByRole("alert")).toHaveText("The two passwords differ.");
    await make("first", "correct horse battery", "correct horse battery");
    await expect(page).toHaveURL(`${second.url}/`);
    await expect(page.getByText("first", { exact: true }).first()).toBeVisible();

    // A page that is open asks again by itself, and would be sent to the sign-in.
    await page.goto("about:blank");
    await page.context().clearCookies();
    await page.goto(link);
    await make("second", "correct horse battery", "correct horse battery");
    await expect(page.getByRole("alert")).toContainText("no longer valid");
  } finally {
    await page.goto("about:blank");
    await second.stop();
  }
});
