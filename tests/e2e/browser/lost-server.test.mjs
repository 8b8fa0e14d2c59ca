// The market's hub is gone and a server takes its place; then that hub turns up again, and its person brings it over.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, call, folder, out, page, scan, serve } from "../lib/app.mjs";
import {
  agree,
  exchanged,
  joins,
  server,
  settings,
  status,
} from "../lib/stall.mjs";
import { picturesOfFailures, until } from "../lib/wait.mjs";

const data = [folder(), folder(), folder(), folder()];
/** The market's hub; the owner's other laptop; a helper's. */
let a, b, c;
let chrome, contexts, pa, pb, pc, hub;

const at = (p, id) => p.locator(`[data-testid="${id}"]`);
const shot = async (p, name) => {
  await p.waitForTimeout(250);
  await p.screenshot({ path: join(out, `lost-server-${name}.png`) });
};
const noProblems = () => {
  const pages = [pa, pb, pc].filter(Boolean);
  // What a browser says of an answer that was a refusal, as it should be.
  const told = (p) =>
    p.problems.filter((m) => !/status of (4\d\d|502)/.test(m));
  assert.deepEqual(pages.flatMap(told), [], "the pages reported errors");
};

before(async () => {
  hub = await server(data[3].path);
  [a, b, c] = await Promise.all(data.slice(0, 3).map((d) => serve(d.path)));
  await call(a, "units.add", { model: "iPhone 13" });
  await call(a, "sync.host", { on: true, name: "周敏的电脑" });
  await exchanged(a);
  await joins(a, b, "老板的笔记本", "owner");
  await joins(a, c, "阿杰的电脑", "control");
  await agree([a, b, c], "iPhone 13");
  chrome = await browser();
  const look = (theme) =>
    chrome.newContext({
      viewport: { width: 1366, height: 768 },
      colorScheme: theme,
    });
  contexts = [await look("dark"), await look("light"), await look("light")];
  pb = await page(contexts[1], b, { lang: "en" });
  pc = await page(contexts[2], c);
});

picturesOfFailures(import.meta.url, () => ({ a: pa, b: pb, c: pc }));

after(async () => {
  await chrome?.close();
  for (const app of [a, b, c]) await app?.kill();
  hub?.kill();
  data.forEach((d) => d.done());
});

test("the owner gives the stall a server by keyboard and scanner, and a code that is none is told", async () => {
  await a.kill();
  for (const app of [b, c]) await call(app, "sync.now");
  await call(b, "units.add", { model: "Mate 60" });
  await call(c, "units.add", { model: "Pura 70" });
  await settings(pb);
  await at(pb, "sync-lost-open").press("Enter", { timeout: 60_000 });
  await pb.locator('[name="lost-way"][value="here"]:focus').waitFor();
  await pb.keyboard.press("ArrowDown");
  await pb.keyboard.press("Tab");
  await pb.keyboard.insertText(hub.url);
  await scan(pb, "ABCD-EFGH-JKMN-PQRS");
  await at(pb, "sync-lost-code").press("Enter");
  await at(pb, "sync-lost").getByRole("alert").waitFor();
  // Also while the hub is tried once more.
  await at(pb, "sync-lamp").getByText(/^Offline, \d+ to send$/).waitFor();
  await shot(pb, "1-wrong-code-en");
  const code = hub.found("老周数码");
  await scan(pb, code);
  await until(
    "the code is in its field",
    async () => (await at(pb, "sync-lost-code").inputValue()) === code,
  );
  await at(pb, "sync-lost-code").press("Enter");
  await at(pb, "sync-where-dialog").waitFor({ timeout: 60_000 });
  await shot(pb, "2-bring-en");
  await pb.keyboard.press("Escape");
  await at(pb, "sync-lamp").getByText("In step").waitFor();
  await settings(pc);
  await at(pc, "sync-lost-open").press("Enter", { timeout: 60_000 });
  await at(pc, "sync-lost-go").waitFor();
  await scan(pc, `stallkeeper:${hub.url}/hub`);
  await at(pc, "sync-lost").waitFor({ state: "detached", timeout: 30_000 });
  await agree([b, c], "Mate 60,Pura 70,iPhone 13");
  noProblems();
});

test("the hub that was given up turns up and knows of nothing: closed there and scanned, it brings what it did meanwhile", async () => {
  a = await serve(data[0].path);
  await until("its hub is open", async () => (await status(a)).host.open);
  await call(a, "units.add", { model: "K70" });
  await call(b, "units.add", { model: "荣耀100" });
  pa = await page(contexts[0], a, { theme: "dark" });
  await settings(pa);
  await at(pa, "sync-lamp").getByText("已同步").waitFor();
  await at(pa, "sync-host-shut").press("Enter");
  await at(pa, "sync-lost-open").waitFor({ timeout: 60_000 });
  await shot(pa, "3-shut-dark");
  await at(pa, "sync-lost-open").press("Enter");
  await at(pa, "sync-lost-link").waitFor();
  await shot(pa, "4-scan-dark");
  await scan(pa, `stallkeeper:${hub.url}/hub`);
  await at(pa, "sync-lost").waitFor({ state: "detached", timeout: 30_000 });
  await agree([a, b, c], "K70,Mate 60,Pura 70,iPhone 13,荣耀100");
  const s = await status(a);
  assert.deepEqual([s.hub, s.host.on, s.waiting], [hub.url, false, 0]);
  await at(pa, "sync-lamp").getByText("已同步").waitFor();
  await shot(pa, "5-in-step-dark");
  noProblems();
});
