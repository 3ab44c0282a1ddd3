import type { APIRequestContext, Page } from "@playwright/test";
import { kea, nestorUrl, password, routes, type Route } from "../fixtures/outside.ts";
import { expect, hydrated, openSubnetWith, row, test } from "../fixtures/test.ts";

const own = async () => (await routes()).filter((route) => route.kind !== "foreman");
const concrete = (path: string) =>
  path
    .replace(/[:{]server\}?/, "kea")
    .replace(/[:{]id\}?/, "20")
    .replace(/\{\*\w+\}/, "anything");

/** A caller that is no browser, signed in or not. */
async function caller(playwright: { request: { newContext(options: object): Promise<APIRequestContext> } }, role?: string): Promise<APIRequestContext> {
  const request = await playwright.request.newContext({ baseURL: nestorUrl(), maxRedirects: 0 });
  if (role) {
    const answer = await request.post("/login", { form: { name: role, password: password() } });
    expect(answer.headers().location).toBe("/");
  }
  return request;
}

test("the list of routes knows everything that pages call", async ({ page, signIn }) => {
  const called = new Set<string>();
  page.on("request", (request) => called.add(new URL(request.url()).pathname));
  await signIn("operator");
  for (const path of ["/", "/networks", "/networks/kea/20", "/search?q=printer", "/servers", "/foreman", "/changes", "/import"]) {
    await page.goto(path);
    await hydrated(page);
  }
  const known = (await own()).map((route) => new RegExp(`^${concrete(route.path).replace("/anything", "/.*")}$`));
  const unknown = [...called].filter((path) => path !== "/login" && !known.some((pattern) => pattern.test(path)));
  expect(unknown).toEqual([]);
});

test("a visitor who is not signed in gets only what is public", async ({ playwright }) => {
  const request = await caller(playwright);
  const list = await own();
  expect(list.length).toBeGreaterThan(25);
  for (const route of list.filter((route) => route.role !== null)) {
    const path = concrete(route.path);
    const what = `${route.method} ${path}`;
    const answer = await request.fetch(path, { method: route.method, data: route.method === "POST" ? {} : undefined });
    if (route.kind === "page") {
      expect([answer.status(), answer.headers().location], what).toEqual([303, path === "/" ? "/login" : `/login?next=${encodeURIComponent(path)}`]);
    } else {
      expect(answer.status(), what).toBe(401);
      expect(await answer.text(), what).not.toMatch(/10\.\d+\.\d+\.\d+/);
    }
  }
  for (const path of ["/api/no/such/function", "/no/such/page", "/api/", "/API/session", "//api/session", "/events/"]) {
    const answer = await request.get(nestorUrl() + path);
    expect([303, 401, 404], path).toContain(answer.status());
    expect(answer.headers().location ?? "/login", path).toMatch(/^\/login/);
  }
  await request.dispose();
});

test("what another site sends is refused, everywhere", async ({ playwright }) => {
  // Some hundred calls.
  test.setTimeout(120_000);
  const request = await caller(playwright, "admin");
  const forged: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: nestorUrl().replace(/\d+$/, "1") },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "cross-site", origin: nestorUrl() },
    { "sec-fetch-site": "same-origin", origin: "https://evil.example" },
    {}, // a cookie, and no word where the call comes from
  ];
  const posts = (await own()).filter((route) => route.method === "POST");
  expect(posts.map((route) => route.path)).toEqual(expect.arrayContaining(["/login", "/logout", "/setup", "/api/reservations/create"]));
  for (const { path } of posts) {
    for (const headers of forged) {
      for (const type of ["application/json", "application/x-www-form-urlencoded", "text/plain"]) {
        const answer = await request.post(path, { headers: { ...headers, "content-type": type }, data: "{}" });
        expect(answer.status(), `${path} ${JSON.stringify(headers)} ${type}`).toBe(403);
      }
    }
  }
  for (const method of ["PUT", "PATCH", "DELETE"]) {
    const answer = await request.fetch("/api/reservations/create", { method, headers: { origin: "https://evil.example" } });
    expect(answer.status(), method).toBe(403);
  }
  const still = await request.post("/api/session", { headers: { origin: nestorUrl() }, data: {} });
  expect(still.status(), "and the session lives on").toBe(200);
  await request.dispose();
});

