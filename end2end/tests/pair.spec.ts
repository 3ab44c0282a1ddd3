// Two Keas that stand in for each other: what is reserved on one of them is on both, or is said to wait.
import type { Page } from "@playwright/test";
import { inEveryLook } from "../fixtures/looks.ts";
import { MEMORY, kea, killKea, reserved, restartKea } from "../fixtures/outside.ts";
import { expect, field, form, hydrated, openSubnet, row, test } from "../fixtures/test.ts";

const SUBNET = 90;
const PREFIX = "10.90.0.0/24";
const PEERS = ["kea1", "kea2"] as const;
type Peer = (typeof PEERS)[number];
const other = (peer: Peer) => (peer === "kea1" ? "kea2" : "kea1");

interface Client {
  mac: string;
  address: string;
  name: string;
}
const client = (number: number, name: string): Client => ({ mac: `02:14:00:00:1a:${number}`, address: `10.90.0.${number}`, name });

/** What that server itself holds of the client. */
const on = (peer: Peer, { mac }: Client) => reserved(SUBNET, mac, MEMORY, peer);
const held = ({ address, name }: Client) => ({ "ip-address": address, hostname: name });
async function put(peer: Peer, { mac, address, name }: Client): Promise<void> {
  const reservation = { "subnet-id": SUBNET, "hw-address": mac, "ip-address": address, hostname: name };
  expect((await kea("reservation-add", { reservation, ...MEMORY }, peer)).result).toBe(0);
}
async function forget(...clients: Client[]): Promise<void> {
  for (const { mac } of clients) {
    for (const peer of PEERS) await kea("reservation-del", { "subnet-id": SUBNET, "identifier-type": "hw-address", identifier: mac, ...MEMORY }, peer);
  }
}

const toast = (page: Page) => page.getByTestId("toast").last();
const pair = (page: Page) => page.getByTestId("pair");
const card = (page: Page, peer: Peer) => page.locator(`[data-testid="server-card"][data-server="${peer}"]`);
const TOGETHER = "Healthy.";

/** Opens the page of the servers until it says that of the pair: the two take seconds to notice each other. */
async function openServers(page: Page, state: string): Promise<void> {
  await expect(async () => {
    await page.goto("/servers");
    await hydrated(page);
    await expect(pair(page).getByTestId("pair-state")).toContainText(state, { timeout: 500 });
  }).toPass({ timeout: 30_000 });
}

/** Reserves an address in the form, on that server of the pair. */
async function reserve(page: Page, peer: Peer, { mac, address, name }: Client): Promise<void> {
  await openSubnet(page, `${peer}/${SUBNET}`);
  await page.keyboard.press("n");
  await field(page, "address").fill(address);
  await field(page, "identifier").fill(mac);
  await field(page, "host_name").fill(name);
  await expect(form(page)).toContainText(`also on ${other(peer)}.`);
  await page.getByTestId("save-button").click();
  await expect(form(page)).toBeHidden({ timeout: 15_000 });
}

test.beforeEach(async ({ signIn }) => signIn("operator"));

test("a pair is one card that says how the two are", async ({ page }) => {
  await openServers(page, TOGETHER);
  await expect(pair(page)).toHaveCount(1);
  await expect(pair(page).getByRole("heading")).toHaveText("kea1 and kea2");
  await expect(pair(page)).toContainText("Hot standby: one serves, the other is ready to take over.");
  await expect(pair(page).getByRole("row").nth(1)).toHaveText(/kea1.*primary.*hot-standby/);
  await expect(pair(page).getByRole("row").nth(2)).toHaveText(/kea2.*standby.*hot-standby/);
  for (const peer of PEERS) await expect(card(page, peer)).toContainText("serving");
  await pair(page).getByTestId("compare").click();
  await expect(pair(page).getByTestId("no-drift")).toContainText("In sync.");
  await inEveryLook(page, "pair");
});

test("a network of the pair is one, under the name of either", async ({ page, open }) => {
  await open("/networks");
  const rows = page.getByRole("row").filter({ hasText: PREFIX });
  await expect(rows).toHaveCount(1);
  await expect(rows.getByTestId("members")).toContainText("2/2");
  await expect(rows.getByTestId("members")).toContainText("kea1, kea2");
  for (const peer of PEERS) {
    await openSubnet(page, `${peer}/${SUBNET}`);
    await expect(page.getByTestId("subnet-header").getByTestId("members")).toContainText("2/2");
  }
  await inEveryLook(page, "pair-network");
});

