// Two laptops of one stall, one of them the hub, with no internet: set up by hand, cut apart, brought together.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { browser, call, folder, out, page, scan, serve } from "../lib/app.mjs";
import { models, settings } from "../lib/stall.mjs";
import { picturesOfFailures, until } from "../lib/wait.mjs";
import { KUAISHOU, order, xlsx } from "../lib/files.mjs";
import { photos } from "../lib/photos.mjs";

const data = [folder(), folder()];
let a, b, chrome, pa, pb;

const at = (p, id) => p.locator(`[data-testid="${id}"]`);
const shot = (p, name) => p.screenshot({ path: join(out, `sync-${name}.png`) });
const noProblems = () =>
  assert.deepEqual(
    [...pa.problems, ...pb.problems],
    [],
    "the pages reported errors",
  );

before(async () => {
  [a, b] = [await serve(data[0].path), await serve(data[1].path)];
  await call(a, "units.add", {
    stock_no: "0387",
    model: "iPhone 13",
    price_list: 299_900,
  });
  chrome = await browser();
  const look = (theme) =>
    chrome.newContext({
      viewport: { width: 1366, height: 768 },
      colorScheme: theme,
    });
  pa = await page(await look("light"), a);
  pb = await page(await look("dark"), b, { lang: "en", theme: "dark" });
});

picturesOfFailures(import.meta.url, () => ({ a: pa, b: pb }));

after(async () => {
  await chrome?.close();
  await a?.kill();
  await b?.kill();
  data.forEach((d) => d.done());
});

/** Hands a file to the program; gives its id. */
const put = async (app, path) => {
  const res = await fetch(`${app.origin}/api/files.put?name=${encodeURIComponent(basename(path))}`, {
    method: "POST",
    headers: { authorization: `Bearer ${app.token}` },
    body: readFileSync(path),
  });
  return (await res.json()).id;
};

let link;

test("the owner makes a laptop the hub and is shown 24 words once", async () => {
  await settings(pa);
  await shot(pa, "1-alone");
  await at(pa, "sync-way-here").click();
  await at(pa, "sync-name").fill("周敏的电脑");
  await at(pa, "sync-begin").click();
  await at(pa, "sync-words-shown").waitFor();
  assert.equal(await at(pa, "sync-words-shown").locator("li").count(), 24);
  await shot(pa, "2-words");
  // Esc does not lose them.
  await pa.keyboard.press("Escape");
  await at(pa, "sync-words-shown").waitFor();
  await at(pa, "sync-phrase-sure").click();
  await at(pa, "sync-words-shown").waitFor({ state: "detached" });
  await at(pa, "sync-lamp").getByText("已同步").waitFor();
  assert.equal(await at(pa, "sync-laptop").count(), 1);
});

test("an invitation is scanned on the other laptop, which is let in by itself", async () => {
  await at(pa, "sync-invite").click();
  await at(pa, "sync-invite-name").fill("小李的电脑");
  await at(pa, "sync-invite-make").click();
  link = await at(pa, "sync-invite-link").textContent();
  await shot(pa, "3-invite");
  await settings(pb);
  await at(pb, "sync-way-join").click();
  await at(pb, "sync-name").fill("小李的电脑");
  await at(pb, "sync-code").click();
  await scan(pb, link);
  const code = await at(pa, "sync-invite-code").textContent();
  await until("the code is in its field", async () => (await at(pb, "sync-code").inputValue()) === code);
  await at(pb, "sync-begin").click();
  await until(
    "the pane says it is in",
    async () => (await call(b, "sync.status")).state === "on",
  );
  await at(pa, "sync-joined").getByText("小李的电脑").waitFor();
  await shot(pa, "4-joined");
  await at(pa, "sync-invite-close").click();
  assert.equal(await at(pa, "sync-laptop").count(), 2);
  await at(pb, "sync-lamp").getByText("In step").waitFor();
  await shot(pb, "5-in-step");
  await until(
    "the other has the unit",
    async () => (await models(b)) === "iPhone 13",
  );
});

test("an edit is seen on the other laptop's open screen within a moment", async () => {
  await pb.evaluate(() => {
    location.hash = "#/stock";
  });
  await pb.getByText("iPhone 13").first().waitFor();
  await call(a, "units.add", { stock_no: "0388", model: "小米14" });
  await pb.getByText("小米14").first().waitFor();
  noProblems();
});

test("a photograph taken on one is on the other, byte for byte", async () => {
  const [unit] = (await call(a, "units.list", { text: "0387" })).rows;
  const file = await put(a, photos(1)[0]);
  await call(a, "photos.add", { unit_id: unit.id, files: [file] });
  const of = async (app) => (await call(app, "units.get", { id: unit.id })).photos[0]?.blob;
  await until("the other names it", async () => (await of(b)) !== undefined);
  const bytes = async (app, size) => {
    const got = await fetch(`${app.origin}/media/${await of(app)}/${size}`, { headers: { authorization: `Bearer ${app.token}` } });
    return got.ok ? Buffer.from(await got.arrayBuffer()) : null;
  };
  for (const size of ["320", "1600", "full"]) {
    await until(`the other has it, ${size}`, async () => (await bytes(b, size)) !== null);
    assert.ok((await bytes(a, size)).equals(await bytes(b, size)), size);
  }
});