test("another host name than ours is refused", async ({ playwright }) => {
  const request = await caller(playwright);
  for (const host of ["evil.example", "127.0.0.1.evil.example"]) {
    expect((await request.get("/login", { headers: { host } })).status(), host).toBe(421);
  }
  await request.dispose();
});

test("who may only look changes nothing", async ({ playwright }) => {
  const request = await caller(playwright, "viewer");
  const subnet = { server: "kea", id: 80 };
  const identifier = { kind: "hw-address", value: "02:50:00:01:00:02" };
  const fields = { subnet, identifier, address: "10.80.0.12", host_name: "printer-02", next_server: null, server_host_name: null, boot_file_name: null, note: null, record_name: null };
  const seen = { ...fields, client_classes: [], options: [], storage: "configuration" };
  const bodies: Record<string, unknown> = {
    "/api/reservations/create": { new: { ...fields, address: "10.80.0.22", identifier: { ...identifier, value: "02:14:00:00:10:01" } } },
    "/api/reservations/update": { seen, new: { ...fields, host_name: "changed" } },
    "/api/reservations/delete": { seen },
    "/api/reservations/suggest": { subnet, range: null, client: null },
    "/api/config/apply": { server: "kea", request: { edits: "[]" } },
    "/api/config/confirm": { server: "kea" },
    "/api/config/reload": { server: "kea" },
    "/api/config/seen": { server: "kea", number: 1 },
    "/api/holds/release": { hold: { subnet, address: "10.80.0.40" } },
    "/api/holds/release-all": { subnet },
    "/api/changes/give-up": { number: 1 },
    "/api/changes/restore": { number: 1, version: "before" },
    "/api/changes/settle": { number: 1 },
    "/api/changes/take-back": { number: 1 },
    "/api/changes/undo": { number: 1 },
    "/api/changes/undo-batch": { batch: "any" },
    "/api/exclusions/add": { subnet, range: ["10.80.0.40", "10.80.0.41"], reason: "none" },
    "/api/exclusions/remove": { subnet, range: ["10.80.0.40", "10.80.0.41"] },
    "/api/reservations/move": { seen, to: "database" },
    "/api/reservations/move-all": { subnet, to: "database" },
    "/api/reservations/reserve": { wanted: { new: { ...fields, identifier: { ...identifier, value: "02:14:00:00:10:02" } } } },
    "/api/servers/align": { from: subnet, to: subnet, identifier },
    "/api/servers/put-back": { server: "kea", numbers: [] },
    "/api/servers/repair": { server: "kea" },
    "/api/servers/save": { server: "kea" },
    "/api/servers/show-again": { server: "kea", finding: "none" },
    "/api/servers/silence": { server: "kea", findings: [], reason: "none" },
    "/api/subnets/label": { subnet, seen: {}, wanted: { name: "changed" } },
    "/api/table/apply": { text: "mac,ip\n02:14:00:00:10:03,10.80.0.23", subnet },
  };
  const mutating = (await own()).filter((route: Route) => route.kind === "function" && route.mutating);
  expect(mutating.map((route) => route.path).sort(), "every such route is tried here").toEqual(Object.keys(bodies).sort());
  for (const [path, data] of Object.entries(bodies)) {
    const answer = await request.post(path, { data, headers: { origin: nestorUrl() } });
    expect(answer.status(), `${path}: ${await answer.text()}`).toBe(403);
  }
  const kept = await kea("reservation-get", { "subnet-id": 80, "identifier-type": "hw-address", identifier: identifier.value });
  expect(kept.arguments).toMatchObject({ hostname: "printer-02", "ip-address": "10.80.0.12" });
  const looked = await request.post("/api/subnets/list", { data: {}, headers: { origin: nestorUrl() } });
  expect(looked.status()).toBe(200);
  await request.dispose();
});

