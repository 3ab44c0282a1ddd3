// Other consoles: no caller has used them, their Kea is silent, and each trusts other hosts.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { inEveryLook } from "../fixtures/looks.ts";
import { password } from "../fixtures/outside.ts";
import { expect, hydrated, test } from "../fixtures/test.ts";

const program = () => process.env.NESTOR ?? "";

interface Console {
  url: string;
  foreman: string;
  stop: () => Promise<void>;
}

/** Runs the program with that text as its input, to the end. */
async function run(args: string[], input: string): Promise<void> {
  const child = spawn(program(), args, { stdio: ["pipe", "ignore", "inherit"] });
  child.stdin.end(`${input}\n`);
  const code = await new Promise((resolve) => child.once("exit", resolve));
  expect(code, `nestor ${args[0]} ${args[1]}`).toBe(0);
}

async function start(trusted: string): Promise<Console> {
  const data = mkdtempSync(join(tmpdir(), "nestor-strangers-"));
  chmodSync(data, 0o700);
  const config = join(data, "nestor.toml");
  writeFileSync(config, `[smart_proxy]\ntrusted_hosts = [${trusted}]\n`);
  await run(["user", "add", "operator", "--role", "operator", "--password-stdin", "--data-dir", data], password());
  // Nothing listens on port 1.
  const args = ["serve", "--config", config, "--data-dir", data, "--listen", "127.0.0.1:0", "--smart-proxy-listen", "127.0.0.1:0", "--kea", "http://127.0.0.1:1/"];
  const child = spawn(program(), args, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true });
  };
  let printed = "";
  const url = (word: string) => new RegExp(`^${word}: *(\\S+?)/?$`, "m").exec(printed)?.[1];
  for await (const chunk of child.stdout) {
    printed += chunk;
    if (url("Console") && url("Foreman") && printed.endsWith("\n")) break;
  }
  return { url: url("Console") ?? "", foreman: url("Foreman") ?? "", stop };
}

/** Opens the Foreman page of a console, which has no calls to show yet. */
async function openEmpty(page: Page, { url }: Console): Promise<void> {
  const answer = await page.request.post(`${url}/login`, { form: { name: "operator", password: password() }, headers: { origin: url }, maxRedirects: 0 });
  expect(answer.headers().location).toBe("/");
  await page.goto(`${url}/foreman`);
  await hydrated(page);
  await expect(page.getByText("Foreman has not called yet")).toBeVisible();
  await expect(page.getByLabel("URL", { exact: true })).toHaveValue(/^http/);
}

/** Makes the first call, waits until the open page shows how it failed, and unfolds it. */
async function failFirst(page: Page, { foreman }: Console, status: number, word: string): Promise<void> {
  expect((await fetch(`${foreman}/dhcp/192.0.2.0/mac/02:14:00:00:0d:0b`)).status).toBe(status);
  const row = page.getByTestId("call-row").first();
  await expect(row).toContainText(word);
  await expect(row).toHaveClass(/is-bad/);
  await row.getByRole("button").click();
}

const advice = (page: Page) => page.getByTestId("call-advice");
const look = (page: Page, name: string) => inEveryLook(page, `foreman-${name}`, { axe: false });

/** Has a console that trusts these hosts for the time of a test. */
async function withConsole(page: Page, trusted: string, use: (nestor: Console) => Promise<void>): Promise<void> {
  const nestor = await start(trusted);
  try {
    await use(nestor);
  } finally {
    // What is open would complain that its console is gone.
    await page.goto("about:blank");
    await nestor.stop();
  }
}

test("an empty list says how to connect, fills by itself, and reports a silent Kea", async ({ page, complaints }) => {
  complaints.announce(/status 502|status of 502/);
  await withConsole(page, '"10.255.0.1", "127.0.0.1"', async (nestor) => {
    await openEmpty(page, nestor);
    await look(page, "empty");
    await failFirst(page, nestor, 503, "failed");
    await expect(advice(page)).toContainText("The DHCP server did not answer.");
    await look(page, "silent-kea");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Subnets", exact: true }).click();
    await expect(page.getByRole("alert")).toBeVisible({ timeout: 15_000 });
    await look(page, "subnets-silent-kea");
  });
});

test("a stranger is refused, and shown how to be trusted", async ({ page }) => {
  await withConsole(page, '"10.255.0.1"', async (strict) => {
    await openEmpty(page, strict);
    await failFirst(page, strict, 403, "refused");
    await expect(advice(page)).toContainText("add “127.0.0.1” to trusted_hosts in the [smart_proxy] section of nestor.toml");
    await look(page, "stranger");
  });
});