test("cut apart both go on, and say so", async () => {
  await settings(pa);
  await at(pa, "sync-host-shut").click();
  await call(b, "units.add", { model: "Mate 60" });
  await at(pb, "sync-lamp")
    .getByText("Offline, 1 to send")
    .waitFor({ timeout: 30_000 });
  await settings(pb);
  await at(pb, "sync-problem").waitFor();
  await shot(pb, "6-offline");
  await settings(pa);
  await shot(pa, "7-closed");
  await call(a, "units.add", { model: "Pura 70" });
  await at(pa, "sync-host-open").click();
  await at(pa, "sync-host-shut").waitFor();
  await call(b, "sync.now");
  const wanted = "Mate 60,Pura 70,iPhone 13,小米14";
  await until(
    "both have all four",
    async () =>
      (await models(a)) === wanted &&
      (await models(b)) === wanted,
  );
  await at(pb, "sync-lamp").getByText("In step").waitFor();
  // A browser reports what the hub that was closed could not answer.
  for (const p of [pa, pb]) p.problems = p.problems.filter((m) => !m.includes("status of 502"));
  noProblems();
});

/** Both do what they do without the other, then come together. */
const apart = async (work) => {
  await call(b, "sync.set", { paused: true, small_only: false });
  await work();
  await call(b, "sync.set", { paused: false, small_only: false });
};
const open = async (p) => {
  await p.evaluate(() => { location.hash = "#/inbox"; });
  await at(p, "inbox-card").waitFor();
};
const empty = async () => {
  for (const app of [a, b]) await until("nothing is asked", async () => (await call(app, "inbox.list")).total === 0);
};

test("two phones that were given one stock number apart: a scan asks which, and who loses it gets a new label", async () => {
  const rows = async (app) => (await call(app, "units.list", {})).rows;
  const numbers = async (app) => (await rows(app)).map((r) => `${r.model} ${r.stock_no}`).sort().join();
  const both = "Mate 60 0389,Pura 70 0389,iPhone 13 0387,小米14 0388";
  assert.equal(await numbers(a), both, "each laptop dealt the next one");
  const id = async (model) => (await rows(a)).find((r) => r.model === model).id;
  const [mate, pura] = [await id("Mate 60"), await id("Pura 70")];
  await call(a, "labels.mark", { ids: [mate, pura], printed: true });
  for (const app of [a, b]) {
    await until("it is asked", async () => (await call(app, "inbox.list")).cards[0]?.kind === "stock_no_twins");
    const side = async () => (await call(app, "inbox.list")).cards[0].question.sides[1].label;
    await until("both have their labels on", async () => (await side()) === "0389");
  }
  // The label moves neither until a person says which.
  for (const [p, name] of [[pa, "8a-which"], [pb, "8b-which-en-dark"]]) {
    await p.evaluate(() => { location.hash = "#/stock/move?shelf=C-01"; });
    await at(p, "scan-field").fill("0389");
    await at(p, "scan-field").press("Enter");
    await at(p, "which").waitFor();
    assert.equal(await at(p, "which-unit").count(), 2);
    await shot(p, name);
  }
  const shelves = async () => (await rows(a)).filter((r) => r.stock_no === "0389").map((r) => r.shelf);
  assert.deepEqual(await shelves(), ["", ""]);
  // The Enter of a label that comes meanwhile chooses nothing.
  await pb.keyboard.press("Enter");
  await at(pb, "which").waitFor({ state: "hidden" });
  const [, meant] = (await call(a, "scan.resolve", { code: "0389" })).units;
  await pa.keyboard.press("2");
  await at(pa, "which").waitFor({ state: "hidden" });
  const shelf = async (app) => (await call(app, "units.get", { id: meant.id })).row.shelf;
  for (const app of [a, b]) await until("the one meant was moved", async () => (await shelf(app)) === "C-01");
  assert.deepEqual((await shelves()).sort(), ["", "C-01"]);
  for (const [p, name] of [[pa, "8c-numbers"], [pb, "8d-numbers-en-dark"]]) {
    await open(p);
    assert.equal(await at(p, "inbox-card").getAttribute("data-kind"), "stock_no_twins");
    assert.equal(await at(p, "inbox-side").count(), 2);
    await shot(p, name);
  }
  // The one taken in first keeps it; the other's label is offered at once.
  await pa.keyboard.press("Enter");
  await at(pa, "inbox-labels").getByText("0390").waitFor();
  await at(pa, "inbox-empty").waitFor();
  await shot(pa, "8e-new-label");
  await pa.keyboard.press("l");
  await at(pa, "label-dialog").waitFor();
  await pa.keyboard.press("Escape");
  await empty();
  const answered = await numbers(a);
  assert.equal(answered, both.replace("Pura 70 0389", "Pura 70 0390"));
  await until("both call them the same", async () => (await numbers(b)) === answered);
  await until("its label is out of date there, too", async () => (await call(b, "labels.missing")).changed === 1);
  // One undo asks again, on both, and there is nothing to stick on.
  await call(a, "undo.undo");
  for (const app of [a, b]) await until("it is asked again", async () => (await call(app, "inbox.list")).total === 1);
  await at(pa, "inbox-labels").waitFor({ state: "detached" });
  await at(pb, "inbox-card").waitFor();
  await pb.keyboard.press("2");
  const second = at(pb, "inbox-choice-keep_number").nth(1);
  await until("the second is chosen", async () => (await second.getAttribute("aria-checked")) === "true");
  await pb.keyboard.press("Enter");
  await at(pb, "inbox-labels").getByText("0390").waitFor();
  await shot(pb, "8f-new-label-en-dark");
  await empty();
  await until("the other kept it", async () => (await numbers(a)) === both.replace("Mate 60 0389", "Mate 60 0390"));
  noProblems();
});

