// The form of a reservation in every look, from empty to refused.
import type { Page } from "@playwright/test";
import { inEveryLook } from "../fixtures/looks.ts";
import { forget } from "../fixtures/outside.ts";
import { expect, field, form, openSubnet, test, unfoldBoot } from "../fixtures/test.ts";

const MAC = "02:14:00:00:0f:02";
// Behind it are some rows, not all: of these axe is asked once, where nothing is above them.
const FEW = "?filter=reservations";
const look = (page: Page, name: string) => inEveryLook(page, `form-${name}`, { fullPage: false });

test.setTimeout(180_000);

test("the form", async ({ page, signIn }) => {
  await forget(80, MAC);
  await signIn("operator");
  await openSubnet(page, 80, FEW);
  await page.getByTestId("reserve-button").click();
  await look(page, "empty");
  await field(page, "identifier").fill(MAC);
  await expect(field(page, "address")).not.toHaveValue("");
  await field(page, "host_name").fill("label-printer");
  await unfoldBoot(page);
  await look(page, "suggested");
  await field(page, "address").fill("10.80.0.12");
  await expect(form(page)).toContainText("Not possible");
  await look(page, "conflict");
  await field(page, "identifier").fill("zz");
  await field(page, "host_name").fill("a b");
  await field(page, "next_server").fill("tftp");
  await page.getByTestId("save-button").click();
  await look(page, "faults");

  await form(page).getByText("Classes and options").click();
  await field(page, "client_classes").fill("kiosk");
  await field(page, "client_classes").press("Enter");
  for (const option of ["routers (3)", "ip-forwarding (19)"]) await field(page, "options").fill(option);
  await field(page, "options").fill("224");
  await field(page, "options").press("Enter");
  await page.getByTestId("save-button").click();
  await expect(page.getByTestId("option-row")).toHaveCount(3);
  await look(page, "options");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("confirm-discard")).toBeVisible();
  await look(page, "discard");
});
