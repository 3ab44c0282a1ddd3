// The proof: what is reserved here is what a real DHCP client gets from Kea, before and after a crash of Kea.
import { dhcp, foreman, forget, hasClients, restartKea, saveKea } from "../fixtures/outside.ts";
import { expect, field, form, openSubnet, row, test, unfoldBoot } from "../fixtures/test.ts";

const OURS = "02:14:00:00:0d:01";
const FOREMANS = "02:14:00:00:0d:02";

test.setTimeout(90_000);

test.beforeAll(() => {
  if (hasClients()) return;
  throw new Error("This system allows no network namespaces, so that no DHCP client can run and nothing is proven.");
});
test.beforeEach(saveKea);
test.afterEach(async () => {
  await forget(20, OURS, "10.20.0.80");
  await forget(20, FOREMANS, "10.20.0.81");
});

test("a client gets what was reserved in the browser and by Foreman, and again after Kea was killed", async ({ page, signIn }) => {
  await signIn("operator");
  await openSubnet(page, 20);
  await page.getByTestId("reserve-button").click();
  await field(page, "address").fill("10.20.0.80");
  await field(page, "identifier").fill(OURS);
  await field(page, "host_name").fill("proof-1");
  await unfoldBoot(page);
  await field(page, "next_server").fill("10.20.0.7");
  await field(page, "boot_file_name").fill("proof/one.efi");
  await field(page, "server_host_name").fill("boot-7.example.org");
  await page.getByTestId("save-button").click();
  await expect(form(page)).toBeHidden();
  await expect(row(page, "10.20.0.80")).toContainText("reserved, idle");

  const made = await foreman("POST", "/dhcp/10.20.0.0", {
    mac: FOREMANS,
    ip: "10.20.0.81",
    hostname: "proof-2",
    name: "proof-2",
    nextServer: "10.20.0.8",
    filename: "proof/two.0",
  });
  expect(made.status).toBe(200);

  // What is left of the lease differs from time to time.
  const got = async (mac: string, name?: string) => ({ ...(await dhcp(mac, name)), lease: "" });
  const both = async () => ({ ours: await got(OURS, "my-own-name"), foremans: await got(FOREMANS) });
  const before = await both();
  expect(before.ours).toMatchObject({
    ip: "10.20.0.80",
    siaddr: "10.20.0.7",
    boot_file: "proof/one.efi",
    sname: "boot-7.example.org",
    hostname: "proof-1",
  });
  expect(before.foremans).toMatchObject({ ip: "10.20.0.81", siaddr: "10.20.0.8", boot_file: "proof/two.0", hostname: "proof-2" });
  await expect(row(page, "10.20.0.80")).toContainText("reserved, in use", { timeout: 15_000 });

  await restartKea();
  expect(await both()).toEqual(before);
  await expect(row(page, "10.20.0.80")).toContainText("reserved, in use", { timeout: 15_000 });
});

test("a reservation that was deleted is gone for the client, also after Kea was killed", async ({ page, signIn }) => {
  expect((await foreman("POST", "/dhcp/10.20.0.0", { mac: FOREMANS, ip: "10.20.0.81", hostname: "proof-2" })).status).toBe(200);
  expect(await dhcp(FOREMANS)).toMatchObject({ ip: "10.20.0.81" });
  await signIn("operator");
  await openSubnet(page, 20, "?text=10.20.0.81");
  await row(page, "10.20.0.81").focus();
  await page.keyboard.press("Delete");
  await page.getByTestId("confirm-delete").click();
  await expect(page.getByText("Deleted the reservation of 10.20.0.81.")).toBeVisible();
  await restartKea();
  expect((await dhcp(FOREMANS)).ip).toMatch(/^10\.20\.0\.(1\d\d|2[01]\d|220)$/);
});
