// The whole main job in a real browser, from an empty stall to a shipped parcel, with real files and a scanner's bursts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import ExcelJS from "exceljs";
import { browser, call, folder, page, scan, serve } from "../lib/app.mjs";
import { picturesOfFailures } from "../lib/wait.mjs";
import { imei, KUAISHOU, order, xlsx } from "../lib/files.mjs";
import { photos } from "../lib/photos.mjs";

const data = folder();
const desk = folder();
const first = imei("35332811012345");
const second = imei("86012304567890");
let app, chrome, p;

const $ = (id) => p.locator(`[data-testid="${id}"]`);
const api = (name, input) => call(app, name, input);
/** Waits until the stall has this many units. */
const total = async (n) => {
  let now;
  for (let i = 0; i < 100; i += 1) {
    now = (await api("units.list", { limit: 10 })).total;
    if (now === n) return;
    await p.waitForTimeout(50);
  }
  assert.equal(now, n, "units in the stall");
};
const noProblems = () =>
  assert.deepEqual(p.problems, [], "the page reported errors");

before(async () => {
  app = await serve(data.path);
  chrome = await browser();
  const context = await chrome.newContext({
    viewport: { width: 1366, height: 768 },
    acceptDownloads: true,
  });
  p = await page(context, app);
});

picturesOfFailures(import.meta.url, () => ({ p }));

after(async () => {
  await chrome?.close();
  await app?.kill();
  data.done();
  desk.done();
});

test("an empty stall says how to begin", async () => {
  await $("first-run").waitFor();
  await $("first-add").waitFor();
  await $("first-sample").waitFor();
});

test("scanning an unknown IMEI anywhere opens the form with the number in it, and a wrong digit is named", async () => {
  const wrong = first.slice(0, 14) + ((Number(first[14]) + 1) % 10);
  await $("first-run").waitFor();
  await scan(p, first);
  await $("toast-action").click();
  await $("take-in-form").waitFor();
  await p.waitForFunction(
    (n) => document.querySelector('[data-testid="field-imei"]')?.value === n,
    first,
  );
  await $("field-imei").fill(wrong);
  await p.getByText(`末位应是 ${first[14]}`).waitFor();
  await $("field-imei").fill(first);
  await $("field-brand").fill("Apple");
  await $("field-model").fill("iPhone 13");
  await $("field-storage").fill("128GB");
  await $("field-colour").fill("星光色");
  await $("field-price_list").fill("2299");
  await $("field-price_floor").fill("2000");
  await $("field-cost").fill("1800.50");
  await $("field-flaws").fill("边框右下磕碰");
  await p.keyboard.press("Control+Enter");
  await p
    .locator('[data-testid="stock-table-row"]', { hasText: "iPhone 13" })
    .waitFor();
  const unit = (await api("scan.resolve", { code: first })).unit;
  assert.equal(unit.cost, 180050, "yuan typed, fen kept");
  assert.equal(unit.status, "in_stock");
  noProblems();
});

