import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { forget, reserved } from "../fixtures/outside.ts";
import { expect, test } from "../fixtures/test.ts";

// The warehouse: reservations .11 to .14; addresses .70 and up are in no pool, and not in use.
const SUBNET = 90;
const MACS = ["02:14:00:00:12:01", "02:14:00:00:12:02"];
// Of a test that leaves some behind: the console may know them for some seconds after they were taken away.
const MIXED = ["02:14:00:00:12:03", "02:14:00:00:12:04"];
const EXAMPLE = ["02:00:5e:10:00:01", "02:00:5e:10:00:02"];

const text = (page: Page) => page.getByTestId("table-text");
const check = (page: Page) => page.getByTestId("check-table");
const row = (page: Page, line: number) => page.getByTestId("verdict-table").locator(`tr[data-line="${line}"]`);
const chips = (page: Page) => page.getByTestId("verdict-filters");

async function forgetAll(): Promise<void> {
  for (const mac of [...MACS, ...MIXED, ...EXAMPLE]) await forget(SUBNET, mac);
}

async function apply(page: Page): Promise<void> {
  await page.getByTestId("apply-table").click();
  await page.getByTestId("confirm-apply").click();
  await expect(page.getByRole("heading", { name: "Result" })).toBeVisible({ timeout: 15_000 });
}

test.beforeEach(async ({ signIn }) => {
  await forgetAll();
  await signIn("operator");
});
test.afterEach(forgetAll);

test("an example is checked, applied, found the same, and undone at once", async ({ page, open }) => {
  await open("/import?subnet=kea%2F90");
  await expect(page.getByLabel("Default subnet")).toHaveValue("kea/90");
  await page.getByTestId("fill-example").click();
  await expect(text(page)).toHaveValue(/^subnet,identifier,address,host_name,note\nkea\/90,/);
  await check(page).click();
  for (const [at, mac] of EXAMPLE.entries()) {
    await expect(row(page, at + 2)).toContainText("new");
    await expect(row(page, at + 2)).toContainText(mac);
  }
  await expect(chips(page).getByRole("button")).toHaveText(["2 all", "2 new"]);
  expect(await reserved(SUBNET, EXAMPLE[0]), "a check changes nothing").toBeUndefined();

  await page.getByTestId("apply-table").click();
  const question = page.getByRole("dialog", { name: "Apply 2 rows?" });
  await expect(question).toContainText("2 reservations will be created.");
  await question.getByRole("button", { name: "Cancel" }).click();
  expect(await reserved(SUBNET, EXAMPLE[0])).toBeUndefined();
  await apply(page);
  await expect(chips(page).getByRole("button")).toHaveText(["2 all", "2 done"]);
  const made = await reserved(SUBNET, EXAMPLE[0]);
  expect(made).toMatchObject({ hostname: "camera-1", "user-context": { comment: "above the door" } });
  await expect(row(page, 2)).toContainText(String(made?.["ip-address"]));

  // The same again does nothing.
  await check(page).click();
  await expect(page.getByRole("heading", { name: "Preview" })).toBeVisible();
  await expect(chips(page).getByRole("button")).toHaveText(["2 all", "2 same"]);
  await expect(page.getByTestId("apply-table")).toHaveCount(0);
});

test("what was applied is one line of the changes, and goes back with one button", async ({ page, open }) => {
  await open("/import?subnet=kea%2F90");
  await text(page).fill(`mac,address,host_name\n${MACS[0]},10.90.0.72,rack-1\n${MACS[1]},10.90.0.73,rack-2\n`);
  await check(page).click();
  await expect(chips(page).getByRole("button", { name: "2 new" })).toBeVisible();
  await apply(page);
  expect(await reserved(SUBNET, MACS[1])).toMatchObject({ "ip-address": "10.90.0.73", hostname: "rack-2" });

  await page.getByRole("link", { name: "View changes" }).click();
  await expect(page).toHaveURL(/\/changes\?batch=/);
  await expect(page.getByTestId("change-row")).toHaveCount(2);
  await page.getByRole("link", { name: "Show all changes" }).click();
  const line = page.getByTestId("change-batch").first();
  await expect(line).toContainText(/(added|changed) 2 reservations/);
  await line.getByRole("link", { name: /(added|changed) 2 reservations/ }).click();
  await page.getByTestId("undo-all").click();
  await page.getByTestId("confirm-undo-all").click();
  await expect(page.getByTestId("batch-undone")).toContainText("2 changes were undone.");
  for (const mac of MACS) expect(await reserved(SUBNET, mac)).toBeUndefined();
  await expect(page.getByTestId("change-row").first()).toContainText("undone");
});

