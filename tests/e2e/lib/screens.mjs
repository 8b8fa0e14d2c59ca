// Every screen worth a picture, and how to get there by hand.
import { imei } from "./files.mjs";
import { fillTray, invite } from "./phone.mjs";
import { inboxScreens } from "./screens-inbox.mjs";
import { presenceScreens } from "./screens-presence.mjs";
import { syncScreens } from "./screens-sync.mjs";
import { inspectScreens } from "./screens-inspect.mjs";

import { readFileSync } from "node:fs";
import { photos } from "./photos.mjs";
const go = (page, hash) =>
  page.evaluate((h) => {
    location.hash = h;
  }, hash);
const at =
  (hash, ready) =>
  async ({ page }) => {
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
    await page.addInitScript(
      (kept) =>
        kept.forEach(({ name, value }) => localStorage.setItem(name, value)),
      phone.kept,
    );
  }
  await page.goto(phone?.url ?? (await invite(app, "小林")));
  await page.waitForSelector(id("phone-home"));
  const { cookies, origins } = await page.context().storageState();
  phone ??= {
    url: page.url(),
    cookies,
    kept: origins[0].localStorage.filter((x) => /token|who/.test(x.name)),
  };
  await page.waitForTimeout(400);
}

/** Takes the lot of a picture back; nothing else, where the picture failed before it had one. */
async function takeBackLot({ call }) {
  const { undo } = await call("undo.state", {});
  if (undo?.op === "take_lot") await call("undo.undo", {});
}

