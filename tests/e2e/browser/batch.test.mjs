// Photographs of many units at once in a real browser: dropped on the stock list, looked at, taken in, undone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, call, folder, out, page, serve } from "../lib/app.mjs";
import { picturesOfFailures, until } from "../lib/wait.mjs";
import { photos } from "../lib/photos.mjs";

const data = folder();
const pictures = photos(12);
let app, chrome, p;

const $ = (id) => p.locator(`[data-testid="${id}"]`);
const api = (name, input) => call(app, name, input);
const noProblems = () =>
  assert.deepEqual(p.problems, [], "the page reported errors");
const names = async (unit) =>
  (await api("units.get", { id: unit })).photos.map((x) => x.file_name);
/** Waits until something asked of the program is so. */

/** Drops files on an element as a hand does: one DataTransfer with all of them. */
async function drop(target, files) {
  const sent = files.map((f) => ({
    ...f,
    bytes: readFileSync(f.path).toString("base64"),
  }));
  const transfer = await p.evaluateHandle((all) => {
    const dt = new DataTransfer();
    for (const f of all) {
      const raw = Uint8Array.from(atob(f.bytes), (c) => c.charCodeAt(0));
      dt.items.add(
        new File([raw], f.name, {
          type: f.type ?? "image/jpeg",
          lastModified: f.at,
        }),
      );
    }
    return dt;
  }, sent);
  for (const type of ["dragenter", "dragover", "drop"])
    await $(target).dispatchEvent(type, { dataTransfer: transfer });
}

let first, second, third;

before(async () => {
  app = await serve(data.path);
  first = (
    await api("units.add", {
      stock_no: "0387",
      model: "iPhone 13",
      storage: "128GB",
      colour: "午夜色",
    })
  ).row.id;
  second = (await api("units.add", { stock_no: "0391", model: "小米14" })).row
    .id;
  third = (await api("units.add", { stock_no: "0400", model: "iPad Air 5" }))
    .row.id;
  chrome = await browser();
  const context = await chrome.newContext({
    viewport: { width: 1366, height: 768 },
  });
  p = await page(context, app);
});

picturesOfFailures(import.meta.url, () => ({ p }));

after(async () => {
  await chrome?.close();
  await app?.kill();
  data.done();
});

test("twelve files dropped on the stock list are read and stand in groups; nothing is written yet", async () => {
  await p.evaluate(() => {
    location.hash = "#/stock";
  });
  await $("stock-main").waitFor();
  const at = (second) =>
    Date.parse("2026-11-24T12:00:00+08:00") + second * 1000;
  const name = [
    "0387-2.jpg",
    "0387-1.jpg",
    "0391_front.jpg",
    "0391_back.jpg",
    "IMG_1.jpg",
    "IMG_2.jpg",
    "IMG_3.jpg",
    "IMG_4.jpg",
    "IMG_5.jpg",
    "IMG_6.jpg",
  ];
  const second = [5, 0, 20, 25, 100, 105, 110, 300, 305, 310];
  await drop("stock-main", [
    ...name.map((n, i) => ({ name: n, path: pictures[i], at: at(second[i]) })),
    { name: "again.jpg", path: pictures[0], at: at(400) },
    {
      name: "notes.jpg",
      path: new URL("../package.json", import.meta.url),
      at: at(500),
    },
  ]);
  await p.waitForURL(/#\/stock\/photos/);
  await p.waitForFunction(
    () => document.querySelectorAll('[data-testid="batch-group"]').length === 4,
    null,
    { timeout: 60_000 },
  );
  assert.equal(await $("batch-frame").count(), 10);
  assert.deepEqual(await $("batch-unit").allTextContents(), ["0387", "0391"]);
  assert.deepEqual(
    (await $("batch-how").allTextContents()).map((s) => s.trim()),
    ["按文件名", "按文件名", "连着拍的", "隔了 3 分"],
  );
  await $("batch-problems").getByText("again.jpg").waitFor();
  await $("batch-problems").getByText("notes.jpg").waitFor();
  assert.deepEqual(await names(first), []);
  noProblems();
});

test("leaving the screen and reloading the page lose nothing", async () => {
  await $("rail-today").click();
  await $("rail-stock").click();
  await $("batch-waiting").click();
  await p.waitForFunction(
    () => document.querySelectorAll('[data-testid="batch-group"]').length === 4,
  );
  await p.reload();
  await p.waitForFunction(
    () => document.querySelectorAll('[data-testid="batch-group"]').length === 4,
  );
});

test("by keyboard: a group is given its unit, parted, joined, and a step taken back", async () => {
  const group = (i) => $("batch-group").nth(i);
  const sizes = async () => {
    const all = [];
    for (let i = 0; i < (await $("batch-group").count()); i += 1)
      all.push(await group(i).locator('[data-testid="batch-frame"]').count());
    return all.join(" ");
  };
  const sized = (want) => until(want, async () => (await sizes()) === want);
  await $("batch-frame").nth(4).click();
  await p.keyboard.press("u");
  // A letter waits a moment: it might be the first stroke of a scanner.
  await $("batch-unit-input").waitFor();
  await p.keyboard.type("0400", { delay: 80 });
  await p.keyboard.press("Enter");
  await group(2)
    .locator('[data-testid="batch-unit"]')
    .getByText("0400")
    .waitFor();
  await p.keyboard.press("ArrowRight");
  await p.keyboard.press("n");
  await sized("2 2 1 2 3");
  await p.keyboard.press("Control+z");
  await sized("2 2 3 3");
  await $("batch-frame").nth(7).click();
  await p.keyboard.press("j");
  await sized("2 2 6");
  await p.keyboard.press("Control+z");
  await sized("2 2 3 3");
  await p.keyboard.press("Alt+ArrowUp");
  await sized("2 2 4 2");
  await $("batch-frame").nth(9).click();
  await p.keyboard.press("Delete");
  await p.waitForFunction(
    () =>
      document.querySelectorAll('[data-testid="batch-frame"].out').length === 1,
  );
  noProblems();
});

test("by pointer: a picture is dragged to another unit", async () => {
  const from = await $("batch-frame").nth(8).boundingBox();
  const to = await $("batch-group").nth(1).boundingBox();
  await p.mouse.move(from.x + 30, from.y + 30);
  await p.mouse.down();
  await p.mouse.move(from.x + 60, from.y - 20, { steps: 4 });
  await p.mouse.move(to.x + to.width / 2, to.y + to.height - 20, { steps: 8 });
  await p.mouse.up();
  await until("0391 has three", async () => {
    const { batch } = await api("batch.get");
    return (
      batch.groups.find((g) => g.unit?.stock_no === "0391").photos.length === 3
    );
  });
  noProblems();
});

test("taken in as one step: each unit has its pictures, the rest waits in the tray, one undo takes all back", async () => {
  await p.keyboard.press("Control+Enter");
  await $("batch-done").waitFor();
  assert.deepEqual(await names(first), ["0387-1.jpg", "0387-2.jpg"]);
  assert.equal((await names(second)).length, 3);
  assert.deepEqual(await names(third), [
    "IMG_1.jpg",
    "IMG_2.jpg",
    "IMG_3.jpg",
    "IMG_4.jpg",
  ]);
  assert.equal((await api("batch.get")).batch, null);
  await $("batch-undo").click();
  await until(
    "all is taken back",
    async () =>
      (await names(first)).length +
        (await names(second)).length +
        (await names(third)).length ===
      0,
  );
  await $("batch-done").getByText("已撤销").waitFor();
  noProblems();
});
