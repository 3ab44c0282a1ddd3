import type { Page } from "@playwright/test";
import { MEMORY, forget, kea, reserved } from "../fixtures/outside.ts";
import { expect, hydrated, test } from "../fixtures/test.ts";

// The warehouse; addresses .70 and up are in no pool, and not in use.
const SUBNET = 90;
const MAC = "02:14:00:00:11:01";
const ADDRESS = "10.90.0.70";

type Call = (path: string, body: unknown) => Promise<{ status: number; body: unknown }>;
interface Applied {
  reservation: Record<string, unknown>;
  change: number;
}

/** What asks for a reservation of the test's client. */
const wanted = (more: Record<string, unknown> = {}) => ({
  subnet: { server: "kea", id: SUBNET },
  identifier: { kind: "hw-address", value: MAC },
  address: ADDRESS,
  host_name: "crane-1",
  next_server: null,
  server_host_name: null,
  boot_file_name: null,
  note: null,
  record_name: null,
  ...more,
});

async function create(call: Call): Promise<Applied> {
  const answer = await call("/api/reservations/create", { new: wanted() });
  expect(answer.status).toBe(200);
  return answer.body as Applied;
}

const rows = (page: Page) => page.getByTestId("change-row");
const change = (page: Page, number: number) => page.getByTestId("change-table").locator(`tr[data-change="${number}"]`);
const detail = (page: Page) => page.getByTestId("change-detail");
const toast = (page: Page) => page.getByTestId("toast").last();
const only = `text=${encodeURIComponent(MAC)}`;

test.beforeEach(async ({ signIn }) => {
  await forget(SUBNET, MAC);
  await signIn("operator");
});
test.afterEach(() => forget(SUBNET, MAC));

test("a change says who did what, where, and how it stands", async ({ page, open, call }) => {
  const { change: number } = await create(call);
  await open(`/changes?${only}`);
  await expect(page).toHaveTitle("Changes · Nestor");
  const row = change(page, number);
  for (const text of [`Reserve ${ADDRESS}`, `crane-1 · ${MAC}`, "done", "10.90.0.0/24", "operator"]) await expect(row).toContainText(text);
  await row.getByRole("link", { name: "10.90.0.0/24" }).click();
  await expect(page).toHaveURL(/\/networks\/kea\/90\?text=10\.90\.0\.70$/);
});