export const screens = [
  { name: "01-today", open: at("#/today", id("today-tasks")) },
  { name: "02-stock", open: at("#/stock", rows) },
  {
    name: "03-stock-drawer",
    open: async ({ page, call }) => {
      const { rows: units } = await call("units.list", {
        limit: 20,
        status: ["in_stock"],
      });
      await go(
        page,
        `#/stock/${units.find((u) => u.photos > 3)?.id ?? units[0].id}`,
      );
      await page.waitForSelector(`${id("photo-hero")} img`);
    },
  },
  {
    name: "04-stock-grid",
    open: async ({ page }) => {
      await at("#/stock", rows)({ page });
      await page.evaluate(() => localStorage.removeItem("stall.stock.mode"));
      await page
        .locator(`${id("stock-view")} label`)
        .last()
        .click();
      await page.waitForSelector(`${id("stock-card")} img`);
    },
  },
  {
    name: "05-stock-bulk",
    open: async ({ page }) => {
      await at("#/stock", rows)({ page });
      for (let i = 0; i < 3; i += 1)
        await page
          .locator('[data-testid^="pick-"]')
          .nth(i * 2)
          .click();
      await page.waitForSelector(id("bulk-bar"));
    },
  },
  {
    name: "05b-stock-filtered",
    open: async ({ page }) => {
      await at("#/stock", rows)({ page });
      await page.fill(id("stock-filter"), "13");
      await page.locator(id("facet-grade-A1")).check({ force: true });
      await page.waitForSelector(id("stock-chips"));
      await page.locator(id("stock-columns")).click();
      await page.waitForSelector(id("columns-list"));
    },
  },
  {
    name: "05c-bulk-prices",
    open: async ({ page }) => {
      await at("#/stock", rows)({ page });
      for (let i = 0; i < 6; i += 1)
        await page.locator('[data-testid^="pick-"]').nth(i).click();
      await page.locator(id("bulk-price")).click();
      await page.selectOption(id("move-price_list"), "percent_down");
      await page.fill(id("amount-price_list"), "5");
      await page.selectOption(id("round-price_list"), "nine");
      await page.waitForSelector(`${id("bulk-preview")} [role=row]`);
    },
  },
  {
    name: "05d-bulk-fields",
    open: async ({ page }) => {
      await at("#/stock", rows)({ page });
      for (let i = 0; i < 3; i += 1)
        await page.locator('[data-testid^="pick-"]').nth(i).click();
      await page.keyboard.press("e");
      for (const f of ["shelf", "grade", "badges_add", "note"])
        await page.locator(id(`choose-${f}`)).click();
    },
  },
  {
    name: "05e-views",
    open: async ({ page }) => {
      await at("#/stock", rows)({ page });
      await page.locator(id("stock-views")).click();
      await page.waitForSelector(id("view-save"));
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
  {
    name: "07-batch",
    open: async ({ page, app, call }) => {
      const { batch } = await call("batch.get");
      if (!batch) {
        const { rows: units } = await call("units.list", {
          limit: 3,
          status: ["in_stock"],
        });
        const files = [];
        for (const [i, path] of photos(14).entries()) {
          const no = units[Math.floor(i / 4)]?.stock_no;
          const name = no ? `${no}_${i}.jpg` : `IMG_${i}.jpg`;
          const at = Date.parse("2026-11-24T12:00:00+08:00") + i * 9000;
          const body = readFileSync(path);
          const res = await fetch(
            `${app.origin}/api/files.put?name=${name}&modified=${at}`,
            {
              method: "POST",
              headers: { authorization: `Bearer ${app.token}` },
              body,
            },
          );
          files.push((await res.json()).id);
        }
        await call("batch.start", { files });
      }
      await at("#/stock/photos", id("batch-frame"))({ page });
      await page.waitForTimeout(500);
    },
  },
  {
    name: "17-settings-watch",
    open: at("#/settings?at=watch", id("watch-folder")),
  },
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
      const { rows: orders } = await call("orders.list", {
        stage: ["to_pack"],
        by_deadline: true,
        limit: 1,
      });
      await at(`#/orders/${orders[0].id}`, id("order-drawer"))({ page });
    },
  },
  { name: "14-bench", open: at("#/bench", id("bench-queue")) },
  {
    name: "15-bench-wrong",
    open: async ({ page, call, scan }) => {
      const { parcels } = await call("bench.queue");
      const [one, other] = parcels.filter(
        (p) => p.stage === "to_pack" && p.units.length,
      );
      await at("#/bench", id("bench-queue"))({ page });
      await scan(one.order_no);
      await page.waitForSelector(id("bench-parcel"));
      await page.fill(id("bench-scan"), other.units[0].stock_no);
      await page.press(id("bench-scan"), "Enter");
      await page.waitForSelector(id("bench-wrong"));
    },
  },
  {
    name: "20-lot",
    open: async ({ page, scan }) => {
      await at("#/stock/lot", id("lot-head"))({ page });
      await page.fill(id("lot-source"), "老李");
      await page.focus(id("scan-field"));
      const base = Date.now();
      for (const n of [1, 2, 3, 2])
        await scan(imei(`353328${String(base + n).slice(-8)}`));
      await page.waitForSelector(`${id("scan-said")}[data-tone="warn"]`);
      await page.waitForFunction(
        () => document.querySelectorAll('[data-testid="lot-row"]').length === 3,
      );
      await page.waitForTimeout(200);
    },
    close: takeBackLot,
  },
  {
    name: "21-lot-finish",
    open: async ({ page, scan }) => {
      await at("#/stock/lot", id("lot-head"))({ page });
      await page.focus(id("scan-field"));
      const base = Date.now();
      for (const n of [4, 5, 6])
        await scan(imei(`353328${String(base + n).slice(-8)}`));
      await page.waitForFunction(
        () => document.querySelectorAll('[data-testid="lot-row"]').length === 3,
      );
      await page.keyboard.press("Control+Enter");
      await page.fill(id("lot-total"), "5000");
      await page.waitForSelector(id("lot-share"));
    },
    close: takeBackLot,
  },
  {
    name: "22-take",
    open: async ({ page, call, scan }) => {
      const take = await call("takes.start", {
        scope: "category",
        value: "phone",
      });
      const { rows: units } = await call("units.list", {
        limit: 30,
        status: ["in_stock"],
      });
      for (const u of units.slice(0, 9))
        await call("takes.scan", { take_id: take.id, code: u.stock_no });
      await at(`#/stock/take/${take.id}`, id("take-progress"))({ page });
      await scan("F2LXK0ABCD12");
      await page.waitForSelector(`${id("scan-said")}[data-tone="bad"]`);
      await page.click(id("tab-missing"));
    },
  },
  { name: "23-takes", open: at("#/stock/take", id("takes")) },
  {
    name: "24-take-print",
    open: async ({ page, call }) => {
      const { takes } = await call("takes.list");
      const take =
        takes[0] ?? (await call("takes.start", { scope: "all", value: "" }));
      await at(`#/stock/take/${take.id}/print`, id("take-paper"))({ page });
    },
  },
  {
    name: "25-move",
    open: async ({ page, call }) => {
      const { rows: units } = await call("units.list", {
        limit: 4,
        status: ["in_stock"],
      });
      await at("#/stock/move?shelf=Z-9", id("move"))({ page });
      for (const u of units) {
        await page.fill(id("scan-field"), u.stock_no);
        await page.press(id("scan-field"), "Enter");
      }
      await page.waitForFunction(
        () =>
          document.querySelectorAll('[data-testid="move-row"]').length === 4,
      );
      await call("undo.undo");
    },
  },
  {
    name: "26-fields",
    open: async ({ page }) => {
      await at("#/settings?at=fields", id("fields-pane"))({ page });
      await page.selectOption(id("fields-category"), "laptop");
    },
  },
  { name: "27-models", open: at("#/settings?at=models", id("book-row")) },
  {
    name: "28-take-in-laptop",
    open: async ({ page }) => {
      await at("#/stock?new=", id("take-in-form"))({ page });
      await page
        .locator(`${id("field-category")} label`)
        .nth(2)
        .click();
      await page.fill(id("more-model_code"), "MU2F3CH/A");
      await page.fill(id("more-ram"), "16");
      await page.waitForSelector(id("model-code-hint"));
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
    name: "17b-settings-watermark",
    open: async ({ page }) => {
      await at(
        "#/settings?at=watermark",
        `${id("watermark-panel")} img`,
      )({ page });
    },
  },
  {
    name: "20-export",
    open: async ({ page }) => {
      await at("#/stock", rows)({ page });
      await page.click(id("stock-export"));
      await page.waitForSelector(id("export-all"));
    },
  },
  {
    name: "21-export-pictures",
    open: async ({ page }) => {
      await at("#/stock", rows)({ page });
      await page.click(id("stock-export"));
      await page.click(`${id("export-part")} label:has(input[value="photos"])`);
      await page.waitForSelector(`${id("set-preview")} img`);
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
      const { rows: units } = await call("units.list", {
        limit: 20,
        status: ["in_stock"],
      });
      await at(`#/stock/${units[0].id}`, id("unit-drawer"))({ page });
      await page.click(id("unit-label"));
      await page.waitForSelector(
        `${id("label-dialog")} ${id("label-picture")} img`,
      );
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
      await at(
        "#/settings?at=labels",
        `${id("settings-labels")} ${id("label-picture")} img`,
      )({ page });
    },
  },
  {
    name: "23-settings-printer",
    open: async ({ page }) => {
      await at(
        "#/settings?at=labels",
        `${id("settings-labels")} ${id("label-picture")} img`,
      )({ page });
      await page.click(id("printer-add"));
      await page.waitForSelector(id("printer-dialog"));
    },
  },
  {
    name: "24-photo-editor",
    open: async ({ page, call }) => {
      const { rows: units } = await call("units.list", {
        limit: 20,
        status: ["in_stock"],
      });
      await go(
        page,
        `#/stock/${units.find((u) => u.photos > 3)?.id ?? units[0].id}`,
      );
      await page.waitForSelector(`${id("photo-hero")} img`);
      await page.click(id("photo-hero"));
      await page.click(id("viewer-edit"));
      await page.waitForSelector(id("crop-se"));
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
  {
    name: "40-phone-pair",
    phone: true,
    open: async ({ page, app }) => {
      await page.goto(new URL("/p/", await invite(app, "小林")).href);
      await page.waitForSelector(id("phone-pair"));
    },
  },
  {
    name: "41-phone-home",
    phone: true,
    open: ({ page, app }) => phoneHome(page, app),
  },
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
        await page.waitForSelector(
          `${id(`shot-${shot}`)}[aria-current="true"]`,
        );
      }
      await page.waitForSelector(
        '[data-testid="phone-line"][data-state="lost"]',
      );
      await page.waitForTimeout(500);
    },
  },
  ...inspectScreens,
  ...inboxScreens,
  ...syncScreens,
  ...presenceScreens,
];
