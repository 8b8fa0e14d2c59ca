// The stock as a catalogue: words, facets, a saved view, columns, prices of many at once; in a real browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, call, folder, page, serve } from "../lib/app.mjs";

let app, data, b, p;
const id = (x) => `[data-testid="${x}"]`;
const rows = () => p.locator(id("stock-table-row"));
const settled = (n) =>
  p.waitForFunction(
    ([sel, want]) => document.querySelectorAll(sel).length === want,
    [id("stock-table-row"), n],
  );

before(async () => {
  data = folder();
  app = await serve(data.path);
  const models = [
    ["Apple", "iPhone 13 Pro Max", "远峰蓝色", 429900, "A1"],
    ["Apple", "iPhone 15", "粉色", 346000, "S"],
    ["Huawei", "华为 P50 Pro", "可可茶金", 299900, "A1"],
    ["Xiaomi", "小米14 Ultra", "黑色", 386000, "A2"],
    ["Redmi", "Redmi K70", "墨羽", 156000, ""],
  ];
  for (const [brand, model, colour, price_list, grade] of models)
    await call(app, "units.add", {
      brand,
      model,
      colour,
      price_list,
      grade,
      storage: "256GB",
    });
  b = await browser();
  const context = await b.newContext({
    viewport: { width: 1366, height: 768 },
  });
  p = await page(context, app);
  await p.evaluate(() => (location.hash = "#/stock"));
  await settled(5);
});

after(async () => {
  await b?.close();
  await app?.kill();
  data?.done();
});

test("words as people type them find the phone, and a chip takes them off", async () => {
  for (const [text, n] of [
    ["13pm", 1],
    ["hwp50p", 1],
    ["mi14u", 1],
    ["3000-4000", 2],
    ["pg", 2],
  ]) {
    await p.fill(id("stock-filter"), text);
    await settled(n);
  }
  await p.locator(id("chip-text-pg")).click();
  await settled(5);
  assert.equal(await p.inputValue(id("stock-filter")), "");
});

test("a facet counts what it would leave and narrows to it", async () => {
  const count = await p
    .locator(`label:has(${id("facet-grade-A1")}) .n`)
    .textContent();
  assert.equal(count, "2");
  await p.locator(id("facet-grade-A1")).check({ force: true });
  await settled(2);
  // The other brands have gone from the brand facet, and their own counts follow the grade.
  assert.equal(await p.locator(id("facet-brand-Redmi")).count(), 0);
  assert.equal(
    await p.locator(`label:has(${id("facet-brand-Huawei")}) .n`).textContent(),
    "1",
  );
});

test("a saved view keeps filters, order and columns through a reload", async () => {
  await p.locator(id("head-price")).click();
  await p.locator(id("stock-columns")).click();
  await p.locator(id("column-shelf")).click();
  await p.locator(id("column-live")).click();
  await p.keyboard.press("Escape");
  await p.locator(id("stock-views")).click();
  await p.locator(id("view-save")).click();
  await p.fill(id("view-name"), "好成色");
  await p.locator(id("view-done")).click();
  await p.waitForSelector(`${id("stock-views")}:has-text("好成色")`);
  await p.reload();
  await settled(5);
  await p.locator(id("stock-views")).click();
  await p.locator(id("view-好成色")).click();
  await settled(2);
  assert.equal(
    await p
      .locator(`[role=columnheader]:has(${id("head-price")})`)
      .getAttribute("aria-sort"),
    "ascending",
  );
  assert.equal(await p.locator(id("head-shelf")).count(), 0);
  assert.equal(await p.locator(id("head-live")).count(), 1);
  // A digit leads back to a tab, and to the view again.
  await p.locator(id("stock-table")).click({ position: { x: 400, y: 500 } });
  await p.keyboard.press("7");
  await p.locator(id("chips-clear")).click();
  await settled(5);
  await p.keyboard.press("8");
  await settled(2);
  await p.keyboard.press("1");
  await p.locator(id("chips-clear")).click();
  await settled(5);
});

test("prices of many move as the preview says, and one undo takes all back", async () => {
  const prices = async () =>
    (await call(app, "units.list", { limit: 50, sort: "stock_no" })).rows.map(
      (u) => u.price_list,
    );
  const before = await prices();
  await p.locator('[data-testid^="pick-"]').first().click();
  await p.locator(id("bulk-all")).click();
  await p.locator(id("bulk-price")).click();
  await p.selectOption(id("move-price_list"), "percent_down");
  await p.fill(id("amount-price_list"), "5");
  await p.selectOption(id("round-price_list"), "ninety_nine");
  await p.waitForSelector(`${id("bulk-preview")}:has-text("¥4,099")`);
  await p.locator(id("bulk-save")).click();
  await p.waitForSelector(id("bulk-prices"), { state: "detached" });
  const after = await prices();
  assert.deepEqual(after, [409900, 329900, 289900, 369900, 149900]);
  await p.keyboard.press("Control+z");
  await p.waitForFunction(
    (text) => document.body.innerText.includes(text),
    "¥4,299",
  );
  assert.deepEqual(await prices(), before);
});

test("one edit sets fields and badges of all that were picked", async () => {
  await p.locator('[data-testid^="pick-"]').first().click();
  await p.keyboard.press("e");
  await p.locator(id("choose-shelf")).click();
  await p.fill(id("edit-shelf"), "B2-01");
  await p.locator(id("choose-badges_add")).click();
  await p.fill(id("edit-badges_add"), "港版");
  await p.locator(id("bulk-save")).click();
  await p.waitForSelector(id("bulk-fields"), { state: "detached" });
  const { rows: found } = await call(app, "units.list", {
    limit: 50,
    text: "港版",
  });
  assert.deepEqual(
    found.map((u) => u.shelf),
    ["B2-01"],
  );
  assert.deepEqual(p.problems, []);
});
