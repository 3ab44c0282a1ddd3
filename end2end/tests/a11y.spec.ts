import { nothingSerious } from "../fixtures/looks.ts";
import { foreman, forget } from "../fixtures/outside.ts";
import { expect, field, form, openSubnet, row, test } from "../fixtures/test.ts";

test.setTimeout(180_000);

for (const theme of ["light", "dark"] as const) {
  test.describe(`${theme}: axe finds nothing serious`, () => {
    test.use({ colorScheme: theme });

    test("on the pages for everybody", async ({ page, open }) => {
      await open("/login?failed=credentials");
      await nothingSerious(page, "login");
      await open(`/setup?token=${"0".repeat(64)}&failed=mismatch`);
      await nothingSerious(page, "setup");
    });

    for (const [name, path] of [
      ["overview", "/"],
      ["networks", "/networks"],
      ["a search", "/search?q=printer"],
      ["a search for nothing", "/search?q=no-such-thing"],
      ["the servers", "/servers"],
      ["Foreman", "/foreman"],
      ["the changes", "/changes"],
      ["changes that nothing fits", "/changes?text=no-such-change"],
      ["a table", "/import?subnet=kea%2F90"],
      ["a subnet with a conflict", "/networks/kea/80"],
      ["a subnet with everything", "/networks/kea/10?filter=reservations"],
      ["a filter that nothing fits", "/networks/kea/80?text=no-such-thing"],
    ] as const) {
      test(`on ${name}`, async ({ page, open, signIn }) => {
        await signIn("operator");
        await foreman("GET", "/dhcp/10.80.0.0/unused_ip");
        await open(path);
        await expect(page.getByRole("main").locator("h1, .empty-title").first()).toBeVisible();
        await nothingSerious(page, name);
      });
    }

    test("on a table with verdicts and on a change", async ({ page, open, signIn }) => {
      const mac = "02:14:00:00:0e:02";
      await forget(90, mac);
      await signIn("operator");
      await open("/import?subnet=kea%2F90");
      await page.getByTestId("table-text").fill(`mac,address,host_name\n${mac},10.90.0.85,a11y-1\n02:14:zz,10.90.0.86,\n02:14:00:00:0e:03,10.90.0.12,\n`);
      await page.getByText("The columns", { exact: true }).click();
      await page.getByTestId("check-table").click();
      await expect(page.getByTestId("verdict-row")).toHaveCount(3);
      await nothingSerious(page, "verdicts");
      await page.getByTestId("apply-table").click();
      await expect(page.getByTestId("confirm-apply")).toBeVisible();
      await nothingSerious(page, "question before applying");
      await page.getByTestId("confirm-apply").click();
      await expect(page.getByTestId("undo-all")).toBeVisible();
      await nothingSerious(page, "rows that were applied");
      await open(`/changes?text=${encodeURIComponent(mac)}`);
      await page.getByTestId("change-row").first().getByRole("button").click();
      await expect(page.getByTestId("change-detail")).toBeVisible();
      await nothingSerious(page, "a change");
      await page.getByTestId("change-acts").getByRole("button", { name: "Undo", exact: true }).click();
      await expect(page.getByTestId("confirm-act")).toBeVisible();
      await nothingSerious(page, "question before undoing");
      await page.getByTestId("confirm-act").click();
      await expect(page.getByTestId("change-detail")).toContainText("Taken back by");
    });

    test("on what opens above a page", async ({ page, signIn }) => {
      await signIn("operator");
      await openSubnet(page, 80);
      await page.getByLabel("Account").click();
      await nothingSerious(page, "account");
      await page.getByLabel("Account").click();

      await page.getByTestId("reserve-button").click();
      await field(page, "address").fill("10.80.0.12");
      await field(page, "identifier").fill("02:14:00:00:0e:01");
      await expect(form(page)).toContainText("Not possible");
      await nothingSerious(page, "form with a conflict");
      await field(page, "identifier").fill("zz");
      await field(page, "host_name").fill("a b");
      await page.getByTestId("save-button").click();
      await nothingSerious(page, "form with faults");
      await form(page).getByText("Classes and options").click();
      await field(page, "client_classes").fill("kiosk");
      await field(page, "client_classes").press("Enter");
      for (const option of ["routers (3)", "ip-forwarding (19)"]) await field(page, "options").fill(option);
      await field(page, "options").fill("224");
      await field(page, "options").press("Enter");
      await page.getByTestId("save-button").click();
      await expect(page.getByTestId("option-row")).toHaveCount(3);
      await nothingSerious(page, "form with options and classes");
      await page.keyboard.press("Escape");
      await expect(page.getByTestId("confirm-discard")).toBeVisible();
      await nothingSerious(page, "question above the form");
      await page.getByTestId("confirm-discard").click();

      await row(page, "10.80.0.12").focus();
      await page.keyboard.press("Enter");
      await nothingSerious(page, "details");
      await page.getByRole("tab", { name: "History" }).click();
      await expect(page.getByTestId("history").getByRole("link")).toBeVisible();
      await nothingSerious(page, "history");
      await page.keyboard.press("Escape");
      await page.keyboard.press("b");
      await page.getByTestId("confirm-exclude").click();
      await nothingSerious(page, "exclusion without a reason");
      await page.keyboard.press("Escape");
      await page.getByTestId("exclusions").getByText("Exclusions").click();
      await nothingSerious(page, "exclusions");
      await row(page, "10.80.0.12").focus();
      await page.keyboard.press("Delete");
      await expect(page.getByTestId("confirm-delete")).toBeVisible();
      await nothingSerious(page, "question before deleting");
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
      await nothingSerious(page, "keys");
      await page.keyboard.press("Escape");
      await row(page, "10.80.0.12").getByTestId("row-menu").click();
      await nothingSerious(page, "row menu");
      await page.keyboard.press("Escape");
      await page.getByRole("combobox", { name: "Search" }).fill("printer");
      await expect(page.getByRole("option").first()).toBeVisible();
      await nothingSerious(page, "search box");
    });
  });
}
