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
