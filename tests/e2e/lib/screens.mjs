// Every screen worth a picture, and how to get there by hand.
import { fillTray, invite } from "./phone.mjs";

const go = (page, hash) => page.evaluate((h) => { location.hash = h; }, hash);
const at = (hash, ready) => async ({ page }) => {
  await go(page, hash);
  await page.waitForSelector(ready, { timeout: 15_000 });
};
const id = (x) => `[data-testid="${x}"]`;
const rows = `${id("stock-table-row")} img`;

let phone = null;
/** A paired phone on its first page. Paired once: wrong or right, codes may be tried ten times a minute. */
async function phoneHome(page, app) {
  if (phone) {
    await page.context().addCookies(phone.cookies);
    await page.addInitScript((kept) => kept.forEach(({ name, value }) => localStorage.setItem(name, value)), phone.kept);
  }
  await page.goto(phone?.url ?? (await invite(app, "小林")));
  await page.waitForSelector(id("phone-home"));
  const { cookies, origins } = await page.context().storageState();
  phone ??= { url: page.url(), cookies, kept: origins[0].localStorage.filter((x) => /token|who/.test(x.name)) };
  await page.waitForTimeout(400);
}

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
  // Last: they put photographs into the tray, and the phone sends some of its own.
  {
    name: "30-tray",
    open: async ({ page, app }) => {
      await fillTray(app);
      await at("#/stock/tray", `${id("tray-photo")} img`)({ page });
    },
  },
  {
    name: "31-tray-name",
    open: async ({ page, app }) => {
      await fillTray(app);
      await at("#/stock/tray", `${id("tray-photo")} img`)({ page });
      await page.locator(id("tray-name")).first().click();
      await page.waitForSelector(id("take-in-form"));
    },
  },
  {
    name: "32-tray-assign",
    open: async ({ page, app }) => {
      await fillTray(app);
      await at("#/stock/tray", `${id("tray-photo")} img`)({ page });
      await page.locator(id("tray-assign")).first().click();
      await page.fill(id("tray-assign-input"), "15");
      await page.waitForSelector(id("tray-hit"));
    },
  },
  { name: "40-phone-pair", phone: true, open: async ({ page, app }) => { await page.goto(new URL("/p/", await invite(app, "小林")).href); await page.waitForSelector(id("phone-pair")); } },
  { name: "41-phone-home", phone: true, open: ({ page, app }) => phoneHome(page, app) },
  {
    name: "42-phone-find",
    phone: true,
    open: async ({ page, app }) => {
      await phoneHome(page, app);
      await page.tap(id("phone-find"));
      await page.tap(id("pad-4"));
      await page.tap(id("pad-0"));
    },
  },
  {
    name: "43-phone-shoot",
    phone: true,
    open: async ({ page, app }) => {
      await phoneHome(page, app);
      await page.tap(id("phone-start"));
      await page.waitForSelector(id("finder-hint"));
      await page.tap(id("shot-left"));
      await page.waitForTimeout(700);
    },
  },
  {
    name: "44-phone-line-cut",
    phone: true,
    open: async ({ page, app }) => {
      await phoneHome(page, app);
      await page.route("**/lan/**", (route) => route.abort());
      await page.tap(id("phone-new"));
      await page.waitForSelector(id("finder-hint"));
      for (const shot of ["front_off", "back"]) {
        await page.tap(id("shutter"));
        await page.waitForSelector(`${id(`shot-${shot}`)}[aria-current="true"]`);
      }
      await page.waitForSelector('[data-testid="phone-line"][data-state="lost"]');
      await page.waitForTimeout(500);
    },
  },
];