test("two prices written unseen by each other are one question, and one answer settles it on both", async () => {
  const unit = (await call(a, "units.list", { text: "0387" })).rows[0];
  const price = (app, fen) => call(app, "units.edit", { ids: [unit.id], patch: { price_list: fen } });
  await apart(async () => {
    await price(a, 279_900);
    await price(b, 259_900);
  });
  for (const app of [a, b]) await until("it is asked", async () => (await call(app, "inbox.list")).total === 1);
  await open(pa);
  assert.equal(await at(pa, "inbox-card").getAttribute("data-kind"), "guarded");
  await shot(pa, "8-price");
  const stood = (await call(a, "units.get", { id: unit.id })).row.price_list;
  await at(pa, "inbox-choice-take").click();
  await pa.keyboard.press("Enter");
  await empty();
  for (const app of [a, b]) {
    await until("the other price", async () => (await call(app, "units.get", { id: unit.id })).row.price_list === 279_900 + 259_900 - stood);
  }
  await at(pa, "inbox-empty").waitFor();
});

test("one unit sold on both is held on both, shown with both orders, and one press settles it", async () => {
  const unit = (await call(a, "units.list", { text: "0387" })).rows[0];
  const path = await xlsx(join(data[0].path, "快手小店_订单导出.xlsx"), KUAISHOU, [
    order("2611240000000004471", { title: "iPhone 13 甲", price: 2299, shipInHours: 20 }),
    order("2611240000000004502", { title: "iPhone 13 乙", price: 2460, shipInHours: 30 }),
  ]);
  const preview = await call(a, "orders.import_preview", { file: await put(a, path) });
  await call(a, "orders.import_apply", { id: preview.id });
  const orders = async (app) => (await call(app, "orders.list", {})).rows;
  await until("both orders are on the other", async () => (await orders(b)).length === 2);
  const line = async (app, no) => {
    const row = (await orders(app)).find((o) => o.order_no.endsWith(no));
    return (await call(app, "orders.get", { id: row.id })).lines[0].id;
  };
  await apart(async () => {
    await call(a, "orders.assign", { line_id: await line(a, "4471"), unit_id: unit.id });
    await call(b, "orders.assign", { line_id: await line(b, "4502"), unit_id: unit.id });
  });
  for (const app of [a, b]) {
    await until("it is asked", async () => (await call(app, "inbox.list")).cards[0]?.kind === "device_double_sold");
    // Nobody packs it meanwhile.
    const parcel = (await orders(app)).find((o) => o.order_no.endsWith("4471"));
    const scanned = await call(app, "bench.scan", { order_id: parcel.id, code: unit.stock_no }).catch((e) => e.app);
    assert.ok(JSON.stringify(scanned).includes("unit_sold_twice"), JSON.stringify(scanned));
  }
  for (const [p, name] of [[pa, "9-sold-twice"], [pb, "10-sold-twice-en-dark"]]) {
    await open(p);
    assert.equal(await at(p, "inbox-side").count(), 2);
    // The same picture of the unit on both.
    await p.waitForFunction(() => [...document.querySelectorAll('[data-testid="inbox-card"] img')].some((i) => i.naturalWidth > 0));
    await shot(p, name);
  }
  // By keyboard, on the one that did not import them.
  await pb.keyboard.press("1");
  await pb.keyboard.press("Enter");
  await empty();
  const sold = async (app) => (await orders(app)).filter((o) => o.units.some((u) => u.stock_no === "0387")).map((o) => o.order_no).join();
  await until("both say who has it", async () => (await sold(a)) === (await sold(b)) && (await sold(a)).split(",").length === 1 && (await sold(a)) !== "");
  // One undo asks again, on both.
  await call(b, "undo.undo");
  for (const app of [a, b]) await until("it is asked again", async () => (await call(app, "inbox.list")).total === 1);
  assert.deepEqual(pb.problems, []);
});
