// Two people at two laptops of one stall: each sees what the other has open, and nothing moves for it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, call, folder, out, page, serve } from "../lib/app.mjs";
import { exchanged, joins } from "../lib/stall.mjs";
import { until } from "../lib/wait.mjs";

const data = [folder(), folder()];
let a, b, chrome, pa, pb, unit;

const at = (p, id) => p.locator(`[data-testid="${id}"]`);
const go = (p, hash) => p.evaluate((h) => { location.hash = h; }, hash);
const shot = (p, name) => p.screenshot({ path: join(out, `presence-${name}.png`) });

before(async () => {
  [a, b] = [await serve(data[0].path), await serve(data[1].path)];
  await call(a, "units.add", { stock_no: "0387", model: "iPhone 13", price_list: 299_900 });
  await call(a, "units.add", { stock_no: "0388", model: "小米14" });
  chrome = await browser();
  const look = (theme) => chrome.newContext({ viewport: { width: 1366, height: 768 }, colorScheme: theme });
  pb = await page(await look("dark"), b, { lang: "en", theme: "dark" });
  await call(a, "sync.host", { on: true, name: "周敏的电脑" });
  await exchanged(a);
  await joins(a, b, "小李的电脑", "owner");
  await until("both units are there", async () => (await call(b, "units.list", {})).rows.length === 2);
  unit = (await call(b, "units.list", { text: "0387" })).rows[0].id;
  // A helper of the owner sits at the second one.
  const li = await call(b, "members.add", { name: "小李", role: "control" });
  await call(b, "members.use", { id: li.id });
  await pb.reload();
  pa = await page(await look("light"), a);
});

after(async () => {
  await chrome?.close();
  await a?.kill();
  await b?.kill();
  data.forEach((d) => d.done());
});

test("a unit open on one laptop is told on the other, and nothing moves", async () => {
  await go(pa, `#/stock/${unit}`);
  await at(pa, "drawer-no").waitFor();
  await go(pb, "#/stock");
  await at(pb, "others-dot").waitFor();
  assert.match(await at(pb, "others-dot").textContent(), / is here$/);
  await shot(pb, "1-row");
  const box = () => at(pa, "unit-drawer").locator(".scroll > *").first().boundingBox();
  const before = await box();
  await go(pb, `#/stock/${unit}`);
  await at(pa, "others").getByText("小李 在看").waitFor();
  assert.deepEqual(await box(), before);
  await at(pb, "others").getByText("is here").waitFor();
  await shot(pa, "2-looking");
});

test("who opens the form is told to be editing, and no longer when it is left", async () => {
  await at(pb, "unit-edit").click();
  await at(pa, "others").getByText("小李 正在改").waitFor();
  await shot(pa, "3-editing");
  await at(pa, "unit-edit").click();
  await at(pb, "others").getByText("is editing").waitFor();
  await shot(pb, "4-both-editing");
  await pb.keyboard.press("Escape");
  await at(pa, "others").getByText("小李 在看").waitFor();
});

test("a record that is closed is nobody's", async () => {
  await at(pb, "drawer-close").click();
  await at(pa, "others").waitFor({ state: "detached" });
  await pa.keyboard.press("Escape");
  await go(pa, "#/stock");
  await at(pb, "others-dot").waitFor({ state: "detached" });
});

test("a page that is gone without a word is gone from the other laptop", async () => {
  await go(pa, `#/stock/${unit}`);
  await at(pb, "others-dot").waitFor();
  assert.deepEqual([...pa.problems, ...pb.problems], [], "the pages reported errors");
  await pa.close();
  await at(pb, "others-dot").waitFor({ state: "detached", timeout: 40_000 });
});
