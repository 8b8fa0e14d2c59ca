// Two laptops of one stall compare what they hold; one whose file somebody changed by hand is mended, and its person is told.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, call, folder, out, page, serve } from "../lib/app.mjs";
import { exchanged, joins, status } from "../lib/stall.mjs";
import { until } from "../lib/wait.mjs";

const data = [folder(), folder()];
let a, b, chrome, pb, pe;

const at = (p, id) => p.locator(`[data-testid="${id}"]`);
const go = (p, hash) => p.evaluate((h) => { location.hash = h; }, hash);
const shot = (p, name) => p.screenshot({ path: join(out, `audit-${name}.png`) });
const held = async (app) => (await status(app)).ledger;
const units = async (app) => (await call(app, "units.list", {})).rows;
/** Both exchange and compare at once, until both say so. */
const compared = async (state) => {
  await until(`both say ${state}`, async () => {
    for (const app of [a, b]) if ((await held(app)).state !== state) await call(app, "sync.now");
    await new Promise((go) => setTimeout(go, 1000));
    return (await Promise.all([a, b].map(held))).every((l) => l.state === state && l.laptops === 1);
  });
};

before(async () => {
  [a, b] = [await serve(data[0].path), await serve(data[1].path)];
  await call(a, "units.add", { stock_no: "0387", model: "iPhone 13", price_list: 299_900 });
  await call(a, "units.add", { stock_no: "0388", model: "小米14", note: "九成新" });
  chrome = await browser();
  const look = (theme) => chrome.newContext({ viewport: { width: 1366, height: 768 }, colorScheme: theme });
  pb = await page(await look("light"), b);
  pe = await page(await look("dark"), b, { lang: "en", theme: "dark" });
  await call(a, "sync.host", { on: true, name: "周敏的电脑" });
  await exchanged(a);
  await joins(a, b, "小李的电脑", "owner");
  await until("both units are there", async () => (await units(b)).length === 2);
});

after(async () => {
  await chrome?.close();
  await a?.kill();
  await b?.kill();
  data.forEach((d) => d.done());
});

test("laptops that hold the same say so in the settings", async () => {
  await compared("same");
  await go(pb, "#/settings");
  await at(pb, "sync-ledger").getByText("一样").waitFor();
  await at(pb, "sync-ledger").scrollIntoViewIfNeeded();
  await shot(pb, "1-same");
});

test("a file that was changed by hand is mended, and its person reads what it was", async () => {
  const file = join(data[1].path, "stall", "stall.db");
  // Python has SQLite with it, and `cargo xtask test` has Python.
  const by_hand = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], 30); c.execute(sys.argv[2]); c.commit()";
  const sql = "UPDATE units SET note = '十成新', price_list = 1 WHERE stock_no = '0388'";
  execFileSync("python3", ["-c", by_hand, file, sql]);
  await call(a, "units.add", { stock_no: "0389", model: "Pixel 9" });
  await until("the third unit is there", async () => (await units(b)).length === 3);
  await until("it is mended", async () => {
    for (const app of [a, b]) await call(app, "sync.now");
    return (await call(b, "ledger.notices")).notices.length > 0;
  });
  const [notice] = (await call(b, "ledger.notices")).notices;
  assert.equal(notice.kind, "mended");
  assert.deepEqual(notice.units.map((u) => u.no), ["0388"]);
  assert.equal(notice.rows, 1);
  assert.doesNotMatch(notice.report, /九成新|十成新/);
  assert.deepEqual((await call(a, "ledger.notices")).notices, []);
  const mended = (await units(b)).find((u) => u.stock_no === "0388");
  assert.notEqual(mended.price_list, 1);
  await compared("same");
  await go(pb, "#/inbox");
  await at(pb, "ledger-notice").getByText("0388").waitFor();
  await shot(pb, "2-notice");
  await go(pe, "#/inbox");
  await at(pe, "ledger-notice").getByText("it is set right").waitFor();
  await shot(pe, "3-notice-en");
});

test("a notice that is put away is gone from every screen", async () => {
  await at(pb, "ledger-seen").click();
  await at(pb, "inbox-empty").waitFor();
  await at(pe, "ledger-notice").waitFor({ state: "detached" });
  await at(pb, "rail-inbox").locator(".n").waitFor({ state: "detached" });
  assert.deepEqual([...pb.problems, ...pe.problems], [], "the pages reported errors");
});