test("every row has a verdict, and only good ones are applied", async ({ page, open }) => {
  await open("/import");
  const lines = [
    "subnet;mac;address;host_name",
    `10.90.0.0/24;${MIXED[0]};10.90.0.74;rack-3`,
    "10.90.0.0/24;02:5a:00:01:00:02;10.90.0.12;scanner-gate-2",
    `10.90.0.0/24;${MIXED[1]};10.90.0.12;rack-4`,
    "10.90.0.0/24;02:14:zz;10.90.0.75;rack-5",
    `192.0.2.0/24;${MIXED[1]};192.0.2.9;rack-6`,
    `10.90.0.0/24;${MIXED[1]};10.91.0.5;rack-7`,
  ];
  await text(page).fill(lines.join("\n"));
  await expect(page.getByText("6 rows", { exact: true })).toBeVisible();
  await check(page).click();
  for (const [line, word, more] of [
    [2, "new", "rack-3"],
    [3, "same", "scanner-gate-2"],
    [4, "blocked", "scanner-gate-2"],
    [5, "invalid", "identifier: “02:14:zz” is not hexadecimal"],
    [6, "invalid", "subnet: no server has the subnet “192.0.2.0/24”"],
    [7, "invalid", "address: 10.91.0.5 is outside of 10.90.0.0/24"],
  ] as const) {
    await expect(row(page, line)).toContainText(word);
    await expect(row(page, line)).toContainText(more);
  }
  await expect(chips(page).getByRole("button")).toHaveText(["6 all", "1 new", "1 same", "1 blocked", "3 invalid"]);
  await chips(page).getByRole("button", { name: "3 invalid" }).click();
  await expect(page.getByTestId("verdict-row")).toHaveCount(3);
  await chips(page).getByRole("button", { name: "6 all" }).click();
  await expect(page.getByTestId("verdict-row")).toHaveCount(6);

  await page.getByTestId("apply-table").click();
  const question = page.getByRole("dialog", { name: "Apply 1 row?" });
  for (const sentence of ["1 reservation will be created.", "1 blocked row will be skipped.", "3 invalid rows will be skipped."]) await expect(question).toContainText(sentence);
  await page.getByTestId("confirm-apply").click();
  await expect(row(page, 2)).toContainText("done");
  expect(await reserved(SUBNET, MIXED[0])).toMatchObject({ "ip-address": "10.90.0.74" });
  expect(await reserved(SUBNET, MIXED[1])).toBeUndefined();
});

test("only what was checked is applied", async ({ page, open }) => {
  await open("/import?subnet=kea%2F90");
  await text(page).fill(`mac,address\n${MACS[0]},10.90.0.76\n`);
  await check(page).click();
  await expect(page.getByTestId("apply-table")).toBeEnabled();
  await text(page).fill(`mac,address\n${MACS[0]},10.90.0.77\n`);
  await expect(page.getByTestId("outdated")).toContainText("The CSV data was changed since.");
  await expect(page.getByTestId("apply-table")).toBeDisabled();
  await check(page).click();
  await expect(row(page, 2)).toContainText("10.90.0.77");
  await expect(page.getByTestId("outdated")).toHaveCount(0);
  await expect(page.getByTestId("apply-table")).toBeEnabled();
});

test("a file is read in the browser, unless it is too large", async ({ page, open }) => {
  await open("/import?subnet=kea%2F90");
  const file = (content: string) => ({ name: "racks.csv", mimeType: "text/csv", buffer: Buffer.from(content) });
  await page.getByTestId("table-file").setInputFiles(file(`\ufeffmac,address\r\n${MACS[0]},10.90.0.78\r\n`));
  await expect(text(page)).toHaveValue(`mac,address\n${MACS[0]},10.90.0.78\n`);
  await check(page).click();
  await expect(row(page, 2)).toContainText("new");
  await page.getByTestId("table-file").setInputFiles(file("x".repeat(260 * 1024)));
  await expect(page.getByRole("alert")).toContainText("racks.csv is too large: the limit is 250 KiB.");
  await expect(text(page), "what was there stays").toHaveValue(/10\.90\.0\.78/);
});

