import type { Locator, Page } from "@playwright/test";
import { kea } from "../fixtures/outside.ts";
import { expect, hydrated, test } from "../fixtures/test.ts";

// Jobs are counted from the overview, as people do them: clicks, and fields that are typed into.
class Counted {
  clicks = 0;
  fields = 0;

  async click(target: Locator): Promise<void> {
    await target.click();
    this.clicks += 1;
  }

  async fill(target: Locator, text: string): Promise<void> {
    await target.fill(text);
    this.fields += 1;
  }
}

interface Subnet {
  id: number;
  pools?: { pool: string }[];
  "valid-lifetime": number;
}

async function running(): Promise<{ subnet4: Subnet[]; "valid-lifetime": number }> {
  const answer = await kea("config-get");
  return (answer.arguments as { Dhcp4: { subnet4: Subnet[]; "valid-lifetime": number } }).Dhcp4;
}

const subnet = async (id: number) => (await running()).subnet4.find((one) => one.id === id);

/** Takes the last change back from its notice. */
async function undo(page: Page): Promise<void> {
  await page.getByTestId("toast-undo").last().click();
  await expect(page.getByText("Undone: the server has its previous configuration again.")).toBeVisible({ timeout: 20_000 });
}

/** The field of a pool, by what the server has. */
const poolField = (page: Page, pool: string) => page.getByTestId("pool-row").getByRole("textbox", { name: `Pool ${pool}`, exact: true });

const applied = (page: Page) => expect(page.getByText(/^Applied and saved on kea/)).toBeVisible({ timeout: 20_000 });