test("a change is undone once, after a question", async ({ page, open, call }) => {
  const { change: number } = await create(call);
  await open(`/changes?${only}`);
  await change(page, number).getByRole("button").click();
  await expect(detail(page)).toContainText("Applied and saved on kea.");
  await expect(detail(page)).toContainText("crane-1");
  await detail(page).getByRole("button", { name: "Undo", exact: true }).click();
  const question = page.getByRole("dialog", { name: `Undo the change of ${ADDRESS}?` });
  await question.getByRole("button", { name: "Cancel" }).click();
  expect(await reserved(SUBNET, MAC)).toBeDefined();

  await detail(page).getByRole("button", { name: "Undo", exact: true }).click();
  await page.getByTestId("confirm-act").click();
  await expect(toast(page)).toContainText(`The change of ${ADDRESS} is undone.`);
  expect(await reserved(SUBNET, MAC)).toBeUndefined();

  // The drawer is still open, and shows it.
  await expect(detail(page)).toContainText("Undone by");
  await expect(detail(page).getByRole("button", { name: "Undo", exact: true })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(detail(page)).toBeHidden();
  await expect(rows(page).first()).toContainText(`Delete ${ADDRESS}`);
  await expect(rows(page).first()).toContainText(`undoes #${number}`);
  await expect(change(page, number)).toContainText("undone");
});

test("a version is restored, whatever came after it", async ({ page, open, call }) => {
  const { reservation } = await create(call);
  const edited = await call("/api/reservations/update", { seen: reservation, new: wanted({ host_name: "crane-2", note: "repainted" }) });
  expect(edited.status).toBe(200);
  const { reservation: second, change: number } = edited.body as Applied;
  const third = await call("/api/reservations/update", { seen: second, new: wanted({ host_name: "crane-3" }) });
  expect(third.status).toBe(200);

  await open(`/changes?${only}`);
  await change(page, number).getByRole("button").click();
  await expect(detail(page)).toContainText("crane-1");
  await expect(detail(page)).toContainText("crane-2");
  await detail(page).getByRole("button", { name: "Restore this version" }).click();
  await page.getByTestId("confirm-act").click();
  await expect(toast(page)).toContainText(`${ADDRESS} is back to the version of change ${number}.`);
  expect(await reserved(SUBNET, MAC)).toMatchObject({ hostname: "crane-2", "user-context": { comment: "repainted" } });

  await detail(page).getByRole("button", { name: "Restore the previous version" }).click();
  await page.getByTestId("confirm-act").click();
  await expect(toast(page)).toContainText(`back to the version before change ${number}`);
  expect(await reserved(SUBNET, MAC)).toMatchObject({ hostname: "crane-1" });
});

test("what was changed since is not undone", async ({ page, open, call, complaints }) => {
  complaints.announce(/409/);
  const { change: number } = await create(call);
  const theirs = { "subnet-id": SUBNET, "hw-address": MAC, "ip-address": ADDRESS, hostname: "theirs" };
  expect((await kea("reservation-update", { reservation: theirs, ...MEMORY })).result).toBe(0);
  await open(`/changes?${only}`);
  await change(page, number).getByRole("button").click();
  await detail(page).getByRole("button", { name: "Undo", exact: true }).click();
  await page.getByTestId("confirm-act").click();
  await expect(page.getByRole("alert")).toContainText("in the meantime");
  expect(await reserved(SUBNET, MAC)).toMatchObject({ hostname: "theirs" });
});

test("changes appear by themselves", async ({ page, open, call }) => {
  await open(`/changes?${only}`);
  await page.evaluate(() => document.documentElement.setAttribute("data-not-reloaded", ""));
  const { change: number } = await create(call);
  await expect(change(page, number)).toContainText("done");
  await expect(page.locator("html[data-not-reloaded]")).toHaveCount(1);
});

test.describe("finding", () => {
  test("chips and the text are in the address", async ({ page, open, call }) => {
    const { change: number } = await create(call);
    await open("/changes");
    await page.getByRole("searchbox", { name: "Only changes with this text" }).fill(MAC);
    await expect(page).toHaveURL(new RegExp(`/changes\\?${only}$`));
    await expect(change(page, number)).toBeVisible();
    const chips = page.getByTestId("change-filters");
    await chips.getByRole("link", { name: "Needs attention" }).click();
    await expect(page).toHaveURL(/filter=unsettled/);
    await expect(page.getByText("No matching changes")).toBeVisible();
    await expect(rows(page)).toHaveCount(0);
    await page.goBack();
    await expect(change(page, number)).toBeVisible();
    await page.reload();
    await hydrated(page);
    await expect(page.getByRole("searchbox", { name: "Only changes with this text" })).toHaveValue(MAC);
    await chips.getByRole("link", { name: "Needs attention" }).click();
    await page.getByRole("link", { name: "Show all changes" }).click();
    await expect(page).toHaveURL(/\/changes$/);
    await expect(rows(page).first()).toBeVisible();
  });

  test("one reservation has a history of its own", async ({ page, open, call }) => {
    const { change: number } = await create(call);
    await open(`/changes?${only}`);
    await change(page, number).getByRole("button").click();
    await detail(page).getByRole("link", { name: "Full history" }).click();
    await expect(page).toHaveURL(/\/changes\?subnet=kea%2F90&kind=hw-address&client=02%3A14%3A00%3A00%3A11%3A01$/);
    await expect(page.getByText(`Only the history of ${MAC}`)).toBeVisible();
    await expect(change(page, number)).toBeVisible();
    for (const text of await rows(page).allInnerTexts()) expect(text).toContain(MAC);
    await page.getByRole("link", { name: "Show all changes" }).click();
    await expect(page).toHaveURL(/\/changes$/);
  });

  test("the page is found in the rail and by a word in the box", async ({ page, open }) => {
    await open("/");
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Changes" }).click();
    await expect(page.getByRole("heading", { name: "Changes", level: 1 })).toBeVisible();
    await open("/");
    const box = page.getByRole("combobox", { name: "Search" });
    await box.fill("chan");
    await expect(page.getByRole("option").first()).toContainText("Changes");
    await box.fill("changes");
    await box.press("Enter");
    await expect(page).toHaveURL(/\/changes$/);
  });
});

test("the keyboard is enough", async ({ page, open, call }) => {
  const { reservation, change: first } = await create(call);
  const edited = await call("/api/reservations/update", { seen: reservation, new: wanted({ host_name: "crane-2" }) });
  const { change: second } = edited.body as Applied;
  await open(`/changes?${only}`);
  await change(page, second).getByRole("button").focus();
  await page.keyboard.press("ArrowDown");
  await expect(change(page, first).getByRole("button")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(change(page, second).getByRole("button")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(detail(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(detail(page)).toBeHidden();
  await expect(change(page, second).getByRole("button")).toBeFocused();
});

test("who may only look sees the history and no way to change it", async ({ page, open, call, signIn, complaints }) => {
  complaints.announce(/403/);
  const { change: number } = await create(call);
  await signIn("viewer");
  await open(`/changes?${only}`);
  await change(page, number).getByRole("button").click();
  await expect(detail(page)).toContainText("crane-1");
  await expect(page.getByTestId("change-acts")).toHaveCount(0);
  expect((await call("/api/changes/undo", { number })).status).toBe(403);
  expect(await reserved(SUBNET, MAC)).toBeDefined();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the list and its text work", async ({ page, call }) => {
    const { change: number } = await create(call);
    await page.goto("/changes");
    await page.getByRole("searchbox", { name: "Only changes with this text" }).fill(MAC);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(only));
    await expect(change(page, number)).toContainText(`Reserve ${ADDRESS}`);
  });
});
