import { expect, test } from "../fixtures/test.ts";

test("an option of IPv6 is chosen by name, typed as what it is made of, and reviewed with what it stands in", async ({ page, open, signIn }) => {
  test.setTimeout(120_000);
  await signIn("operator");
  await open("/servers/kea6/options");
  const add = async (name: string, value: string) => {
    const picker = page.getByLabel("Add an option");
    await picker.fill(name);
    await picker.press("Enter");
    await page.getByTestId("option-setting").filter({ hasText: name }).getByRole("textbox").fill(value);
  };
  await add("sntp-servers", "192.0.2.1");
  const row = page.getByTestId("option-setting").filter({ hasText: "sntp-servers (31)" });
  await expect(row).toContainText("Time servers (SNTP): list of ipv6-address");
  await expect(row).toContainText("“192.0.2.1” is not an IPv6 address.");
  await expect(page.getByTestId("review")).toBeDisabled();
  await row.getByRole("textbox", { name: /^sntp-servers/ }).fill("2001:db8::1 2001:db8::2");
  await add("ntp-server-address", "2001:db8::123");
  await page.getByTestId("review").click();
  await expect(page.getByTestId("review-words").getByRole("listitem")).toHaveCount(3);
});
