import { expect, test } from "../fixtures/test.ts";

test.describe("a finding that may stay so", () => {
  test.beforeEach(async ({ signIn }) => signIn("operator"));

  test("is silenced with a reason, listed, and shown again", async ({ page, open, call }) => {
    // A subnet without pools stands against a configuration.
    const change = async (edit: object) => {
      const edits = JSON.stringify([edit]);
      expect((await call("/api/config/apply", { server: "kea", request: { edits } })).status).toBe(200);
    };
    await change({ op: "add", path: "subnet4", value: { id: 88, subnet: "10.88.0.0/24" } });
    await open("/servers/kea/findings");
    const lines = page.getByTestId("config-finding").filter({ has: page.getByTestId("silence") });
    await expect(lines.first()).toBeVisible({ timeout: 20_000 });
    const count = await lines.count();
    expect(count).toBeGreaterThan(0);
    await lines.first().getByTestId("silence").click();
    const dialog = page.getByTestId("silence-dialog");
    const said = await dialog.getByRole("listitem").first().textContent();
    await expect(dialog.getByTestId("confirm-silence")).toBeDisabled();
    await dialog.getByLabel("Why it may stay so").fill("known since the move");
    await dialog.getByTestId("confirm-silence").click();
    await expect(dialog).toHaveCount(0);
    await expect(lines).toHaveCount(count - 1);
    const list = page.getByTestId("silenced-list");
    await list.getByText(/^\d+ silenced$/).click();
    const row = list.getByTestId("silenced").filter({ hasText: said ?? "" });
    await expect(row.first()).toContainText("known since the move");
    await expect(row.first()).toContainText("operator");
    for (let left = await list.getByTestId("silenced").count(); left > 0; left -= 1) {
      if ((await list.getAttribute("open")) === null) await list.getByText(/^\d+ silenced$/).click();
      await list.getByTestId("show-again").first().click();
      await expect(page.getByTestId("silenced")).toHaveCount(left - 1);
    }
    await expect(lines).toHaveCount(count);
    await change({ op: "remove", path: "subnet4[id=88]" });
  });
});
