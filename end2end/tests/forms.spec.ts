// What is typed is never lost: not to a session that ends, not to a suggestion, not to somebody else, not to Back.
import type { Page } from "@playwright/test";
import { MEMORY, forget, kea, password, reserved } from "../fixtures/outside.ts";
import { expect, field, fillSignIn, form, hydrated, openSubnet, openSubnetWith, row, test } from "../fixtures/test.ts";

const SUBNET = 90;
const again = (page: Page) => page.getByTestId("sign-in-again");
const overtaken = (page: Page) => page.getByTestId("overtaken");
const save = (page: Page) => page.getByTestId("save-button");
const toast = (page: Page) => page.getByTestId("toast").last();

test.describe("a session that ends", () => {
  const mac = "02:14:00:00:11:01";

  test.beforeEach(async ({ page, complaints }) => {
    complaints.announce(/401/, /EventSource/);
    await forget(SUBNET, mac);
    await page.goto("/login");
    await hydrated(page);
    await fillSignIn(page, "operator", password());
    await expect(page).toHaveURL(/\/$/);
  });
  test.afterEach(() => forget(SUBNET, mac));

  /** Ends it as time does, for the server and not only in this browser; then presses a button, before the page notices. */
  async function end(page: Page, button = ""): Promise<void> {
    await page.evaluate(async (button) => {
      await fetch("/logout", { method: "POST", redirect: "manual" });
      document.querySelector<HTMLElement>(`[data-testid="${button}"]`)?.click();
    }, button);
  }

  async function signIn(page: Page, secret: string): Promise<void> {
    await again(page).getByLabel("Password").fill(secret);
    await again(page).getByRole("button", { name: "Sign in", exact: true }).click();
  }

  test("under a form that is half filled in: signing in over it goes on", async ({ page }) => {
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    await field(page, "address").fill("10.90.0.66");
    await field(page, "identifier").fill(mac);
    await field(page, "host_name").fill("press-1");
    await end(page, "save-button");
    await expect(again(page)).toContainText("What you typed is still here.");
    await expect(again(page).getByLabel("Name")).toHaveValue("operator");
    await expect(again(page).getByLabel("Password")).toBeFocused();
    await signIn(page, "not the password");
    await expect(again(page).getByRole("alert")).toContainText("Name or password is wrong.");
    expect(await reserved(SUBNET, mac)).toBeUndefined();
    await signIn(page, password());
    await expect(again(page)).toBeHidden();
    await expect(toast(page)).toContainText("Reserved 10.90.0.66");
    expect(await reserved(SUBNET, mac)).toMatchObject({ hostname: "press-1" });
    // The event stream is there again, too.
    await expect(page.getByText(/live, /).first()).toBeVisible();
  });

  test("under a pasted table", async ({ page }) => {
    await page.goto("/import?subnet=kea%2F90");
    await hydrated(page);
    const table = `mac,address\n${mac},10.90.0.67\n`;
    await page.getByTestId("table-text").fill(table);
    await end(page, "check-table");
    await expect(again(page)).toBeVisible();
    await signIn(page, password());
    await expect(page.getByTestId("table-text")).toHaveValue(table);
    await expect(page.getByRole("main")).toContainText("10.90.0.67");
    await expect(page.getByTestId("apply-table")).toBeVisible();
  });

  test("nobody else acts on what was typed", async ({ page, context }) => {
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    await field(page, "address").fill("10.90.0.66");
    await field(page, "identifier").fill(mac);
    // Somebody else signs in, in another tab of the same browser.
    const other = await context.newPage();
    await other.request.post("/login", { form: { name: "admin", password: password() }, headers: { origin: new URL(page.url()).origin } });
    await other.close();
    await save(page).evaluate((button: HTMLElement) => button.click());
    await expect(again(page)).toContainText("This page is of “operator”, and in this browser “admin” is signed in now.");
    expect(await reserved(SUBNET, mac)).toBeUndefined();
    await signIn(page, password());
    await expect(toast(page)).toContainText("Reserved 10.90.0.66");
  });

  test("a page that nobody touches asks by itself", async ({ page }) => {
    await openSubnet(page, SUBNET);
    await expect(page.getByText(/live, /).first()).toBeVisible();
    await end(page);
    await expect(again(page)).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(again(page), "it is no question that can be put off").toBeVisible();
    await again(page).getByRole("link", { name: "Sign in as somebody else" }).click();
    await expect(page).toHaveURL(/\/login\?next=%2Fnetworks%2Fkea%2F90/);
  });
});