test("every answer carries its security headers, every page a policy with a nonce of its own", async ({ playwright }) => {
  const request = await caller(playwright, "viewer");
  const nonces = new Set<string>();
  const pages = (await own()).filter((route) => route.kind === "page").map((route) => concrete(route.path));
  for (const path of [...pages, "/no/such/page", "/networks/kea/4711"]) {
    const answer = await request.get(path);
    const policy = answer.headers()["content-security-policy"] ?? "";
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).not.toMatch(/unsafe-inline|'unsafe-eval'|\*/);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
    expect(nonce.length, path).toBeGreaterThanOrEqual(16);
    nonces.add(nonce);
    const html = await answer.text();
    for (const [tag] of html.matchAll(/<script\b[^>]*>/g)) expect(tag, path).toContain(`nonce="${nonce}"`);
    expect(html, path).not.toMatch(/<[^>]+\s(style|on\w+)=/);
    expect(answer.headers()["cache-control"], path).toContain("no-store");
  }
  expect(nonces.size).toBe(pages.length + 2);
  for (const path of ["/healthz", "/api/session", "/no/such.css", "/favicon.svg", "/events/x"]) {
    const { headers } = { headers: (await request.get(path)).headers() };
    expect(headers, path).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "same-origin" });
    expect(headers["content-security-policy"], path).toContain("default-src 'none'");
  }
  await request.dispose();
});

test.describe("a hostile host name", () => {
  const NAME = `<img src=x onerror="document.title='owned'">`;
  const ADDRESS = "10.90.0.21";

  test.beforeEach(async ({ signIn }) => {
    await signIn("operator");
    const made = await kea("lease4-add", { "ip-address": ADDRESS, "hw-address": "02:14:00:00:10:02", "subnet-id": 90, hostname: NAME });
    expect(made, JSON.stringify(made)).toMatchObject({ result: 0 });
  });
  test.afterEach(() => kea("lease4-del", { "ip-address": ADDRESS }));

  async function isText(page: Page): Promise<void> {
    await expect(page.locator('img[src="x"]')).toHaveCount(0);
    expect(await page.title()).not.toBe("owned");
  }

  test("is text everywhere", async ({ page, open }) => {
    await openSubnetWith(page, ADDRESS, 90, `?text=${ADDRESS}`);
    await expect(row(page, ADDRESS)).toContainText(NAME);
    await isText(page);
    await row(page, ADDRESS).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("address-details")).toContainText(NAME);
    await isText(page);
    await page.keyboard.press("Escape");
    // It is no host name, so the form does not take it over.
    await row(page, ADDRESS).focus();
    await page.keyboard.press("r");
    await expect(page.locator("[name=address]")).toHaveValue(ADDRESS);
    await expect(page.locator("[name=host_name]")).toHaveValue("");
    await isText(page);
    await page.keyboard.press("Escape");

    await page.getByRole("combobox", { name: "Search" }).fill(ADDRESS);
    await expect(page.getByRole("option").first()).toBeVisible();
    await expect(page.getByRole("listbox", { name: "Results" })).toContainText(NAME);
    await isText(page);
    for (const query of [ADDRESS, NAME]) {
      await open(`/search?q=${encodeURIComponent(query)}`);
      await expect(page.getByRole("main")).toContainText(NAME);
      await isText(page);
    }
    await open(`/networks/kea/90?text=${encodeURIComponent(NAME)}`);
    await isText(page);
    await open(`/login?failed=${encodeURIComponent(NAME)}&next=${encodeURIComponent(`/"><script>alert(1)</script>`)}`);
    await isText(page);
  });

  test("is text in the page that the server sends", async ({ page }) => {
    for (const path of [`/networks/kea/90?text=${ADDRESS}`, `/search?q=${ADDRESS}`, `/search?q=${encodeURIComponent(NAME)}`]) {
      expect(await (await page.request.get(path)).text(), path).not.toContain("<img src=x");
    }
  });

  test("cannot end the data that the page carries", async ({ page }) => {
    await kea("lease4-del", { "ip-address": ADDRESS });
    const name = "</script><script>document.title='owned'</script>";
    const made = await kea("lease4-add", { "ip-address": ADDRESS, "hw-address": "02:14:00:00:10:02", "subnet-id": 90, hostname: name });
    expect(made.result).toBe(0);
    await expect(async () => {
      await openSubnetWith(page, ADDRESS, 90, `?text=${ADDRESS}`);
      await expect(row(page, ADDRESS)).toContainText(name, { timeout: 300 });
    }).toPass({ timeout: 15_000 });
    expect(await page.title()).not.toBe("owned");
  });
});
