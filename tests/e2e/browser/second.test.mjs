// A stall with a hub in the market and a server: added in the settings, changed over, cut off, brought together.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, call, folder, out, page, serve } from "../lib/app.mjs";
import { agree, exchanged, joins, server, settings, status } from "../lib/stall.mjs";
import { picturesOfFailures, until } from "../lib/wait.mjs";

const data = [folder(), folder(), folder()];
let a, b, chrome, contexts, pa, pb, hub, url;

const at = (p, id) => p.locator(`[data-testid="${id}"]`);
/** The pane as it is when what moves has moved. */
const shot = async (p, name) => {
  await at(p, "sync-second").scrollIntoViewIfNeeded().catch(() => {});
  await p.waitForTimeout(250);
  await p.screenshot({ path: join(out, `second-${name}.png`) });
};
/** What a browser says of an answer that was a refusal, as it should be. */
const noProblems = () => {
  for (const p of [pa, pb]) p.problems = p.problems.filter((m) => !/status of (4\d\d|502)/.test(m));
  assert.deepEqual([...pa.problems, ...pb.problems], [], "the pages reported errors");
};

before(async () => {
  hub = await server(data[2].path);
  url = hub.url;
  [a, b] = [await serve(data[0].path), await serve(data[1].path)];
  await call(a, "units.add", { stock_no: "0387", model: "iPhone 13" });
  await call(a, "sync.host", { on: true, name: "周敏的电脑" });
  await exchanged(a);
  await joins(a, b, "小李的电脑", "owner");
  await agree([a, b], "iPhone 13");
  chrome = await browser();
  const look = (theme) => chrome.newContext({ viewport: { width: 1366, height: 768 }, colorScheme: theme });
  contexts = [await look("light"), await look("dark")];
  pa = await page(contexts[0], a);
  pb = await page(contexts[1], b, { lang: "en", theme: "dark" });
});

picturesOfFailures(import.meta.url, () => ({ a: pa, b: pb }));

after(async () => {
  await chrome?.close();
  await a?.kill();
  await b?.kill();
  hub?.kill();
  data.forEach((d) => d.done());
});

test("a server is added in the settings: a wrong code is told, the right one is in step at once", async () => {
  await settings(pa);
  await shot(pa, "1-none");
  await at(pa, "sync-second-add").click();
  await at(pa, "sync-second-hub").fill(url);
  await at(pa, "sync-second-code").fill("AAAA-AAAA-AAAA-AAAA");
  await at(pa, "sync-second-code").press("Enter");
  await at(pa, "sync-second-ask").getByRole("alert").waitFor();
  await shot(pa, "2-wrong-code");
  const code = hub.found("老周数码");
  await at(pa, "sync-second-code").fill(code);
  await at(pa, "sync-second-go").click();
  await at(pa, "sync-second-ask").waitFor({ state: "hidden" });
  await at(pa, "sync-second-line").getByText("已对齐", { exact: true }).waitFor();
  await shot(pa, "3-in-step");
  await settings(pb);
  await at(pb, "sync-second").getByText(url).waitFor();
  await at(pb, "sync-second-line").getByText("In step", { exact: true }).waitFor({ timeout: 30_000 });
  await shot(pb, "4-in-step-en-dark");
  noProblems();
});

test("the market's hub is closed: the other laptop follows to the server, and both agree", async () => {
  await at(pa, "sync-host-shut").click();
  for (const app of [a, b]) await until("the server orders", async () => (await status(app)).hub === url);
  assert.equal((await status(a)).host.open, false);
  await call(b, "units.add", { model: "小米14" });
  await call(a, "units.add", { model: "Mate 60" });
  await agree([a, b], "Mate 60,iPhone 13,小米14");
  await at(pa, "sync-take-over").waitFor();
  await shot(pa, "5-server-only");
  noProblems();
});

test("the other laptop is made the hub, and the first follows", async () => {
  await at(pa, "sync-take-over").click();
  await shot(pa, "6-take-over-zh");
  await pa.keyboard.press("Escape");
  await at(pb, "sync-take-over").click();
  await shot(pb, "7-take-over-en-dark");
  await at(pb, "sync-second-go").click();
  await at(pb, "sync-second-ask").waitFor({ state: "hidden" });
  const s = await status(b);
  assert.deepEqual([s.host.open, s.second.hub], [true, url]);
  await until("a goes to b", async () => (await status(a)).second?.hub === url);
  await call(a, "units.add", { model: "Pura 70" });
  await agree([a, b], "Mate 60,Pura 70,iPhone 13,小米14");
  await at(pb, "sync-second-line").getByText("In step", { exact: true }).waitFor({ timeout: 30_000 });
  await shot(pb, "8-hub-en-dark");
  await at(pa, "sync-second").getByText(url).waitFor();
  assert.equal(await at(pa, "sync-take-over").count(), 0);
  await shot(pa, "9-beside-it");
  noProblems();
});

test("the market's hub loses its power: the other goes by the server, and it is brought together after", async () => {
  await pb.close();
  await b.kill();
  await call(a, "units.add", { model: "OPPO Find X7" });
  await until("a goes by the server", async () => {
    const s = await status(a);
    return s.away && s.waiting === 0;
  });
  await at(pa, "sync-second-line").getByText("连不上主中转").waitFor();
  await shot(pa, "10-away");
  b = await serve(data[1].path);
  pb = await page(contexts[1], b, { lang: "en", theme: "dark" });
  await agree([a, b], "Mate 60,OPPO Find X7,Pura 70,iPhone 13,小米14");
  await call(a, "sync.now");
  await until("a is back at the market's", async () => !(await status(a)).away);
  noProblems();
});

test("the history of a price says which laptop wrote it", async () => {
  const unit = (await call(a, "units.list", { text: "0387" })).rows[0];
  const price = async (by, fen) => {
    await call(by, "units.edit", { ids: [unit.id], patch: { price_list: fen } });
    for (const app of [a, b]) await until("the price", async () => (await call(app, "units.get", { id: unit.id })).row.price_list === fen);
  };
  await price(a, 299_900);
  await price(b, 279_900);
  await pa.evaluate((id) => { location.hash = `#/stock/${id}`; }, unit.id);
  await at(pa, "history-price_list").click();
  await at(pa, "history-now").getByText("小李的电脑").waitFor();
  assert.equal(await at(pa, "history-was").first().locator("small").textContent(), "这台电脑");
  await pa.screenshot({ path: join(out, "second-13-history.png") });
  await pa.keyboard.press("Escape");
  noProblems();
});

test("the server is taken away on both", async () => {
  await settings(pb);
  await at(pb, "sync-second-drop").click();
  await shot(pb, "11-drop-en-dark");
  await at(pb, "sync-second-go").click();
  for (const app of [a, b]) await until("there is one hub", async () => (await status(app)).second === null);
  await call(a, "units.add", { model: "vivo X100" });
  await agree([a, b], "Mate 60,OPPO Find X7,Pura 70,iPhone 13,vivo X100,小米14");
  await shot(pb, "12-one-hub-en-dark");
  noProblems();
});