test("a wrong password keeps the name, and the page says where one goes on", async ({ page, open, complaints }) => {
  complaints.announce(/401/);
  await open("/changes");
  await expect(page.getByText("Sign in to go on to /changes.")).toBeVisible();
  await fillSignIn(page, "nobody.here", "not the password");
  await expect(page.getByRole("alert")).toContainText("Name or password is wrong.");
  await expect(page.getByLabel("Name")).toHaveValue("nobody.here");
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();
});

test.describe("signed in", () => {
  test.beforeEach(async ({ signIn }) => signIn("operator"));

  test("a suggestion does not write into the field that somebody is at", async ({ page }) => {
    let answer = () => {};
    const wait = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/api/reservations/suggest", async (route) => {
      await wait;
      await route.continue();
    });
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    const asked = page.waitForRequest("**/api/reservations/suggest");
    await field(page, "identifier").fill("02:14:00:00:11:02");
    await asked;
    await field(page, "address").focus();
    answer();
    await expect(form(page)).toContainText("is free: leave the field empty to take it");
    await expect(field(page, "address")).toHaveValue("");
    await field(page, "host_name").focus();
    await expect(field(page, "address")).toHaveValue(/^10\.90\.0\./);
    await expect(form(page)).toContainText("on hold for you");
    await page.unroute("**/api/reservations/suggest");
  });

  test.describe("two people and one reservation", () => {
    // A client of its own for each test: what was made past the console under an old one might still be shown.
    let number = 0;
    let mac = "";
    let address = "";
    let record = {};

    test.beforeEach(async ({ page, complaints }) => {
      complaints.announce(/409/);
      number += 1;
      mac = `02:14:00:00:11:1${number}`;
      address = `10.90.0.${80 + number}`;
      record = { "subnet-id": SUBNET, "hw-address": mac, "ip-address": address, hostname: "saw-1", "boot-file-name": "old.efi" };
      await forget(SUBNET, mac);
      expect((await kea("reservation-add", { reservation: record, ...MEMORY })).result).toBe(0);
      await openSubnetWith(page, address, SUBNET, `?text=${address}`);
      await row(page, address).focus();
      await page.keyboard.press("e");
      await field(page, "host_name").fill("mine");
    });
    test.afterEach(() => forget(SUBNET, mac));

    /** Somebody else changes name and boot file, and it is noticed when this one is saved. */
    async function clash(page: Page): Promise<void> {
      const theirs = { ...record, hostname: "theirs", "boot-file-name": "new.efi" };
      expect((await kea("reservation-update", { reservation: theirs, ...MEMORY })).result).toBe(0);
      await save(page).click();
      await expect(overtaken(page)).toContainText("theirs: theirs");
      await expect(overtaken(page)).toContainText("yours: mine");
      await expect(overtaken(page), "what nobody touched here is as it is there").not.toContainText("efi");
      expect(await reserved(SUBNET, mac)).toMatchObject({ hostname: "theirs" });
    }

    test("theirs can be taken", async ({ page }) => {
      await clash(page);
      await page.getByTestId("take-theirs").click();
      await expect(field(page, "host_name")).toHaveValue("theirs");
      await expect(overtaken(page)).toBeHidden();
      await page.keyboard.press("Escape");
      await expect(form(page), "nothing is unsaved").toBeHidden();
    });

    test("mine can be saved, and keeps what only they changed", async ({ page }) => {
      await clash(page);
      await page.getByTestId("save-mine").click();
      await expect(toast(page)).toContainText("Changed the reservation");
      expect(await reserved(SUBNET, mac)).toMatchObject({ hostname: "mine", "boot-file-name": "new.efi" });
    });

    test("editing can go on", async ({ page }) => {
      await clash(page);
      await page.getByTestId("go-on-editing").click();
      await expect(field(page, "host_name")).toHaveValue("mine");
      await field(page, "host_name").fill("both");
      await save(page).click();
      await expect(toast(page)).toContainText("Changed the reservation");
      expect(await reserved(SUBNET, mac)).toMatchObject({ hostname: "both", "boot-file-name": "new.efi" });
    });

    test("an open form notices", async ({ page, call }) => {
      const key = { subnet: { server: "kea", id: SUBNET }, identifier: { kind: "hw-address", value: mac } };
      const seen = (await call("/api/reservations/get", { key })).body;
      const theirs = { ...key, address, host_name: "theirs" };
      const changed = await call("/api/reservations/update", { seen, new: theirs });
      expect(changed.status, JSON.stringify(changed.body)).toBe(200);
      await expect(overtaken(page)).toContainText("theirs: theirs");
      await expect(save(page)).toBeDisabled();
      await expect(field(page, "host_name")).toHaveValue("mine");
    });
  });

  test.describe("what is open has an address", () => {
    test("details: Back closes them, and a colleague can be sent them from anywhere", async ({ page }) => {
      await openSubnet(page, 80);
      await row(page, "10.80.0.12").locator("td.col-name").click();
      const details = page.getByTestId("address-details");
      await expect(details).toContainText("10.80.0.12");
      await expect(page).toHaveURL(/\?open=10\.80\.0\.12$/);
      await page.goBack();
      await expect(details).toBeHidden();
      await expect(page).toHaveURL(/\/networks\/kea\/80$/);
      await expect(row(page, "10.80.0.12")).toBeFocused();
      // Not on the page of the list that is shown.
      await page.goto("/networks/kea/80?filter=free&open=10.80.0.12");
      await hydrated(page);
      await expect(details).toContainText("10.80.0.12");
      await expect(details.getByRole("button", { name: "Edit reservation" })).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(page).toHaveURL(/\?filter=free$/);
      await page.goto("/networks/kea/80?open=10.80.0.222");
      await expect(page.getByTestId("address-gone")).toContainText("not in this subnet any more");
    });

    test("forms: Back asks before it takes what was typed", async ({ page }) => {
      await openSubnet(page, 80);
      await row(page, "10.80.0.12").focus();
      await page.keyboard.press("e");
      await expect(page).toHaveURL(/\?edit=10\.80\.0\.12$/);
      await page.goBack();
      await expect(form(page)).toBeHidden();
      await page.keyboard.press("n");
      await field(page, "host_name").fill("half-typed");
      await page.goBack();
      await expect(page.getByRole("dialog", { name: "Discard unsaved changes?" })).toBeVisible();
      await page.getByRole("button", { name: "Cancel" }).last().click();
      await expect(field(page, "host_name")).toHaveValue("half-typed");
      await expect(page).toHaveURL(/\?reserve=new$/);
      await page.keyboard.press("Escape");
      await page.getByTestId("confirm-discard").click();
      await expect(form(page)).toBeHidden();
      await expect(page).toHaveURL(/\/networks\/kea\/80$/);
    });

    test("a change, and where it is not in the list", async ({ page, call, open }) => {
      const mac = "02:14:00:00:11:04";
      await forget(SUBNET, mac);
      const wanted = { subnet: { server: "kea", id: SUBNET }, identifier: { kind: "hw-address", value: mac }, host_name: "drill-1" };
      const made = (await call("/api/reservations/create", { new: wanted })).body as { change: number };
      await open(`/changes?text=nothing-like-it&open=${made.change}`);
      await expect(page.getByTestId("change-detail")).toContainText("drill-1");
      await page.keyboard.press("Escape");
      await expect(page).toHaveURL(/\/changes\?text=nothing-like-it$/);
      await call("/api/changes/undo", { number: made.change });
    });
  });

  test("Back leads to where one was on the page", async ({ page }) => {
    await openSubnet(page, 10);
    const far = page.locator("tr[data-row]").nth(80);
    await far.scrollIntoViewIfNeeded();
    const place = await page.evaluate(() => scrollY);
    expect(place).toBeGreaterThan(500);
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Networks" }).click();
    await expect(page.getByRole("heading", { name: "Networks" })).toBeVisible();
    await page.goBack();
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(place - 20);
  });

  test("keys lead into every list, and the list of keys is on every page", async ({ page, open }) => {
    for (const path of ["/", "/networks", "/servers", "/foreman", "/changes", "/account"]) {
      await open(path);
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("search everything");
      await page.keyboard.press("Escape");
    }
    await open("/networks");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await expect(page.locator("tbody a.row-link").nth(1)).toBeFocused();
    await openSubnet(page, 80);
    await page.keyboard.press("ArrowDown");
    await expect(row(page, "10.80.0.0")).toBeFocused();
  });

  test("a click anywhere in a row opens it", async ({ page, open }) => {
    await open("/networks");
    await page.getByRole("row").filter({ hasText: "10.60.0.0/29" }).locator("td").nth(2).click();
    await expect(page).toHaveURL(/\/networks\/kea\/60$/);
  });

  test("a new row is shown, and after a delete the focus stays in its place", async ({ page }) => {
    const mac = "02:14:00:00:11:05";
    await forget(SUBNET, mac);
    await openSubnet(page, SUBNET);
    await page.keyboard.press("n");
    await field(page, "address").fill("10.90.0.69");
    await field(page, "identifier").fill(mac);
    await save(page).click();
    await expect(row(page, "10.90.0.69")).toBeFocused();
    await expect(row(page, "10.90.0.69")).toHaveClass(/is-new/);
    await expect(row(page, "10.90.0.69")).toBeInViewport();
    await page.keyboard.press("Delete");
    await expect(page.getByRole("button", { name: "Cancel" }), "the focus is not on what takes away").toBeFocused();
    await page.getByTestId("confirm-delete").click();
    await expect(page.getByTestId("confirm-delete")).toBeHidden();
    await expect.poll(() => page.evaluate(() => document.activeElement?.hasAttribute("data-row"))).toBe(true);
  });

  test("the browser asks before what is half filled in goes with the page", async ({ page }) => {
    const asked: string[] = [];
    page.on("dialog", (dialog) => {
      asked.push(dialog.type());
      void dialog.accept();
    });
    await openSubnet(page, 80);
    await page.reload();
    await hydrated(page);
    expect(asked, "nothing is typed yet").toEqual([]);
    await page.keyboard.press("n");
    await field(page, "host_name").pressSequentially("half");
    await page.reload();
    expect(asked).toEqual(["beforeunload"]);
  });

  test("Back before the page is alive shows what its address says", async ({ page, open }) => {
    await open("/networks");
    await page.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
    await expect(page).toHaveURL(/sort=name/);
    await page.route("**/*.wasm", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await route.continue().catch(() => undefined);
    });
    await page.reload({ waitUntil: "commit" });
    await page.locator("tbody a.row-link").first().waitFor();
    await page.goBack({ waitUntil: "commit" });
    await hydrated(page);
    await page.unroute("**/*.wasm");
    await expect(page.locator("tbody a.row-link").first()).toHaveText("10.31.0.0/24");
    await expect(page.getByRole("columnheader", { name: "Name" })).not.toHaveAttribute("aria-sort", /./);
  });
});

test("who may only look sees no key and no button that is not theirs", async ({ page, signIn, open }) => {
  await signIn("viewer");
  await page.goto("/networks/kea/80?edit=10.80.0.12");
  await hydrated(page);
  await expect(row(page, "10.80.0.12")).toBeVisible();
  await expect(form(page)).toHaveCount(0);
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keys" });
  await expect(keys).toContainText("copy the address");
  for (const forbidden of ["reserve", "edit", "delete", "exclu"]) await expect(keys).not.toContainText(`${forbidden} `);
  await page.keyboard.press("Escape");
  await open("/networks");
  await expect(page.getByRole("link", { name: "Export CSV" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Import CSV" })).toHaveCount(0);
});
