// The figures: what the first page weighs, how soon it can be used, what Nestor adds to Kea's answers, what it needs.
// Started by bench.sh; prints a table. Asserts nothing: machines differ.
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { chromium } from "@playwright/test";

const { NESTOR_URL, FOREMAN_URL, KEA_URL, KEA_PASSWORD, NESTOR_TEST_PASSWORD, NESTOR_PID, NESTOR, EMPTY_SITE, CHROMIUM } = process.env;
const HYDRATION_RUNS = 15;
const CALLS = 600;
const lines = ["| figure | value | |", "|---|---|---|"];
const row = (name, value, note = "") => lines.push(`| ${name} | ${value} | ${note} |`);

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const quantile = (numbers, share) => sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];
const median = (numbers) => quantile(numbers, 0.5);
const ms = (number) => `${number.toFixed(number < 10 ? 2 : 0)} ms`;
const kb = (octets) => `${(octets / 1000).toFixed(1)} kB`;
const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${NESTOR_PID}/status`, "utf8"))[1]) * 1024;

// --- resident memory, before the first visit ---
const idle = rss();

// --- the empty page, from a server that does nothing but send it ---
function serveEmpty() {
  const types = { html: "text/html; charset=utf-8", js: "text/javascript", wasm: "application/wasm" };
  const files = new Map();
  for (const name of readdirSync(EMPTY_SITE)) {
    const plain = readFileSync(join(EMPTY_SITE, name));
    const small = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 } });
    files.set(name === "index.html" ? "/" : `/${name}`, { small, type: types[name.split(".").pop()] ?? "text/plain" });
  }
  const server = createServer((asked, answer) => {
    const file = files.get(asked.url);
    if (!file) return answer.writeHead(asked.url === "/favicon.ico" ? 204 : 404).end();
    answer.writeHead(200, { "content-type": file.type, "content-encoding": "br", "content-length": file.small.length }).end(file.small);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve({ server, url: `http://127.0.0.1:${server.address().port}/` })));
}

const args = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
if (process.getuid() === 0) args.push("--no-sandbox");
const browser = await chromium.launch({ executablePath: CHROMIUM || "/usr/bin/chromium", args });

async function signedIn() {
  const context = await browser.newContext();
  await context.request.post(`${NESTOR_URL}login`, { form: { name: "admin", password: NESTOR_TEST_PASSWORD } });
  const state = await context.storageState();
  await context.close();
  return state;
}
const state = await signedIn();

/** Opens a page and waits until it can be used. What fails is counted, not measured. */
let failures = 0;
async function visit(page, url) {
  for (let attempt = 0; ; attempt++) {
    try {
      await page.goto(url);
      return await page.locator("html[data-hydrated]").waitFor({ state: "attached", timeout: 10_000 });
    } catch (error) {
      failures += 1;
      if (attempt === 9) throw error;
    }
  }
}

// --- (a) what goes over the wire on a first visit ---
async function weigh(url, storageState) {
  const context = await browser.newContext({ storageState });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  const asked = new Map();
  const octets = {};
  let encodings = new Set();
  cdp.on("Network.responseReceived", ({ requestId, response }) => {
    asked.set(requestId, response);
    const encoding = Object.entries(response.headers).find(([name]) => name.toLowerCase() === "content-encoding");
    if (encoding) encodings.add(encoding[1]);
  });
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const answer = asked.get(requestId);
    if (!answer) return;
    const path = new URL(answer.url).pathname;
    const kind = /\.(js|wasm|css|svg)$/.exec(path)?.[1] ?? (path.startsWith("/api/") ? "api" : "html");
    octets[kind] = (octets[kind] ?? 0) + encodedDataLength;
  });
  await visit(page, url);
  await page.waitForTimeout(1_000);
  await context.close();
  return { octets, total: Object.values(octets).reduce((sum, part) => sum + part, 0), encodings: [...encodings].join(", ") };
}

// --- (b) how soon it can be used ---
async function hydration(url, storageState) {
  const context = await browser.newContext({ storageState });
  await context.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.documentElement?.hasAttribute("data-hydrated")) {
        globalThis.hydratedAt ??= performance.now();
        observer.disconnect();
      }
    }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-hydrated"] });
  });
  const page = await context.newPage();
  await visit(page, url);
  const at = await page.evaluate(() => globalThis.hydratedAt);
  await context.close();
  return at;
}