test.describe("changing what a server runs", () => {
  test.beforeEach(async ({ signIn }) => signIn("operator"));

  test("a pool grows with three clicks and one field from the overview", async ({ page, open, call }) => {
    const [pool] = (await subnet(50))?.pools ?? [];
    expect(pool).toBeDefined();
    const [first, last] = pool.pool.split("-").map((part) => part.trim());
    const shorter = `${first}-${last.replace(/\d+$/, (octet) => String(Number(octet) - 4))}`;
    const edits = JSON.stringify([{ op: "set", path: `subnet4[id=50].pools[pool="${pool.pool}"].pool`, value: shorter }]);
    expect((await call("/api/config/apply", { server: "kea", request: { edits } })).status).toBe(200);

    await open("/");
    const job = new Counted();
    const concern = page.getByRole("region", { name: "Needs attention" }).getByRole("listitem").filter({ hasText: "10.50.0.0/22" });
    await job.click(concern.getByRole("link", { name: "Open its settings" }));
    await job.fill(poolField(page, shorter), `${first}-${last}`);
    await job.click(page.getByTestId("review"));
    await expect(page.getByTestId("review-words")).toContainText("10.50.0.0/22");
    await job.click(page.getByTestId("apply"));
    await applied(page);
    expect([job.clicks, job.fields]).toEqual([3, 1]);
    expect((await subnet(50))?.pools?.map((one) => one.pool.replaceAll(" ", ""))).toEqual([`${first}-${last}`]);
  });

  test("a new subnet takes four clicks and two fields, and is deleted again", async ({ page, open }) => {
    await open("/");
    const job = new Counted();
    await job.click(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Networks" }));
    await job.click(page.getByRole("link", { name: "New subnet" }));
    await expect(page.getByRole("heading", { name: "New subnet" })).toBeVisible();
    await job.fill(page.getByLabel("Prefix"), "10.77.0.0/24");
    await job.fill(page.getByLabel("Name", { exact: true }), "laboratory");
    await expect(page.getByLabel("Pool")).toHaveValue("10.77.0.10-10.77.0.254");
    await expect(page.getByLabel("Gateway")).toHaveValue("10.77.0.1");
    await job.click(page.getByTestId("review"));
    await expect(page.getByTestId("review-words")).toContainText("10.77.0.0/24");
    await job.click(page.getByTestId("apply"));
    await applied(page);
    expect([job.clicks, job.fields]).toEqual([4, 2]);
    await expect(page.getByTestId("subnet-header")).toContainText("laboratory");

    await page.getByRole("navigation", { name: "Parts of the page" }).getByRole("link", { name: "Settings" }).click();
    await page.getByTestId("delete-subnet").click();
    await expect(page.getByTestId("review-words")).toContainText("removed");
    await page.getByTestId("apply").click();
    await expect(page).toHaveURL(/\/networks$/, { timeout: 20_000 });
    expect((await running()).subnet4.some((one) => one.id > 100)).toBe(false);
  });

  test("the lease time for all takes four clicks and one field, and is undone from the notice", async ({ page, open }) => {
    const before = (await running())["valid-lifetime"];
    await open("/");
    const job = new Counted();
    await job.click(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Servers" }));
    await job.click(page.getByRole("navigation", { name: "More of kea", exact: true }).getByRole("link", { name: "Parameters" }));
    await job.fill(page.getByRole("textbox", { name: "valid-lifetime", exact: true }), "1 d 12 h");
    await job.click(page.getByTestId("review"));
    await expect(page.getByTestId("review-words")).toContainText("129600");
    await job.click(page.getByTestId("apply"));
    await applied(page);
    expect([job.clicks, job.fields]).toEqual([4, 1]);
    expect((await running())["valid-lifetime"]).toBe(129_600);
    await undo(page);
    expect((await running())["valid-lifetime"]).toBe(before);
  });

  test("what is wrong is said before anything is sent", async ({ page, open }) => {
    const [known] = (await subnet(20))?.pools ?? [];
    await open("/networks/kea/20/settings");
    const pool = poolField(page, known.pool);
    await pool.fill("10.99.0.1-10.99.0.9");
    const row = page.getByTestId("pool-row").filter({ has: page.getByRole("textbox", { name: `Pool ${known.pool}`, exact: true }) });
    await expect(row).toContainText("It is not inside of 10.20.0.0/24.");
    await expect(page.getByTestId("review")).toBeDisabled();
    await page.getByRole("button", { name: "Discard" }).click();
    await expect(page.getByTestId("edit-bar")).toBeHidden();
    await expect(pool).not.toHaveValue(/10\.99/);
  });

  test("a pool that others grew meanwhile is a choice, and the rest that was typed stays", async ({ page, open, call }) => {
    const [pool] = (await subnet(20))?.pools ?? [];
    const [first, last] = pool.pool.split("-").map((part) => part.trim());
    const to = (less: number) => `${first}-${last.replace(/\d+$/, (octet) => String(Number(octet) - less))}`;
    await open("/networks/kea/20/settings");
    await poolField(page, pool.pool).fill(to(2));
    await page.getByRole("textbox", { name: "renew-timer", exact: true }).fill("77");
    const edits = JSON.stringify([{ op: "set", path: `subnet4[id=20].pools[pool="${pool.pool}"].pool`, value: to(3) }]);
    const other = await call("/api/config/apply", { server: "kea", request: { edits } });
    expect(other.status).toBe(200);

    await page.getByTestId("review").click();
    const clashes = page.getByTestId("clashes");
    await expect(clashes).toContainText(to(3));
    await expect(clashes).toContainText(to(2));
    await page.getByRole("button", { name: "Back" }).click();
    await expect(poolField(page, pool.pool)).toHaveValue(to(2));
    await page.getByTestId("review").click();
    await page.getByRole("radio", { name: "Make my change on it" }).check();
    await page.getByTestId("settle-clashes").click();
    await expect(page.getByTestId("review-words")).toContainText(to(2));
    const warned = page.getByTestId("accept-warnings");
    if (await warned.isVisible()) await warned.check();
    await page.getByTestId("apply").click();
    await applied(page);
    expect((await subnet(20))?.pools?.map((one) => one.pool.replaceAll(" ", ""))).toEqual([to(2)]);
    await undo(page);
    const { change } = other.body as { change: number };
    expect((await call("/api/changes/undo", { number: change })).status).toBe(200);
    expect((await subnet(20))?.pools?.map((one) => one.pool.replaceAll(" ", ""))).toEqual([pool.pool.replaceAll(" ", "")]);
  });

  test("a part is edited as text, and a slip is shown with its line", async ({ page, open, complaints }) => {
    complaints.announce(/status 422|422/);
    await open("/servers/kea/configuration?at=subnet4%5Bid%3D20%5D.pools");
    await page.getByTestId("edit-text").click();
    const text = page.getByTestId("config-text");
    await expect(text, "one types at once").toBeFocused();
    await expect(text).toBeInViewport();
    await expect(text).toHaveValue(/"pool"/);
    await text.fill('[\n    { "pool" "10.20.0.100-10.20.0.199" }\n]');
    await page.getByTestId("review-text").click();
    await expect(page.getByTestId("review-drawer")).toContainText(/line 2, column \d+/i);
  });
});

test("a viewer sees the settings, and nothing that would be refused", async ({ page, signIn, open }) => {
  await signIn("viewer");
  for (const path of ["/networks/kea/20/settings", "/servers/kea/parameters", "/servers/kea/configuration?at=subnet4"]) {
    await open(path);
    await hydrated(page);
    await expect(page.getByRole("textbox", { name: /^(Pool|valid-lifetime)/ })).toHaveCount(0);
    for (const name of ["Add a pool", "Delete this subnet…", "Edit as text", "Review…"]) {
      await expect(page.getByRole("button", { name })).toHaveCount(0);
    }
  }
});

test("the configuration is walked through part by part, and searched", async ({ page, signIn, open }) => {
  await signIn("viewer");
  await open("/servers/kea/configuration");
  const parts = page.getByTestId("config-parts");
  await parts.getByRole("link", { name: "subnet4", exact: true }).click();
  await parts.getByRole("link", { name: "subnet 10.20.0.0/24 (id 20)" }).click();
  await expect(page.getByTestId("config-steps")).toContainText("subnet 10.20.0.0/24 (id 20)");
  await page.goBack();
  await expect(parts.getByRole("link", { name: "subnet 10.50.0.0/22 (id 50)" })).toBeVisible();
  await page.getByRole("searchbox", { name: "Search the configuration" }).fill("10.50.0.");
  await expect(parts.locator('tr[data-path="subnet4[id=50].subnet"]')).toBeVisible();
});
