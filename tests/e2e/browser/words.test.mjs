// The 24 words: not lost by a stray scan or by leaving the screen, and asked for in words a tired person understands.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, call, folder, out, page, scan, serve } from "../lib/app.mjs";
import { server, settings } from "../lib/stall.mjs";
import { picturesOfFailures, until } from "../lib/wait.mjs";

const data = [folder(), folder(), folder()];
let a, b, chrome, pa, pb, hub, url;
let zh, en;

const at = (p, id) => p.locator(`[data-testid="${id}"]`);
const shot = (p, name) => p.waitForTimeout(200).then(() => p.screenshot({ path: join(out, `words-${name}.png`) }));
const focus = (p) => p.evaluate(() => document.activeElement?.getAttribute("data-testid"));

before(async () => {
  hub = await server(data[2].path);
  url = hub.url;
  [a, b] = [await serve(data[0].path), await serve(data[1].path)];
  await call(a, "units.add", { stock_no: "0387", model: "iPhone 13" });
  chrome = await browser();
  const look = (theme) => chrome.newContext({ viewport: { width: 1366, height: 768 }, colorScheme: theme });
  pa = await page(await look("dark"), a, { theme: "dark" });
  pb = await page(await look("light"), b, { lang: "en" });
});

picturesOfFailures(import.meta.url, () => ({ a: pa, b: pb }));

after(async () => {
  await chrome?.close();
  await a?.kill();
  await b?.kill();
  hub?.kill();
  data.forEach((d) => d.done());
});

test("a stall is founded with the keyboard and a scanner, and neither a scan nor another screen loses its words", async () => {
  const code = hub.found("老周数码");
  await settings(pa);
  await at(pa, "sync-way-hub").focus();
  await pa.keyboard.press("Enter");
  await at(pa, "sync-founding").waitFor();
  assert.equal(await focus(pa), "sync-hub");
  await pa.keyboard.insertText(url);
  await scan(pa, code);
  await until("the code is in its field", async () => (await at(pa, "sync-founding").inputValue()) === code);
  await at(pa, "sync-name").fill("周敏的电脑");
  await at(pa, "sync-name").press("Enter");
  await at(pa, "sync-words-shown").waitFor();
  const read = () => at(pa, "sync-words-shown").locator("b").allTextContents();
  zh = await read();
  await scan(pa, "0387");
  await pa.waitForTimeout(300);
  assert.deepEqual(await read(), zh);
  await pa.evaluate(() => { location.hash = "#/stock"; });
  await at(pa, "sync-words-shown").waitFor({ state: "detached" });
  await settings(pa);
  assert.deepEqual(await read(), zh);
  await at(pa, "sync-phrase").locator("input[value=en]").check({ force: true });
  en = await read();
  await shot(pa, "1-shown-zh-dark");
  await at(pa, "sync-phrase-kept").click();
  await at(pa, "sync-phrase-sure").click();
  await at(pa, "sync-words-shown").waitFor({ state: "detached" });
  await until("everything is at the hub", async () => {
    const s = await call(a, "sync.status");
    return s.last !== null && s.waiting === 0;
  });
  assert.deepEqual(pa.problems, []);
});

test("a word too few, a word of no list, two that changed places, words of another stall: each is told as what it is", async () => {
  await settings(pb);
  await at(pb, "sync-way-recover").click();
  assert.equal(await focus(pb), "sync-hub");
  await pb.keyboard.insertText(url);
  await at(pb, "sync-name").fill("新电脑");
  const wrong = async (words, told, name) => {
    await at(pb, "sync-words").fill(words);
    // The words have no lines of their own: Enter is to go on.
    await at(pb, "sync-words").press("Enter");
    await at(pb, "error-note").getByText(told).waitFor();
    await shot(pb, name);
  };
  const places = [...en];
  const other = places.findIndex((w) => w !== places[0]);
  [places[0], places[other]] = [places[other], places[0]];
  await wrong(en.slice(0, 23).join(" "), "here are 23", "2-missing");
  await wrong([...en.slice(0, 6), "stallkeeper", ...en.slice(7)].join(" "), "Word 7 is not of the list", "3-no-word");
  await wrong([...zh.slice(0, 4), en[4], ...zh.slice(5)].join(" "), "Word 5 is not of the list", "4-both-lists");
  await wrong(`${"abandon ".repeat(23)}art`, "This stall is not at this hub", "5-other-stall");
  // One in 256 such exchanges makes words that check.
  await at(pb, "sync-words").fill(places.join(" "));
  await at(pb, "sync-words").press("Enter");
  await at(pb, "error-note").getByText(/do not check|not at this hub/).waitFor();
  assert.equal((await call(b, "sync.status")).state, "off");
  // Whatever is too low to be seen comes into sight.
  assert.ok(await at(pb, "sync-begin").evaluate((el) => el.getBoundingClientRect().bottom <= innerHeight));
});

test("copied as they stand on the paper, with their numbers, they bring the stall back", async () => {
  await at(pb, "sync-words").fill(zh.map((w, i) => `${i + 1}.${w}`).join("，"));
  await at(pb, "sync-pane").getByText("24 of 24").waitFor();
  await at(pb, "sync-words").press("Enter");
  await until("the unit is back", async () => (await call(b, "units.list", {})).rows[0]?.stock_no === "0387");
  await at(pb, "sync-lamp").getByText("In step").waitFor();
  await shot(pb, "6-back");
});