test("the same IMEI cannot be taken in twice while the unit is in stock", async () => {
  await scan(p, first);
  await p.waitForURL(/#\/stock\/[0-9a-f-]{36}/);
  await assert.rejects(
    api("units.add", { imei: first, model: "iPhone 13" }),
    (e) => e.app.code === "imei_in_stock",
  );
});

test("our own label opens the unit on any screen, though it holds four digits only", async () => {
  const { stock_no: no, id } = (await api("scan.resolve", { code: first })).unit;
  assert.match(no, /^\d{4}$/);
  await p.evaluate(() => { location.hash = "#/today"; });
  await p.waitForURL(/#\/today$/);
  await scan(p, no);
  await p.waitForURL(`**/#/stock/${id}`);
  noProblems();
});

test("a spreadsheet of units shows a verdict for each row before anything is written", async () => {
  const file = await xlsx(
    join(desk.path, "进货.xlsx"),
    ["编号", "品牌", "型号", "容量", "颜色", "IMEI", "标价", "成本"],
    [
      {
        编号: "0371",
        品牌: "小米",
        型号: "小米14",
        容量: "256GB",
        颜色: "岩石青",
        IMEI: second,
        标价: 2460,
        成本: 2100,
      },
      {
        编号: "0372",
        品牌: "Apple",
        型号: "iPhone 15",
        容量: "128GB",
        颜色: "粉色",
        IMEI: "352099081234563",
        标价: 3460,
      },
      {
        编号: "0373",
        品牌: "Apple",
        型号: "Apple Watch S8",
        容量: "",
        颜色: "午夜色",
        IMEI: "",
        标价: 1290,
      },
    ],
  );
  await p.evaluate(() => {
    location.hash = "#/stock/import";
  });
  const chosen = p.waitForEvent("filechooser");
  await $("import-file").click();
  await (await chosen).setFiles(file);
  await $("import-preview").waitFor();
  const before = await api("units.list", { limit: 10 });
  assert.equal(before.total, 1, "a preview writes nothing");
  await p
    .locator('[data-testid="import-row"]', { hasText: "0372" })
    .locator('[data-testid="verdict-refused"]')
    .waitFor();
  await p.keyboard.press("Control+Enter");
  await $("import-done").waitFor();
  assert.equal((await api("units.list", { limit: 10 })).total, 3);
  await p.keyboard.press("Control+z");
  await total(1);
  await p.keyboard.press("Control+Shift+z");
  await total(3);
  assert.equal((await api("units.list", { limit: 10 })).total, 3);
  noProblems();
});

test("photographs go in by the dialogue and by drop; a broken one is named and does not stop the rest", async () => {
  const unit = (await api("scan.resolve", { code: first })).unit;
  await p.evaluate((id) => {
    location.hash = `#/stock/${id}`;
  }, unit.id);
  await $("unit-drawer").waitFor();
  const good = photos(3);
  const chosen = p.waitForEvent("filechooser");
  await $("photo-pick").click();
  await (
    await chosen
  ).setFiles([
    ...good.map((path) => ({
      name: path.split(/[\\/]/).pop(),
      mimeType: "image/jpeg",
      buffer: readFileSync(path),
    })),
    {
      name: "半张.jpg",
      mimeType: "image/jpeg",
      buffer: readFileSync(good[0]).subarray(0, 20_000),
    },
  ]);
  await $("photo-problems").getByText("半张.jpg").waitFor();
  await p.waitForFunction(
    () =>
      document.querySelectorAll(
        '[data-testid="photo-strip"] [data-testid="photo"]',
      ).length === 3,
  );
  // Dropped as a hand drops it: one DataTransfer with a file.
  const [extra] = photos(4).slice(3);
  const bytes = readFileSync(extra).toString("base64");
  const transfer = await p.evaluateHandle((b64) => {
    const raw = Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
    const dt = new DataTransfer();
    dt.items.add(new File([raw], "侧面.jpg", { type: "image/jpeg" }));
    return dt;
  }, bytes);
  for (const type of ["dragenter", "dragover", "drop"])
    await $("photo-drop").dispatchEvent(type, { dataTransfer: transfer });
  await p.waitForFunction(
    () =>
      document.querySelectorAll(
        '[data-testid="photo-strip"] [data-testid="photo"]',
      ).length === 4,
  );
  const detail = await api("units.get", { id: unit.id });
  assert.equal(detail.photos.length, 4);
  const src = await p
    .locator('[data-testid="photo-hero"] img')
    .getAttribute("src");
  const kept = await p.request.get(
    `${app.origin}/media/${detail.photos[0].blob}/full`,
  );
  assert.ok(
    good.some((path) => readFileSync(path).equals(Buffer.from([])) === false),
    "photographs exist",
  );
  const original = await kept.body();
  assert.ok(
    good.some((path) => readFileSync(path).equals(original)),
    "the original is kept byte for byte",
  );
  assert.match(src, /\/media\/[0-9a-f]{64}\//);
  noProblems();
});

test("a show is drafted from stock: segments, units by picker and by scan, minutes against the budget", async () => {
  await $("rail-shows").click();
  await $("show-new").first().click();
  await $("show-title").fill("周二孤品专场");
  const soon = new Date(Date.now() + 26 * 3600e3);
  await $("show-date").fill(soon.toISOString().slice(0, 10));
  await $("show-time").fill("19:30");
  await $("show-minutes").fill("60");
  await $("show-host").fill("小鹿");
  await $("show-save").click();
  await $("sheet-grid").waitFor();
  await $("segment-insert").click();
  await $("segment-opening").click();
  await p.locator('[data-testid="sheet-row"]', { hasText: "开场" }).waitFor();
  await scan(p, first);
  await p
    .locator('[data-testid="sheet-row"]', { hasText: "iPhone 13" })
    .waitFor();
  await p.keyboard.press("/");
  await $("picker-find").fill("0371");
  await p.locator('[data-testid="picker-row"]', { hasText: "0371" }).waitFor();
  await p.keyboard.press("Enter");
  await p.locator('[data-testid="sheet-row"]', { hasText: "0371" }).waitFor();
  const { shows } = await api("shows.list");
  const sheet = await api("shows.get", { id: shows[0].id });
  assert.equal(sheet.items.length, 3);
  assert.equal(sheet.items.filter((i) => i.unit).length, 2);
  assert.ok(
    sheet.items
      .find((i) => i.unit?.stock_no === "0371")
      .problems.includes("no_photos"),
  );
  noProblems();
});

test("the show's orders come in from the shop's 64-column file; a float order number is refused by its row", async () => {
  const unit = (await api("scan.resolve", { code: first })).unit;
  const file = await xlsx(join(desk.path, "快手小店_订单导出.xlsx"), KUAISHOU, [
    order("2611240000000004471", {
      title: `iPhone 13 128G 星光色【${unit.stock_no}】`,
      price: 2299,
      shipInHours: 5,
    }),
    order("2611240000000004502", {
      title: "小米14 孤品",
      sku: "0371",
      price: 2460,
      phone: "13911112222",
      name: "李大明",
    }),
    order("2611240000000004533", { title: "原装数据线 1 米", price: 19.9 }),
    {
      ...order("x", { title: "三星 S23U", price: 3150 }),
      订单号: 6917926768823644000,
    },
    order("2611240000000004361", {
      title: "手机",
      price: 9,
      status: "交易关闭",
    }),
  ]);
  await $("rail-orders").click();
  await $("order-import").first().click();
  const chosen = p.waitForEvent("filechooser");
  await $("import-file").click();
  await (await chosen).setFiles(file);
  await $("import-preview").waitFor();
  assert.equal(
    (await api("orders.list", { limit: 10 })).total,
    0,
    "a preview writes nothing",
  );
  await $("import-tab-all").click();
  await p
    .locator('[data-testid="import-row"]', { hasText: unit.stock_no })
    .locator('[data-testid="verdict-new"]')
    .waitFor();
  assert.equal(
    await p
      .locator('[data-testid="import-row"] [data-testid="verdict-refused"]')
      .count(),
    2,
  );
  await p.keyboard.press("Control+Enter");
  await $("import-done").waitFor();
  const page1 = await api("orders.list", { limit: 10 });
  assert.equal(page1.total, 3);
  const again = await api("orders.list", { text: "4471", limit: 10 });
  assert.equal(again.rows[0].units[0].stock_no, unit.stock_no);
  assert.equal(again.rows[0].deadline.source, "file");
  const shown = await p.content();
  assert.ok(
    !shown.includes("13800003318") && !shown.includes("张小凡"),
    "no receiver in full on the screen",
  );
  noProblems();
});

test("importing the same file again changes nothing", async () => {
  await p.evaluate(() => {
    location.hash = "#/orders";
  });
  await p.evaluate(() => {
    location.hash = "#/orders/import";
  });
  const chosen = p.waitForEvent("filechooser");
  await $("import-file").click();
  await (await chosen).setFiles(join(desk.path, "快手小店_订单导出.xlsx"));
  await $("import-preview").waitFor();
  await p.waitForFunction(() =>
    document
      .querySelector('[data-testid="count-same"]')
      ?.textContent.includes("3"),
  );
  await p.waitForFunction(
    () =>
      !/[1-9]/.test(
        document.querySelector('[data-testid="count-new"]')?.textContent ?? "0",
      ),
  );
});

test("Today says what to do: two parcels, soonest first, and the show that lacks pictures", async () => {
  await $("rail-today").click();
  await $("today").waitFor();
  await p.waitForFunction(
    () =>
      document.querySelectorAll('[data-testid="today-parcel"]').length === 3,
  );
  await $("today-shows").getByText("周二孤品专场").waitFor();
});

test("at the bench the wrong unit is refused and the right one goes, without the mouse", async () => {
  const unit = (await api("scan.resolve", { code: first })).unit;
  await $("rail-bench").click();
  await $("bench-queue").waitFor();
  await scan(p, "2611240000000004471");
  await $("bench-parcel").waitFor();
  await scan(p, second);
  await $("bench-wrong").waitFor();
  assert.equal(
    (await api("scan.resolve", { code: second })).unit.status,
    "sold",
    "nothing is written for a wrong unit",
  );
  await scan(p, first);
  await $("bench-band").getByText("对，就是这台").waitFor();
  assert.equal((await api("units.get", { id: unit.id })).row.status, "packed");
  await scan(p, "SF1234567890123");
  await $("bench-waybill").waitFor();
  await p.keyboard.press("Enter");
  for (
    let i = 0;
    i < 100 &&
    (await api("units.get", { id: unit.id })).row.status !== "shipped";
    i += 1
  )
    await p.waitForTimeout(50);
  const row = (await api("orders.list", { text: "4471", limit: 1 })).rows[0];
  assert.equal(row.stage, "shipped");
  assert.equal(row.carrier, "shunfeng");
  assert.equal(row.tracking_no, "SF1234567890123");
  noProblems();
});

test("the bulk-ship file has the order, the carrier and the number as text", async () => {
  await p.keyboard.press("Control+e");
  await $("bench-export-dialog").waitFor();
  const downloading = p.waitForEvent("download");
  await $("bench-export-make").first().click();
  const path = join(desk.path, "ship.xlsx");
  await (await downloading).saveAs(path);
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(path);
  const rows = book.worksheets[0]
    .getSheetValues()
    .filter(Boolean)
    .map((r) => r.slice(1));
  assert.deepEqual(rows[0], ["订单编号", "快递公司", "快递单号"]);
  assert.deepEqual(rows[1], [
    "2611240000000004471",
    "顺丰速运",
    "SF1234567890123",
  ]);
});

test("after kill -9 the stall opens with everything acknowledged, and undo still works", async () => {
  await app.kill();
  app = await serve(data.path);
  await p.goto(app.address);
  await $("today").waitFor();
  const row = (await api("orders.list", { text: "4471", limit: 1 })).rows[0];
  assert.equal(row.stage, "shipped");
  const { undo } = await api("undo.state");
  assert.equal(undo.op, "ship");
  await api("undo.undo");
  assert.equal(
    (await api("orders.list", { text: "4471", limit: 1 })).rows[0].stage,
    "to_ship",
  );
});

test("a second program on the same stall is turned away", async () => {
  await assert.rejects(serve(data.path), /ended with 2/);
});
