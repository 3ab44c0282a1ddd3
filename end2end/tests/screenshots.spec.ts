// Every page in light, dark and at the width of a phone, kept as target/browser/screenshots/*.png; and what the console
// shows while Kea is away.
import type { Page } from "@playwright/test";
import { LOOKS, screenshot } from "../fixtures/looks.ts";
import { foreman, forget, killKea, restartKea } from "../fixtures/outside.ts";
import { expect, field, form, hydrated, openSubnet, row, test } from "../fixtures/test.ts";

for (const [look, { colorScheme, viewport }] of Object.entries(LOOKS)) {
  test.describe(look, () => {
    test.use({ colorScheme, viewport });
    const shoot = (page: Page, name: string, fullPage = true) => screenshot(page, `${name}-${look}`, fullPage);

    test("pages for everybody", async ({ page, open }) => {
      await open("/login");
      await shoot(page, "login");
      await open("/login?failed=credentials");
      await shoot(page, "login-failed");
      await open(`/setup?token=${"0".repeat(64)}&failed=mismatch`);
      await shoot(page, "setup");
    });

    test("pages", async ({ page, open, signIn, complaints }) => {
      complaints.announce(/404/);
      await signIn("operator");
      await foreman("GET", "/dhcp/10.20.0.0/unused_ip?from=10.20.0.90&to=10.20.0.99&mac=02:14:00:00:0f:01");
      for (const [name, path] of [
        ["overview", "/"],
        ["networks", "/networks"],
        ["networks-nothing", "/networks?text=no-such-thing"],
        ["subnet-office", "/networks/kea/20"],
        ["subnet-conflict", "/networks/kea/80"],
        ["subnet-campus", "/networks/kea/10"],
        ["subnet-campus-reservations", "/networks/kea/10?filter=reservations"],
        ["subnet-no-pools", "/networks/kea/70"],
        ["subnet-nothing", "/networks/kea/20?text=no-such-thing"],
        ["subnet-unknown", "/networks/kea/4711"],
        ["search", "/search?q=print"],
        ["search-empty", "/search"],
        ["search-nothing", "/search?q=no-such-thing"],
        ["servers", "/servers"],
        ["foreman", "/foreman"],
        ["changes", "/changes"],
        ["changes-nothing", "/changes?text=no-such-change"],
        ["import", "/import?subnet=kea%2F90"],
        ["not-found", "/no/such/page"],
      ] as const) {
        await page.goto(path);
        await expect.soft(page.locator("html"), `${name} is taken over`).toHaveAttribute("data-hydrated");
        await expect(page.locator(".skeleton")).toHaveCount(0);
        await shoot(page, name);
      }
    });

    test("a table, and what it changed", async ({ page, signIn, open }) => {
      const macs = ["02:14:00:00:0f:11", "02:14:00:00:0f:12"];
      for (const mac of macs) await forget(90, mac);
      await signIn("operator");
      await open("/import?subnet=kea%2F90");
      const lines = [`${macs[0]},10.90.0.87,shelf-1,by the door`, `${macs[1]},next,shelf-2,`, "02:14:00:00:0f:13,10.90.0.12,shelf-3,", "02:14:zz,10.90.0.88,shelf-4,"];
      await page.getByTestId("table-text").fill(`mac,address,host_name,note\n${lines.join("\n")}\n`);
      await page.getByTestId("check-table").click();
      await expect(page.getByTestId("verdict-row")).toHaveCount(4);
      await shoot(page, "import-verdicts");
      await page.getByTestId("apply-table").click();
      await expect(page.getByTestId("confirm-apply")).toBeVisible();
      await shoot(page, "import-apply", false);
      await page.getByTestId("confirm-apply").click();
      await expect(page.getByTestId("undo-all")).toBeVisible();
      await shoot(page, "import-applied");

      await open("/changes");
      await expect(page.getByTestId("change-batch").first()).toBeVisible();
      await shoot(page, "changes-batch", false);
      await page.getByTestId("change-batch").first().getByRole("link").first().click();
      await page.getByTestId("change-row").first().getByRole("button").click();
      await expect(page.getByTestId("change-detail")).toBeVisible();
      await shoot(page, "change", false);
      await page.keyboard.press("Escape");
      await page.getByTestId("undo-all").click();
      await page.getByTestId("confirm-undo-all").click();
      await expect(page.getByTestId("batch-undone")).toBeVisible();
      await shoot(page, "changes-undone", false);
    });

    test("what opens above a page", async ({ page, signIn, open }) => {
      const mac = "02:14:00:00:0f:02";
      await forget(80, mac);
      await signIn("operator");
      await openSubnet(page, 80);
      await page.getByLabel("Account").click();
      await shoot(page, "account", false);
      await page.getByLabel("Account").click();

      await page.getByTestId("reserve-button").click();
      await shoot(page, "form-empty", false);
      await field(page, "identifier").fill(mac);
      await expect(field(page, "address")).not.toHaveValue("");
      await field(page, "host_name").fill("label-printer");
      await form(page).getByText("Boot (PXE)").click();
      await shoot(page, "form-suggested", false);
      await field(page, "address").fill("10.80.0.12");
      await expect(form(page)).toContainText("Not possible");
      await shoot(page, "form-conflict", false);
      await field(page, "identifier").fill("zz");
      await field(page, "host_name").fill("a b");
      await field(page, "next_server").fill("tftp");
      await page.getByTestId("save-button").click();
      await shoot(page, "form-faults", false);
      await page.keyboard.press("Escape");
      await expect(page.getByTestId("confirm-discard")).toBeVisible();
      await shoot(page, "form-discard", false);
      await page.getByTestId("confirm-discard").click();

      await row(page, "10.80.0.31").focus();
      await page.keyboard.press("Enter");
      await expect(page.getByTestId("address-details")).toBeVisible();
      await shoot(page, "details", false);
      await page.keyboard.press("Escape");
      await row(page, "10.80.0.12").focus();
      await page.keyboard.press("Delete");
      await expect(page.getByTestId("confirm-delete")).toBeVisible();
      await shoot(page, "delete", false);
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
      await shoot(page, "keys", false);
      await page.keyboard.press("Escape");
      await row(page, "10.80.0.12").getByTestId("row-menu").click();
      await expect(page.getByRole("menuitem").first()).toBeVisible();
      await shoot(page, "row-menu", false);
      await page.keyboard.press("Escape");

      await page.keyboard.press("n");
      await field(page, "address").fill("10.80.0.21");
      await field(page, "identifier").fill(mac);
      await page.getByTestId("save-button").click();
      await expect(form(page)).toBeHidden();
      await expect(row(page, "10.80.0.21")).toBeVisible();
      await shoot(page, "toast", false);
      await forget(80, mac);

      await open("/");
      await page.getByRole("combobox", { name: "Search" }).fill("print");
      await expect(page.getByRole("option").first()).toBeVisible();
      await shoot(page, "search-box", false);
    });
  });
}

