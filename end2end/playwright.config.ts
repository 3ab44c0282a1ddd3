import { defineConfig } from "@playwright/test";

const out = "../target/browser";

// One browser, one worker in each project: all its tests share one Kea, as administrators do.
export default defineConfig({
  testDir: "tests",
  // Each on a lab of its own, two at a time: see browser.sh.
  projects: [
    { name: "alone", testIgnore: ["looks-*.spec.ts", "pair.spec.ts", "storage.spec.ts", "ipv6.spec.ts", "options.spec.ts", "prefix-pools.spec.ts"] },
    { name: "looks", testMatch: "looks-*.spec.ts" },
    { name: "pair", testMatch: "pair.spec.ts" },
    { name: "storage", testMatch: "storage.spec.ts" },
    { name: "six", testMatch: ["ipv6.spec.ts", "options.spec.ts", "prefix-pools.spec.ts"] },
  ].map((project) => ({ ...project, outputDir: `${out}/results/${project.name}` })),
  workers: 1,
  // Once more on a machine that is busy with other things; what went wrong at first is said all the same (counts.ts).
  retries: 1,
  forbidOnly: true,
  // Patience costs nothing where things go well, and other jobs may have the machine.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["./fixtures/counts.ts"]],
  use: {
    baseURL: process.env.NESTOR_URL,
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    // Cleared between tests; a new one would have to fetch and compile the browser half again.
    reuseContext: true,
    // What was done, asked and said. Pictures of every step take a third of the whole time: --trace on has them.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: false },
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    launchOptions: {
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
