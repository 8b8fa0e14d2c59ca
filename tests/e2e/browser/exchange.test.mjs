// Out of one stall as xlsx and as zip, into another, and compared through the API.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, call, folder, out, page, serve } from "../lib/app.mjs";
import { stage } from "../lib/photos.mjs";

const id = (x) => `[data-testid="${x}"]`;
let chromium, one, two, dirs;

before(async () => {
  chromium = await browser();
  dirs = [folder(), folder()];
  [one, two] = [await serve(dirs[0].path), await serve(dirs[1].path)];
  const units = [
    {
      stock_no: "0001",
      model: "iPhone 13",
      brand: "",
      note: "=1+1",
      storage: "128",
      badges: ["国行/港版", "换电池"],
      price_list: 299_900,
      cost: 1_800_50,
    },
    {
      stock_no: "0002",
      model: "华为 Mate 60 Pro",
      flaws: '边框磕碰\n屏幕,"细划"',
      battery: 1,
      shelf: "'A1",
      imei: "490154203237518",
    },
    { stock_no: "0003", model: "小米 14", price_live: 0, source: "无" },
  ];
  for (const unit of units) await call(one, "units.add", unit);
});
after(async () => {
  await chromium.close();
  for (const app of [one, two]) await app.kill();
  for (const dir of dirs) dir.done();
});

/** Everything of every unit but ids and times of the row. */
async function contents(app) {
  const { rows } = await call(app, "units.list", {
    sort: "stock_no",
    limit: 200,
  });
  const all = [];
  for (const { id } of rows) {
    const d = await call(app, "units.get", { id });
    const { id: _, cover: __, ...row } = d.row;
    const { imei, imei2, meid, serial, source, flaws, note } = d;
    all.push({
      row,
      imei,
      imei2,
      meid,
      serial,
      source,
      flaws,
      note,
      photos: d.photos.map((p) => [p.blob, p.shot, p.file_name]),
    });
  }
  return all;
}

async function exported(p, form) {
  await p.goto(`${one.origin}/#/stock`);
  await p.waitForSelector(id("stock-table-row"));
  await p.click(id("stock-export"));
  await p.click(`${id("export-form")} label:has(input[value="${form}"])`);
  const [download] = await Promise.all([
    p.waitForEvent("download"),
    p.click(id("export-make")),
  ]);
  const path = join(out, `exchange.${form}`);
  await download.saveAs(path);
  assert.ok(statSync(path).size > 1000);
  return path;
}

async function imported(context, path) {
  // A page of its own: the import begins in its first second.
  const p = await page(context, two);
  await p.evaluate(() => (location.hash = "#/stock/import"));
  await p.waitForSelector(id("import-drop"));
  const [chooser] = await Promise.all([
    p.waitForEvent("filechooser"),
    p.click(id("import-file")),
  ]);
  await chooser.setFiles(path);
  await p.waitForSelector(id("import-preview"));
  await p.click(id("import-apply"));
  await p.waitForSelector(id("import-done"));
  assert.deepEqual(p.problems, []);
  await p.close();
}

test("a stall's sheet and its zip make the same stall elsewhere", async () => {
  const context = await chromium.newContext({
    viewport: { width: 1366, height: 768 },
    acceptDownloads: true,
  });
  const p = await page(context, one);
  const sheet = await exported(p, "xlsx");
  await imported(context, sheet);
  assert.deepEqual(await contents(two), await contents(one));

  // With photographs: taken back first, so that the other stall is empty again.
  await call(two, "undo.undo");
  const unit = (await call(one, "units.list", { text: "0001" })).rows[0].id;
  const files = [
    await stage(one, "ip13-midnight-front.jpg"),
    await stage(one, "ip13-midnight-back.jpg"),
  ];
  await call(one, "photos.add", { unit_id: unit, files });
  await p.waitForFunction(async () =>
    (
      await (
        await fetch("/api/jobs.list", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: "{}",
        })
      ).json()
    ).jobs.every((j) => j.state !== "running"),
  );
  const zip = await exported(p, "zip");
  await imported(context, zip);
  assert.deepEqual(await contents(two), await contents(one));
  assert.equal((await contents(two))[0].photos.length, 2);
  assert.deepEqual(p.problems, []);
  await context.close();
});

test("a grid of nine is seen, copied and saved from the unit's drawer", async () => {
  const context = await chromium.newContext({
    viewport: { width: 1366, height: 768 },
    acceptDownloads: true,
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], {
    origin: one.origin,
  });
  const p = await page(context, one);
  const unit = (await call(one, "units.list", { text: "0001" })).rows[0].id;
  await p.goto(`${one.origin}/#/stock/${unit}`);
  await p.click(id("unit-export"));
  await p.click(`${id("export-part")} label:has(input[value="photos"])`);
  await p.click(`${id("set-form")} label:has(input[value="grid"])`);
  await p.waitForSelector(`${id("set-preview")} img`);
  await p.click(id("set-copy"));
  await p.waitForFunction(async () =>
    (await navigator.clipboard.read()).some((i) =>
      i.types.includes("image/png"),
    ),
  );
  const [download] = await Promise.all([
    p.waitForEvent("download"),
    p.click(id("export-make")),
  ]);
  assert.match(download.suggestedFilename(), /^0001-九宫格\.jpg$/);
  const path = join(out, "grid.jpg");
  await download.saveAs(path);
  assert.deepEqual([...readFileSync(path).subarray(0, 2)], [0xff, 0xd8]);
  assert.deepEqual(p.problems, []);
  await context.close();
});
