import { expect, test } from "../fixtures/test.ts";

test("the check of a server says what is wrong, and what passed", async ({ page, open, signIn }) => {
  await signIn("operator");
  await open("/servers");
  await page.getByTestId("server-card").getByRole("link", { name: "Check", exact: true }).click();
  await expect(page).toHaveURL(/\/servers\/kea\/check$/);
  await expect(page.getByText(/^\d+ checks passed$/)).toBeVisible();
  await page.getByTestId("check-again").click();
  await expect(page.getByText(/^\d+ checks passed$/)).toBeVisible();
});

test("who may only look is offered nothing to do", async ({ page, open, signIn }) => {
  await signIn("viewer");
  await open("/servers/kea/check");
  await expect(page.getByText(/^\d+ checks passed$/)).toBeVisible();
  await expect(page.getByTestId("do-it")).toHaveCount(0);
});

test("a configuration file is judged and compared with what runs, and nothing is sent", async ({ page, open, signIn }) => {
  await signIn("viewer");
  await open("/servers/kea/findings");
  await page.getByTestId("lint-text").fill('{ "Dhcp4": {\n  "renew-timer" 900\n} }');
  await page.getByTestId("lint-check").click();
  await expect(page.getByTestId("lint-found")).toContainText("Line 2, column 16");
  const file = { name: "kea-dhcp4.conf", mimeType: "text/plain", buffer: Buffer.from('{ "Dhcp4": { "renew-timer": 901 } }') };
  await page.getByTestId("lint-file").setInputFiles(file);
  await expect(page.getByTestId("lint-words")).toContainText("901");
});
