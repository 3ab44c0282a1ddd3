import type { Page } from "@playwright/test";
import { expect, hydrated, test } from "../fixtures/test.ts";

// What may go over the wire, compressed, until a page can be used: page, stylesheet, scripts, program. A change that makes it
// less sets this to what was reached and a little room (see CONTRIBUTING.md).
const LIMIT_KB = 345;
/** Of a page that is in a piece, with that piece. */
const LIMIT_WITH_PIECE_KB = 715;

interface Loaded {
  path: string;
  kb: number;
  plainKb: number;
  by: string;
}

async function loaded(page: Page): Promise<Loaded[]> {
  return page.evaluate(() => {
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")] as PerformanceResourceTiming[];
    const files = entries.filter((entry) => !new URL(entry.name).pathname.startsWith("/api/"));
    return files.map((entry) => ({
      path: new URL(entry.name).pathname,
      kb: entry.encodedBodySize / 1_000,
      plainKb: entry.decodedBodySize / 1_000,
      by: entry.initiatorType,
    }));
  });
}

/** Judges what was loaded; answers the names of the files. */
function judge(what: string, files: Loaded[], limit: number): string[] {
  const parts = files.map(({ path, kb }) => `${path} ${kb.toFixed(1)}`).join(", ");
  for (const { path, kb, plainKb } of files) expect(kb, `${path} is not compressed`).toBeLessThan(plainKb);
  const total = files.reduce((sum, { kb }) => sum + kb, 0);
  console.log(`${what}: ${total.toFixed(1)} kB (${parts})`);
  expect(total, `${what} may load ${limit} kB and loads ${total.toFixed(1)} kB: ${parts}`).toBeLessThanOrEqual(limit);
  const names = files.map(({ path }) => path.replace(/.*\//, ""));
  expect(new Set(names).size, `nothing is loaded twice: ${parts}`).toBe(names.length);
  return names;
}

test("a first visit loads no more than it may", async ({ page, open, signIn }) => {
  await signIn("viewer");
  await open("/");
  const names = judge("first visit", await loaded(page), LIMIT_KB);
  expect(names).toEqual(expect.arrayContaining(["nestor_bg.wasm", "nestor.js", "pieces.js", "main.css"]));
  expect(names.filter((name) => name.endsWith(".wasm")), "no piece is needed yet").toHaveLength(1);
});

test("a page that is in a piece asks for it together with the program", async ({ page, open, signIn }) => {
  await signIn("viewer");
  for (const path of ["/networks/kea/20", "/changes", "/networks/kea/20/settings", "/servers/kea/classes"]) {
    await open(path);
    const files = await loaded(page);
    expect(judge(path, files, LIMIT_WITH_PIECE_KB).filter((name) => /^split_\w+\.wasm$/.test(name))).toHaveLength(1);
    // By the page itself, not by what must be there first to know of it.
    const programs = files.filter((file) => file.path.endsWith(".wasm"));
    expect(programs.length, "the program, the piece, what it shares with others").toBeGreaterThan(2);
    expect(new Set(programs.map(({ by }) => by))).toEqual(new Set(["link"]));
  }
});

test("a piece is loaded when the user opens the first of its pages, and stays", async ({ page, open, signIn }) => {
  await signIn("viewer");
  await open("/");
  const navigation = page.getByRole("navigation", { name: "Main" });
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith(".wasm") || request.isNavigationRequest()) asked.push(request.url().replace(/.*\//, ""));
  });
  for (const name of ["Networks", "Changes", "Networks", "Servers"]) {
    await navigation.getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  }
  expect(asked.filter((name) => name.startsWith("split_"))).toEqual(["split_reserving.wasm", "split_overseeing.wasm"]);
  expect(new Set(asked).size, "what is shared once").toBe(asked.length);
  expect(asked.every((name) => name.endsWith(".wasm")), "no page from the server").toBe(true);
});

// The server was started again with another version, which has other pieces.
test("when a piece is gone, the page comes from the server", async ({ page, open, signIn, complaints }) => {
  complaints.announce(/split_reserving\.wasm/, /status of 404/, /wasm.*(MIME|compile|status)/i, /TypeError/);
  await signIn("viewer");
  await open("/");
  await page.route(/split_reserving\.wasm/, (route) => route.fulfill({ status: 404 }), { times: 1 });
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Networks" }).click();
  await expect(page).toHaveURL(/\/networks$/);
  await hydrated(page);
  await expect(page.getByRole("heading", { name: "Networks", level: 1 })).toBeVisible();
  expect(await page.evaluate(() => performance.getEntriesByType("navigation").map((entry) => new URL(entry.name).pathname))).toEqual(["/networks"]);
});