const empty = await serveEmpty();
const pages = { "empty page": [empty.url], "sign-in": [`${NESTOR_URL}login`], overview: [NESTOR_URL, state], "subnet of 100 rows": [`${NESTOR_URL}networks/kea/10`, state] };
for (const [name, [url, storageState]] of Object.entries(pages)) {
  const { octets, total, encodings } = await weigh(url, storageState);
  const parts = ["html", "css", "js", "wasm", "svg", "api"].filter((kind) => octets[kind]).map((kind) => `${kind} ${kb(octets[kind])}`);
  row(`transferred, ${name}`, kb(total), `${parts.join(", ")} (${encodings})`);
}
const times = Object.fromEntries(Object.keys(pages).map((name) => [name, []]));
for (let run = 0; run <= HYDRATION_RUNS; run++) {
  for (const [name, [url, storageState]] of Object.entries(pages)) {
    const at = await hydration(url, storageState);
    if (run > 0) times[name].push(at); // the first one warms the machine up
  }
}
for (const [name, list] of Object.entries(times)) {
  const ratio = median(list) / median(times["empty page"]);
  row(`hydrated, ${name}`, ms(median(list)), `median of ${list.length}, ${ms(sorted(list)[0])} to ${ms(sorted(list).at(-1))}; ${ratio.toFixed(2)} × the empty page`);
}
empty.server.close();

// --- (d) resident memory, after every page ---
{
  const context = await browser.newContext({ storageState: state });
  const page = await context.newPage();
  const ids = [10, 20, 31, 32, 40, 50, 60, 70, 80, 90, 100];
  for (const path of ["", "networks", "foreman", "search?q=printer", ...ids.map((id) => `networks/kea/${id}`)]) {
    await visit(page, NESTOR_URL + path).catch(() => undefined);
  }
  row("resident memory, idle", `${(idle / 1e6).toFixed(1)} MB`, "a few seconds after the start");
  row("resident memory, every page opened", `${(rss() / 1e6).toFixed(1)} MB`, `after ${4 * (HYDRATION_RUNS + 1)} page loads more; a sign-in takes 64 MiB for a moment`);
  row("the binary", `${(statSync(NESTOR).size / 1e6).toFixed(1)} MB`);
  if (failures > 0) row("page loads that failed", String(failures), "tried again: see target/bench/nestor.log");
  await context.close();
}
await browser.close();

// --- (c) what Nestor adds to Kea's answer ---
const MAC = "02:0a:00:01:00:01";
const question = JSON.stringify({ command: "reservation-get-by-id", arguments: { "identifier-type": "hw-address", identifier: MAC } });
const authorization = `Basic ${Buffer.from(`nestor:${KEA_PASSWORD}`).toString("base64")}`;

function call(url, options, body) {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    const asked = request(url, options, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => {
        const took = Number(process.hrtime.bigint() - start) / 1e6;
        const text = Buffer.concat(parts).toString();
        if (answer.statusCode !== 200 || !text.includes("10.10.0.20")) reject(new Error(`${url}: ${answer.statusCode} ${text}`));
        else resolve(took);
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

for (const [name, keepAlive] of [["connections kept", true], ["a new connection each", false]]) {
  const agents = { nestor: new Agent({ keepAlive, maxSockets: 1 }), kea: new Agent({ keepAlive, maxSockets: 1 }) };
  const took = { nestor: [], kea: [] };
  for (let n = -50; n < CALLS; n++) {
    const nestor = await call(`${FOREMAN_URL}dhcp/10.10.0.0/mac/${MAC}`, { agent: agents.nestor });
    const headers = { authorization, "content-type": "application/json", "content-length": Buffer.byteLength(question) };
    const kea = await call(KEA_URL, { agent: agents.kea, method: "POST", headers }, question);
    if (n >= 0) {
      took.nestor.push(nestor);
      took.kea.push(kea);
    }
  }
  const ratio = median(took.nestor) / median(took.kea);
  const spread = (list) => `${ms(median(list))} (p95 ${ms(quantile(list, 0.95))})`;
  row(`GET /dhcp/NET/mac/M, ${name}`, `${ratio.toFixed(2)} × Kea`, `${spread(took.nestor)} against ${spread(took.kea)} of reservation-get-by-id, ${CALLS} each in turn`);
  for (const agent of Object.values(agents)) agent.destroy();
}

const table = `${lines.join("\n")}\n`;
writeFileSync(new URL("../../target/bench/figures.md", import.meta.url), table);
console.log(table);
