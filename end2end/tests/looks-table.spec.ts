// A table that is imported, and the changes that come of it, in every look.
import { inEveryLook } from "../fixtures/looks.ts";
import { forget } from "../fixtures/outside.ts";
import { expect, test } from "../fixtures/test.ts";

const MACS = ["02:14:00:00:0f:11", "02:14:00:00:0f:12"];
const LINES = [
  "mac,address,host_name,note",
  `${MACS[0]},10.90.0.87,shelf-1,by the door`,
  `${MACS[1]},next,shelf-2,`,
  "02:14:00:00:0f:13,10.90.0.12,shelf-3,",
  "02:14:zz,10.90.0.88,shelf-4,",
];

test.setTimeout(180_000);

test.beforeEach(async ({ signIn }) => {
  for (const mac of MACS) await forget(90, mac);
  await signIn("operator");
});

test("a table, and what it changed", async ({ page, open }) => {
  await open("/import?subnet=kea%2F90");
  await page.getByTestId("table-text").fill(`${LINES.join("\n")}\n`);
  await page.getByText("Column reference", { exact: true }).click();
  await page.getByTestId("check-table").click();
  await expect(page.getByTestId("verdict-row")).toHaveCount(4);
  await inEveryLook(page, "import-verdicts");
  await page.getByTestId("apply-table").click();
  await expect(page.getByTestId("confirm-apply")).toBeVisible();
  await inEveryLook(page, "import-apply", { fullPage: false });
  await page.getByTestId("confirm-apply").click();
  await expect(page.getByTestId("undo-all")).toBeVisible();
  await inEveryLook(page, "import-applied");

  await open("/changes");
  await expect(page.getByTestId("change-batch").first()).toBeVisible();
  await inEveryLook(page, "changes-batch", { fullPage: false });
  await page.getByTestId("change-batch").first().locator("a.row-link").click();
  await page.getByTestId("change-row").filter({ hasText: MACS[0] }).getByRole("button").click();
  await expect(page.getByTestId("change-detail")).toBeVisible();
  await inEveryLook(page, "change", { fullPage: false });
  await page.getByTestId("change-acts").getByRole("button", { name: "Undo", exact: true }).click();
  await expect(page.getByTestId("confirm-act")).toBeVisible();
  await inEveryLook(page, "change-undo", { fullPage: false });
  await page.getByTestId("confirm-act").click();
  await expect(page.getByTestId("change-detail")).toContainText("Undone by");
  await page.keyboard.press("Escape");
  await page.getByTestId("undo-all").click();
  await page.getByTestId("confirm-undo-all").click();
  await expect(page.getByTestId("batch-undone")).toBeVisible();
  await inEveryLook(page, "changes-undone", { fullPage: false });
});
