// Every screen worth a picture, and how to get there by hand.
const go = (page, hash) => page.evaluate((h) => { location.hash = h; }, hash);
const at = (hash, ready) => async ({ page }) => {
  await go(page, hash);
  await page.waitForSelector(ready, { timeout: 15_000 });
};
const id = (x) => `[data-testid="${x}"]`;
const rows = `${id("stock-table-row")} img`;

export const screens = [
  { name: "01-today", open: at("#/today", id("today-tasks")) },
  { name: "02-stock", open: at("#/stock", rows) },
  {
    name: "03-stock-drawer",
    open: async ({ page, call }) => {
      const { rows: units } = await call("units.list", { limit: 20, status: ["in_stock"] });
      await go(page, `#/stock/${units.find((u) => u.photos > 3)?.id ?? units[0].id}`);
      await page.waitForSelector(`${id("photo-hero")} img`);
    },
  },
  {
    name: "04-stock-grid",
    open: async ({ page }) => {
      await at("#/stock", rows)({ page });
      await page.evaluate(() => localStorage.removeItem("stall.stock.mode"));
      await page.locator(`${id("stock-view")} label`).last().click();
      await page.waitForSelector(`${id("stock-card")} img`);
    },
  },
  {
    name: "05-stock-bulk",
    open: async ({ page }) => {
      await at("#/stock", rows)({ page });
      for (let i = 0; i < 3; i += 1) await page.locator('[data-testid^="pick-"]').nth(i * 2).click();
      await page.waitForSelector(id("bulk-bar"));
    },
  },
  {
    name: "06-take-in",
    open: async ({ page }) => {
      await at("#/stock?new=", id("take-in-form"))({ page });
      await page.fill(id("field-imei"), "352099081234563");
      await page.waitForTimeout(500);
    },
  },
  { name: "07-import", open: at("#/stock/import", id("import-drop")) },
  { name: "08-shows", open: at("#/shows", id("show-row")) },
  {
    name: "09-sheet",
    open: async ({ page, call }) => {
      const { shows } = await call("shows.list");
      await at(`#/shows/${shows[0].id}`, id("sheet-row"))({ page });
      await page.waitForSelector(id("picker-row"));
    },
  },
  {
    name: "10-sheet-print",
    open: async ({ page, call }) => {
      const { shows } = await call("shows.list");
      await at(`#/shows/${shows[0].id}/print`, id("print-page"))({ page });
    },
  },
  { name: "11-orders", open: at("#/orders", id("order-row")) },
  {
    name: "12-order",
    open: async ({ page, call }) => {
      const { rows: orders } = await call("orders.list", { stage: ["to_pack"], by_deadline: true, limit: 1 });
      await at(`#/orders/${orders[0].id}`, id("order-drawer"))({ page });
    },
  },
  { name: "14-bench", open: at("#/bench", id("bench-queue")) },
  {
    name: "15-bench-wrong",
    open: async ({ page, call, scan }) => {
      const { parcels } = await call("bench.queue");
      const [one, other] = parcels.filter((p) => p.stage === "to_pack" && p.units.length);
      await at("#/bench", id("bench-queue"))({ page });
      await scan(one.order_no);
      await page.waitForSelector(id("bench-parcel"));
      await page.fill(id("bench-scan"), other.units[0].stock_no);
      await page.press(id("bench-scan"), "Enter");
      await page.waitForSelector(id("bench-wrong"));
    },
  },
  { name: "17-settings", open: at("#/settings", "main") },
  {
    name: "17-settings-phones",
    open: async ({ page, call }) => {
      await call("lan.switch", { on: true });
      await at("#/settings?at=phones", id("phones-fingerprint"))({ page });
    },
  },
  {
    name: "17-settings-phone-code",
    open: async ({ page, call }) => {
      await call("lan.switch", { on: true });
      await at("#/settings?at=phones", id("phones-invite"))({ page });
      await page.click(id("phones-invite"));
      await page.fill(id("phone-name"), "Lin");
      await page.click(id("phone-make"));
      await page.waitForSelector(id("phone-qr"));
    },
  },
  {
    name: "18-palette",
    open: async ({ page }) => {
      await at("#/today", id("today"))({ page });
      await page.keyboard.press("Control+k");
      await page.fill(id("palette-input"), "13");
      await page.waitForSelector(id("palette-entry"));
    },
  },
  {
    name: "19-keys",
    open: async ({ page }) => {
      await at("#/stock", rows)({ page });
      await page.keyboard.press("Shift+Slash");
      await page.waitForSelector(id("keys-help"));
    },
  },
  {
    name: "20-labels",
    open: async ({ page, call }) => {
      const { rows: units } = await call("units.list", { limit: 20, status: ["in_stock"] });
      await at(`#/stock/${units[0].id}`, id("unit-drawer"))({ page });
      await page.click(id("unit-label"));
      await page.waitForSelector(`${id("label-dialog")} ${id("label-picture")} img`);
    },
  },
  {
    name: "21-labels-sheet",
    open: async ({ page }) => {
      await at("#/stock", rows)({ page });
      await page.click(id("labels-missing"));
      await page.click(id("label-to-pdf"));
      await page.selectOption(id("label-paper"), "a4-3x7");
      await page.waitForSelector(id("label-start"));
    },
  },
  {
    name: "22-settings-labels",
    open: async ({ page }) => {
      await at("#/settings?at=labels", `${id("settings-labels")} ${id("label-picture")} img`)({ page });
    },
  },
  {
    name: "23-settings-printer",
    open: async ({ page }) => {
      await at("#/settings?at=labels", `${id("settings-labels")} ${id("label-picture")} img`)({ page });
      await page.click(id("printer-add"));
      await page.waitForSelector(id("printer-dialog"));
    },
  },
  {
    name: "30-photo-editor",
    open: async ({ page, call }) => {
      const { rows: units } = await call("units.list", { limit: 20, status: ["in_stock"] });
      await go(page, `#/stock/${units.find((u) => u.photos > 3)?.id ?? units[0].id}`);
      await page.waitForSelector(`${id("photo-hero")} img`);
      await page.click(id("photo-hero"));
      await page.click(id("viewer-edit"));
      await page.waitForSelector(id("crop-se"));
    },
  },
];
