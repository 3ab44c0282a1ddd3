import { mkdirSync, renameSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { forget, kea, reserved } from "../fixtures/outside.ts";
import { expect, test } from "../fixtures/test.ts";

const SUBNET = 90;
const MAC = "02:14:00:00:13:01";
const ADDRESS = "10.90.0.80";

const card = (page: Page) => page.getByTestId("server-card").and(page.locator('[data-server="kea"]'));

test.beforeEach(async ({ signIn }) => signIn("operator"));

test("a server is shown with what it is", async ({ page, open }) => {
  await open("/");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Servers" }).click();
  await expect(page).toHaveURL(/\/servers$/);
  await expect(page).toHaveTitle("Servers · Nestor");
  await expect(page.getByTestId("server-card")).toHaveCount(1);
  for (const text of ["IPv4", "serving", "Kea 3.", "in the server’s configuration file"]) await expect(card(page)).toContainText(text);
  await card(page).getByText("hook libraries").click();
  await expect(card(page).getByText("libdhcp_host_cmds.so")).toBeVisible();
  await expect(page.getByTestId("pair"), "it stands alone").toHaveCount(0);
  await expect(page.getByTestId("not-saved")).toHaveCount(0);
});

test("a word in the box leads here", async ({ page, open }) => {
  await open("/");
  await page.getByRole("combobox", { name: "Search" }).fill("servers");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/servers$/);
});

test.describe("while Kea cannot write its file", () => {
  const file = join(process.env.LAB_DIR ?? "", "kea.conf");
  const aside = `${file}.aside`;
  let away = false;
  const takeAway = () => {
    renameSync(file, aside);
    mkdirSync(file);
    away = true;
  };
  const putBack = () => {
    if (!away) return;
    rmdirSync(file);
    renameSync(aside, file);
    away = false;
  };

  test.beforeEach(() => forget(SUBNET, MAC));
  test.afterEach(async () => {
    putBack();
    await forget(SUBNET, MAC);
  });

  test("what runs but is not saved is seen everywhere, until one button saves it", async ({ page, open, call, complaints }) => {
    complaints.announce(/502/);
    takeAway();
    const wanted = {
      subnet: { server: "kea", id: SUBNET },
      identifier: { kind: "hw-address", value: MAC },
      address: ADDRESS,
      host_name: "gate-9",
      next_server: null,
      server_host_name: null,
      boot_file_name: null,
      note: null,
      record_name: null,
    };
    const answer = await call("/api/reservations/create", { new: wanted });
    expect(answer.status).toBe(502);
    expect(await reserved(SUBNET, MAC), "it runs").toBeDefined();

    await open("/servers");
    await expect(page.getByTestId("not-saved")).toContainText("1 change is active but not saved: a restart of Kea would lose it.");
    await page.getByTestId("save-now").click();
    await expect(card(page).getByRole("alert")).toBeVisible();
    await expect(page.getByTestId("not-saved")).toBeVisible();

    await open("/");
    await expect(page.getByTestId("unsettled")).toContainText("not saved");
    await page.getByTestId("unsettled").getByRole("link", { name: "View servers" }).click();
    await expect(page).toHaveURL(/\/servers$/);

    await open("/changes?filter=unsettled");
    const row = page.getByTestId("change-row").filter({ hasText: MAC });
    await expect(row).toContainText("done, not saved");
    await row.getByRole("button").click();
    await expect(page.getByTestId("change-acts").getByRole("button", { name: "Save on the server" })).toBeVisible();
    await page.keyboard.press("Escape");

    putBack();
    await open("/servers");
    await page.getByTestId("save-now").click();
    await expect(page.getByTestId("toast").last()).toContainText("kea has saved its running configuration.");
    await expect(page.getByTestId("not-saved")).toHaveCount(0);
    await open("/changes?filter=unsettled");
    await expect(page.getByTestId("change-row").filter({ hasText: MAC })).toHaveCount(0);
  });
});

test.describe("a Kea that refused a configuration", () => {
  const lends = async () => (await kea("lease4-get-page", { from: "start", limit: 1 })).result !== 1;
  test.afterEach(async () => {
    if (!(await lends())) await kea("config-reload");
  });

  test("shows that it serves nobody, until one button repairs it", async ({ page, open, complaints }) => {
    complaints.announce(/the server serves no clients/);
    const { hash: _, ...config } = (await kea("config-get")).arguments as Record<string, Record<string, unknown>>;
    config.Dhcp4["a-slip"] = true;
    expect((await kea("config-set", config)).result).toBe(1);
    expect(await lends()).toBe(false);

    await open("/servers");
    await expect(card(page)).toContainText("not serving", { timeout: 15_000 });
    await expect(page.getByTestId("deaf")).toContainText("Clients get no addresses from it.");
    await page.getByTestId("repair").click();
    await expect(page.getByTestId("toast").last()).toContainText("kea serves clients again.");
    await expect(page.getByTestId("deaf")).toHaveCount(0, { timeout: 15_000 });
    expect(await lends()).toBe(true);
  });
});

test("who may only look sees the servers and no button", async ({ page, open, call, signIn, complaints }) => {
  complaints.announce(/403/);
  await signIn("viewer");
  await open("/servers");
  await expect(card(page)).toContainText("serving");
  await expect(page.getByTestId("save-now")).toHaveCount(0);
  expect((await call("/api/servers/save", { server: "kea" })).status).toBe(403);
});
