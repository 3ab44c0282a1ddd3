// Every page in every look: target/browser/screenshots/*.png.
import { build, tearDown } from "../fixtures/building.ts";
import { inEveryLook } from "../fixtures/looks.ts";
import { forget } from "../fixtures/outside.ts";
import { expect, test } from "../fixtures/test.ts";

// Axe has nothing more to find in a hundred rows than in the few of another page with each kind of them.
const LONG = ["subnet-office", "subnet-campus"];
const MACS = ["02:14:00:00:0f:21", "02:14:00:00:0f:22"];

test.setTimeout(240_000);

test("pages for every role", async ({ page, open }) => {
  for (const [name, path] of [
    ["login", "/login"],
    ["login-failed", "/login?failed=credentials"],
    ["setup", `/setup?token=${"0".repeat(64)}&failed=mismatch`],
  ] as const) {
    await open(path);
    await inEveryLook(page, name);
  }
});

test.describe("with something to show", () => {
  test.beforeEach(async ({ signIn, call }) => {
    await signIn("operator");
    await build();
    for (const mac of MACS) await forget(90, mac);
    const text = `mac,address,host_name\n${MACS[0]},10.90.0.91,shelf-1\n${MACS[1]},10.90.0.92,shelf-2\n`;
    expect((await call("/api/table/apply", { text, subnet: { server: "kea", id: 90 } })).status).toBe(200);
  });
  test.afterEach(async () => {
    await tearDown();
    for (const mac of MACS) await forget(90, mac);
  });

  test("pages", async ({ page, open, complaints }) => {
    complaints.announce(/404/);
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
      await open(path);
      await expect(page.locator(".skeleton")).toHaveCount(0);
      await expect(page.getByRole("main").locator("h1, .empty-title").first()).toBeVisible();
      await inEveryLook(page, name, { axe: !LONG.includes(name) });
    }
  });
});