for (const peer of PEERS) {
  test(`what is reserved on ${peer} is on both, and goes from both`, async ({ page, open }) => {
    const press = client(peer === "kea1" ? 61 : 62, `press-${peer}`);
    await reserve(page, peer, press);
    await expect(toast(page)).toContainText(`Reserved ${press.address} for ${press.mac}.`);
    await expect(toast(page)).not.toContainText("wait");
    for (const one of PEERS) expect(await on(one, press), one).toMatchObject(held(press));
    await row(page, press.address).focus();
    await page.keyboard.press("e");
    await expect(form(page), "a change, too").toContainText(`also on ${other(peer)}.`);

    await open(`/changes?text=${encodeURIComponent(press.mac)}`);
    await expect(page.getByTestId("change-row")).toContainText("done");
    await expect(page.getByTestId("change-repeat")).toContainText(`the same on ${other(peer)}`);
    await expect(page.getByTestId("change-repeat")).toContainText("done");
    await expect(page.getByTestId("change-row").getByRole("cell").nth(1)).toHaveText(PREFIX + peer);
    await expect(page.getByTestId("change-repeat").getByRole("cell").nth(1)).toHaveText(PREFIX + other(peer));
    await page.getByTestId("change-row").getByRole("button").click();
    await expect(page.getByTestId("change-detail")).toContainText("On the partner");
    if (peer === "kea1") await inEveryLook(page, "pair-change", { fullPage: false });
    await page.getByTestId("change-acts").getByRole("button", { name: "Undo", exact: true }).click();
    await page.getByTestId("confirm-act").click();
    await expect(toast(page)).toContainText(`The change of ${press.address} is undone.`);
    for (const one of PEERS) expect(await on(one, press), one).toBeUndefined();
  });
}

for (const away of PEERS) {
  test.describe(`while ${away} is away`, () => {
    const here = other(away);
    const [kept, undone] = away === "kea1" ? [client(71, "saw-1"), client(72, "drill-1")] : [client(73, "saw-2"), client(74, "drill-2")];
    const waits = (page: Page) => page.getByTestId("change-row").or(page.getByTestId("change-repeat")).filter({ hasText: `waiting for ${away}` });
    // One of them is looked at closely: the other way round it is the same.
    const look = async (page: Page, name: string, fullPage = true) => {
      if (away === "kea2") await inEveryLook(page, `pair-away-${name}`, { fullPage });
    };
    let down = false;
    const start = async () => {
      if (down) await restartKea(away);
      down = false;
    };
    test.setTimeout(180_000);
    test.afterEach(start);

    test("what is reserved is said to wait, and is made as soon as it is back", async ({ page, open }) => {
      killKea(away);
      down = true;
      await reserve(page, here, undone);
      await expect(toast(page)).toContainText(`Reserved ${undone.address} for ${undone.mac}. Waiting for ${away}.`);
      await page.getByTestId("toast-undo").last().click();
      await expect(toast(page)).toContainText("is removed again.");
      await reserve(page, here, kept);
      await expect(toast(page)).toContainText(`Reserved ${kept.address} for ${kept.mac}. Waiting for ${away}.`);
      await look(page, "toast", false);
      await expect(row(page, kept.address)).toContainText(kept.name);
      expect(await on(here, kept)).toMatchObject(held(kept));

      await open("/");
      await expect(page.getByTestId("unsettled")).toContainText("for this server.");
      await page.getByTestId("unsettled").getByRole("link", { name: "View servers" }).click();
      await expect(page).toHaveURL(/\/servers$/);
      await openServers(page, `${here} is partner-down`);
      await expect(card(page, away)).toContainText("unreachable");
      await look(page, "servers");
      await card(page, away).getByTestId("waiting").getByRole("link", { name: "See the changes" }).click();
      await expect(waits(page).filter({ hasText: kept.mac })).toHaveCount(1);
      await expect(waits(page).filter({ hasText: kept.mac }), "its server need not answer for that").toContainText(PREFIX + away);
      await look(page, "changes");

      await open(`/changes?text=${encodeURIComponent(kept.mac)}`);
      await expect(waits(page)).toHaveCount(1);
      await start();
      await expect(page.getByTestId("change-repeat"), "an open page shows it").toContainText("done", { timeout: 20_000 });
      await open("/changes?filter=unsettled");
      await expect(waits(page)).toHaveCount(0, { timeout: 20_000 });
      for (const peer of PEERS) {
        expect(await on(peer, kept), peer).toMatchObject(held(kept));
        expect(await on(peer, undone), peer).toBeUndefined();
      }
      await openServers(page, TOGETHER);
      await expect(page.getByTestId("waiting")).toHaveCount(0);
    });
  });
}