test.describe("while Kea is away", () => {
  test.setTimeout(90_000);
  test.afterEach(() => restartKea());

  test("pages say so, keep what they know, and recover by themselves", async ({ page, open, signIn, complaints }) => {
    complaints.announce(/status 502|status of 502/);
    await signIn("operator");
    await openSubnet(page, 20);
    const overview = await page.context().newPage();
    await overview.goto("/");
    await hydrated(overview);

    killKea();
    await page.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
    await expect(page.getByRole("alert")).toBeVisible({ timeout: 15_000 });
    await expect(page.getByRole("alert")).toContainText(/kea/i);
    await expect(row(page, "10.20.0.51"), "what was known stays").toBeVisible();
    await page.screenshot({ path: "../target/browser/screenshots/kea-away-subnet-open-light.png" });

    // A reservation that cannot be made is not said to be made.
    await page.keyboard.press("n");
    await field(page, "address").fill("10.20.0.99");
    await field(page, "identifier").fill("02:14:00:00:0f:09");
    await page.getByTestId("save-button").click();
    await expect(form(page).getByRole("alert")).toBeVisible({ timeout: 15_000 });
    await page.screenshot({ path: "../target/browser/screenshots/kea-away-form-light.png" });
    await page.keyboard.press("Escape");
    if (await page.getByTestId("confirm-discard").isVisible()) await page.getByTestId("confirm-discard").click();

    for (const [name, path] of [["overview", "/"], ["networks", "/networks"], ["subnet", "/networks/kea/80"], ["search", "/search?q=printer"], ["foreman", "/foreman"]] as const) {
      const fresh = await page.context().newPage();
      for (const colorScheme of ["light", "dark"] as const) {
        await fresh.emulateMedia({ colorScheme });
        await fresh.goto(path);
        await hydrated(fresh);
        if (name !== "foreman") await expect(fresh.getByText(/does not answer|not answer|unreachable/i).first()).toBeVisible();
        await fresh.screenshot({ path: `../target/browser/screenshots/kea-away-${name}-${colorScheme}.png`, fullPage: true });
      }
      await fresh.close();
    }
    await expect(overview.getByText("unreachable").first(), "an open overview notices").toBeVisible({ timeout: 20_000 });
    await open("/networks/kea/80");
    const stranded = page;
    expect(((await (await fetch(`${process.env.NESTOR_URL}readyz`)).text()) || "").length).toBeGreaterThan(0);

    await restartKea();
    await expect(overview.getByText("serving", { exact: true }).first(), "an open overview recovers").toBeVisible({ timeout: 20_000 });
    await expect(row(stranded, "10.80.0.12"), "an open subnet page recovers").toBeVisible({ timeout: 20_000 });
    await overview.close();
  });
});