test("what is no table is said to be none", async ({ page, open, complaints }) => {
  complaints.announce(/422/);
  await open("/import");
  await text(page).fill("colour,shape\nred,round\n");
  await check(page).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByText("the first line has no column “identifier”")).toBeVisible();
  await expect(page.getByTestId("verdicts")).toHaveCount(0);
  // Typed at once: filling in would lay out every line for itself.
  const many = `mac\n${"02:14:00:00:12:01\n".repeat(2001)}`;
  await text(page).evaluate((area: HTMLTextAreaElement, value) => {
    area.value = value;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }, many);
  await check(page).click();
  await expect(page.getByRole("alert")).toContainText("2001 rows are too many");
});

test("hundreds of rows are shown a part at a time", async ({ page, open }) => {
  await open("/import?subnet=kea%2F10");
  const line = (_: unknown, n: number) => `02:14:05:00:${(n >> 8).toString(16).padStart(2, "0")}:${(n & 255).toString(16).padStart(2, "0")},10.10.${60 + (n >> 8)}.${n & 255},bulk-${n}`;
  const lines = Array.from({ length: 500 }, line).map((row) => row.replace("10.10.60.0,", "10.10.62.1,"));
  await text(page).fill(`mac,address,host_name\n${lines.join("\n")}\n`);
  await check(page).click();
  await expect(chips(page).getByRole("button", { name: "500 all" })).toBeVisible({ timeout: 15_000 });
  await expect(page.getByTestId("verdict-row")).toHaveCount(100);
  await page.getByTestId("more-rows").click();
  await expect(page.getByTestId("verdict-row")).toHaveCount(200);
  await expect(page.getByText("200 of 500 are shown")).toBeVisible();
});

test("an export comes as a file that can be taken again, and changes nothing then", async ({ page, open }) => {
  await open("/import?subnet=kea%2F90");
  await expect(page.getByLabel("Reservations of")).toHaveValue("kea/90");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-table").click()]);
  expect(download.suggestedFilename()).toBe("reservations-kea-90.csv");
  const exported = readFileSync(await download.path(), "utf8");
  expect(exported.split("\n")[0]).toContain("identifier");
  expect(exported).toContain("scanner-gate-2");
  await page.getByTestId("table-file").setInputFiles(await download.path());
  await check(page).click();
  const count = exported.trim().split("\n").length - 1;
  await expect(chips(page).getByRole("button")).toHaveText([`${count} all`, `${count} same`]);
});

test("it is reached from the networks, a subnet, the changes and the box", async ({ page, open }) => {
  for (const path of ["/networks", "/changes"]) {
    await open(path);
    await page.getByRole("main").getByRole("link", { name: "Import CSV" }).click();
    await expect(page.getByRole("heading", { name: "Import reservations", level: 1 })).toBeVisible();
  }
  await open("/networks/kea/90");
  await page.getByRole("link", { name: "Import and export" }).click();
  await expect(page).toHaveURL(/\/import\?subnet=kea%2F90$/);
  await expect(page.getByLabel("Default subnet")).toHaveValue("kea/90");
  await open("/");
  await page.getByRole("combobox", { name: "Search" }).fill("import");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/import$/);
});

test("who may only look exports, and is offered no table that they may not apply", async ({ page, open, call, signIn, complaints }) => {
  complaints.announce(/403/);
  await signIn("viewer");
  await open("/import?subnet=kea%2F90");
  await expect(page.getByRole("heading", { name: "Export reservations" })).toBeVisible();
  await expect(page.getByTestId("table-text")).toHaveCount(0);
  const table = `mac,address\n${MACS[0]},10.90.0.79\n`;
  const answer = await call("/api/table/apply", { text: table, subnet: { server: "kea", id: SUBNET } });
  expect(answer.status).toBe(403);
  expect(await reserved(SUBNET, MACS[0])).toBeUndefined();
});