test.describe("where the two differ", () => {
  const [one, two, three] = [client(81, "only-on-1"), client(82, "only-on-2"), client(83, "named-on-1")] as const;
  const otherThree = { ...three, address: "10.90.0.84", name: "named-on-2" };
  const difference = (page: Page, { mac }: Client) => page.locator(`[data-testid="difference"][data-client="${mac}"]`);
  const align = async (page: Page, which: Client, to: Peer) => {
    const like = other(to);
    await difference(page, which).getByRole("button", { name: `make ${to} like ${like}` }).click();
    await expect(page.getByRole("dialog", { name: `Make ${to} like ${like}?` })).toContainText(`${like} stays as it is.`);
  };

  test.beforeEach(async ({ open, page }) => {
    await forget(one, two, three);
    await put("kea1", one);
    await put("kea2", two);
    await put("kea1", three);
    await put("kea2", otherThree);
    await open("/servers");
    await page.getByTestId("compare").click();
    await expect(page.getByText("3 reservations differ:")).toBeVisible();
  });
  test.afterEach(() => forget(one, two, three));

  test("each is listed, and made like the server that is chosen", async ({ page }) => {
    await expect(page.getByRole("heading", { name: `${PREFIX} on kea1 and kea2` })).toBeVisible();
    await expect(difference(page, one)).toContainText("only on kea1");
    await expect(difference(page, two)).toContainText("only on kea2");
    for (const { address, name } of [three, otherThree]) await expect(difference(page, three)).toContainText(`${address} · ${name}`);
    await inEveryLook(page, "pair-differs");

    await align(page, three, "kea1");
    await inEveryLook(page, "pair-align", { fullPage: false });
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await on("kea1", three)).toMatchObject(held(three));

    await align(page, three, "kea1");
    await page.getByTestId("confirm-align").click();
    await expect(toast(page)).toContainText(`The reservation for ${three.mac} on kea1 is now the same as on kea2.`);
    await expect(difference(page, three)).toHaveCount(0);
    for (const peer of PEERS) expect(await on(peer, three), peer).toMatchObject(held(otherThree));

    // It is made where it is not …
    await align(page, one, "kea2");
    await page.getByTestId("confirm-align").click();
    await expect(page.getByText("1 reservation differs:")).toBeVisible();
    for (const peer of PEERS) expect(await on(peer, one), peer).toMatchObject(held(one));

    // … or deleted where it is.
    await align(page, two, "kea2");
    await page.getByTestId("confirm-align").click();
    await expect(page.getByTestId("no-drift")).toBeVisible();
    for (const peer of PEERS) expect(await on(peer, two), peer).toBeUndefined();
  });

  test("an undo is for that server alone", async ({ page }) => {
    await align(page, three, "kea1");
    await page.getByTestId("confirm-align").click();
    await expect(difference(page, three)).toHaveCount(0);
    await page.getByTestId("toast-undo").last().click();
    await expect(toast(page)).toContainText(`The reservation for ${three.mac} on kea1 is restored.`);
    expect(await on("kea1", three)).toMatchObject(held(three));
    expect(await on("kea2", three)).toMatchObject(held(otherThree));
  });

  test("who may only look sees them and no button", async ({ page, open, signIn, call, complaints }) => {
    complaints.announce(/403/);
    await signIn("viewer");
    await open("/servers");
    await page.getByTestId("compare").click();
    await expect(difference(page, one)).toBeVisible();
    await expect(page.getByTestId("drift").locator("button:not(.copy-button)")).toHaveCount(0);
    const [from, to] = PEERS.map((server) => ({ server, id: SUBNET }));
    expect((await call("/api/servers/align", { from, to, identifier: { kind: "hw-address", value: one.mac } })).status).toBe(403);
    expect(await on("kea2", one)).toBeUndefined();
  });
});
