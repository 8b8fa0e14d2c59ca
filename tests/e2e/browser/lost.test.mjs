// The stall's hub is lost for good: another place takes over by the settings, and the other laptops are brought there.
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

const data = {
  a: folder(),
  b: folder(),
  c: folder(),
  d: folder(),
  server: folder(),
};
/** The market's hub; the owner's other laptop; a helper's; the owner's third. */
let a, b, c, d;
let chrome, pb, pc, pd, hub, url;

const at = (p, id) => p.locator(`[data-testid="${id}"]`);
/** By keyboard, once the hub is missed. */
const ask = async (p) => {
  await settings(p);
  await at(p, "sync-lost-open").waitFor({ timeout: 60_000 });
  await at(p, "sync-lost-open").press("Enter");
  await at(p, "sync-lost-go").waitFor();
};
const focused = (p) =>
  p.evaluate(
    () =>
      document.activeElement?.dataset.testid ??
      document.activeElement?.getAttribute("value"),
  );
const shot = async (p, name) => {
  await p.waitForTimeout(250);
  await p.screenshot({ path: join(out, `lost-${name}.png`) });
};
const pages = () => [pb, pc, pd].filter(Boolean);
/** What a browser says of an answer that was a refusal, as it should be. */
const noProblems = () => {
  for (const p of pages())
    p.problems = p.problems.filter((m) => !/status of (4\d\d|502)/.test(m));
  assert.deepEqual(
    pages().flatMap((p) => p.problems),
    [],
    "the pages reported errors",
  );
};
const look = (theme) =>
  chrome.newContext({
    viewport: { width: 1366, height: 768 },
    colorScheme: theme,
  });

before(async () => {
  hub = await server(data.server.path);
  url = hub.url;
  [a, b, c] = [
    await serve(data.a.path),
    await serve(data.b.path),
    await serve(data.c.path),
  ];
  await call(a, "units.add", { model: "iPhone 13" });
  await call(a, "sync.host", { on: true, name: "周敏的电脑" });
  await exchanged(a);
  await joins(a, b, "老板的笔记本", "owner");
  await joins(a, c, "阿杰的电脑", "control");
  await call(b, "units.add", { model: "小米14" });
  await agree([a, b, c], "iPhone 13,小米14");
  chrome = await browser();
  pb = await page(await look("light"), b);
  pc = await page(await look("dark"), c, { lang: "en", theme: "dark" });
});

picturesOfFailures(import.meta.url, () => ({ b: pb, c: pc, d: pd }));

after(async () => {
  await chrome?.close();
  for (const app of [a, b, c, d]) await app?.kill();
  hub?.kill();
  Object.values(data).forEach((f) => f.done());
});

test("a hub that was only off is not lost: that is told, and nothing is changed", async () => {
  await settings(pb);
  await at(pb, "sync-where").waitFor();
  assert.equal(
    await at(pb, "sync-lost-open").count(),
    0,
    "nothing is asked while the hub is there",
  );
  await a.kill();
  await call(b, "sync.now");
  await ask(pb);
  assert.equal(await focused(pb), "here");
  await shot(pb, "1-ask");
  a = await serve(data.a.path);
  await until("the hub is open again", async () => (await status(a)).host.open);
  await pb.keyboard.press("Enter");
  await at(pb, "sync-lost").getByRole("alert").getByText("没有丢").waitFor();
  await shot(pb, "2-not-lost");
  assert.equal((await status(b)).host.open, false);
  await pb.keyboard.press("Escape");
  await at(pb, "sync-lost").waitFor({ state: "detached" });
  assert.match(await focused(pb), /^sync-(lost-open|where)$/);
  await call(b, "sync.now");
  await at(pb, "sync-where").waitFor({ timeout: 60_000 });
  noProblems();
});

let link;

test("the hub is stolen: by keyboard alone the owner makes this laptop the hub, and is shown how to bring the others", async () => {
  await a.kill();
  a = undefined;
  data.a.done();
  for (const app of [b, c]) await call(app, "sync.now");
  await call(b, "units.add", { model: "Mate 60" });
  await call(c, "units.add", { model: "Pura 70" });
  await until(
    "the helper's work waits",
    async () => (await status(c)).waiting > 0,
  );
  await ask(pb);
  await pb.keyboard.press("ArrowDown");
  assert.equal(await focused(pb), "server");
  await at(pb, "sync-lost-hub").waitFor();
  assert.equal(
    await at(pb, "sync-lost-go").isDisabled(),
    true,
    "an address and a code are wanted",
  );
  await shot(pb, "3-server");
  await pb.keyboard.press("ArrowUp");
  await pb.keyboard.press("Enter");
  await at(pb, "sync-where-dialog").waitFor({ timeout: 60_000 });
  link = await at(pb, "sync-where-link").textContent();
  assert.match(link, /^stallkeeper:https:\/\/\S+\/hub\/[0-9a-f]{64}$/);
  assert.ok(link.includes(await at(pb, "sync-where-hub").textContent()));
  await pb.waitForFunction(
    () =>
      document.querySelector('[data-testid="sync-where-dialog"] img')
        .naturalWidth > 0,
  );
  await shot(pb, "4-bring");
  assert.equal(await focused(pb), "sync-where-close");
  await pb.keyboard.press("Enter");
  await at(pb, "sync-where-dialog").waitFor({ state: "detached" });
  const { host, second } = await status(b);
  assert.deepEqual([host.on, host.open, second], [true, true, null]);
  await until(
    "it is in step with its own hub",
    async () => (await status(b)).waiting === 0,
  );
  await at(pb, "sync-lamp").getByText("已同步").waitFor();
  // Shown again to a laptop that was away meanwhile.
  assert.equal(await focused(pb), "sync-where");
  await shot(pb, "5-hub");
  await pb.keyboard.press("Enter");
  await at(pb, "sync-where-dialog").waitFor();
  assert.equal(await at(pb, "sync-where-link").textContent(), link);
  await shot(pb, "6-where");
  await pb.keyboard.press("Escape");
  await at(pb, "sync-where-dialog").waitFor({ state: "detached" });
  assert.equal(await focused(pb), "sync-where");
  noProblems();
});

test("the helper scans it, wherever the focus is, and brings what was done while there was no hub", async () => {
  await ask(pc);
  assert.equal(
    await pc.locator('[data-testid="sync-lost"] input[type="radio"]').count(),
    0,
    "it is not for a helper to choose",
  );
  assert.equal(await focused(pc), "sync-lost-link");
  await shot(pc, "7-helper-en-dark");
  await at(pc, "sync-lost-link").fill(url);
  await at(pc, "sync-lost-link").press("Enter");
  await at(pc, "sync-lost")
    .getByRole("alert")
    .getByText("This stall is not at")
    .waitFor();
  await shot(pc, "8-elsewhere-en-dark");
  await pc.keyboard.press("Tab");
  await scan(pc, link);
  await at(pc, "sync-lost").waitFor({ state: "detached", timeout: 30_000 });
  await agree([b, c], "Mate 60,Pura 70,iPhone 13,小米14");
  await at(pc, "sync-where").waitFor();
  await at(pc, "sync-lamp").getByText("In step").waitFor();
  assert.equal(await focused(pc), "sync-where");
  await shot(pc, "9-in-step-en-dark");
  noProblems();
});

test("an edit is seen on the other one's open screen, both ways", async () => {
  for (const p of [pb, pc])
    await p.evaluate(() => {
      location.hash = "#/stock";
    });
  await call(b, "units.add", { model: "Find X7" });
  await pc.getByText("Find X7").first().waitFor();
  await call(c, "units.add", { model: "vivo X100" });
  await pb.getByText("vivo X100").first().waitFor();
  noProblems();
});

const six = "Find X7,Mate 60,Pura 70,iPhone 13,vivo X100,小米14";

test("with a server as the second hub it takes over, and the helper's laptop follows by itself", async () => {
  d = await serve(data.d.path);
  await joins(b, d, "家里的电脑", "owner");
  const code = hub.found("老周数码");
  await call(b, "sync.second", { hub: url, code });
  for (const app of [c, d])
    await until(
      "it knows the server",
      async () => (await status(app)).second?.hub === url,
    );
  await until(
    "the server has everything",
    async () => (await status(b)).second.last !== null,
  );
  await agree([b, c, d], six);
  await pb.close();
  pb = undefined;
  await b.kill();
  await call(c, "units.add", { model: "K70" });
  pd = await page(await look("dark"), d, { theme: "dark" });
  await call(d, "sync.now");
  await until("it goes by the server", async () => (await status(d)).away);
  await ask(pd);
  assert.equal(await focused(pd), "second");
  await at(pd, "sync-lost-second").getByText(url).waitFor();
  await shot(pd, "10-second-dark");
  await pd.keyboard.press("Enter");
  await at(pd, "sync-where-dialog").waitFor({ timeout: 60_000 });
  await at(pd, "sync-where-dialog").getByText("自己会跟过来").waitFor();
  assert.equal(
    await at(pd, "sync-where-link").textContent(),
    `stallkeeper:${url}/hub`,
  );
  await shot(pd, "11-bring-dark");
  await pd.keyboard.press("Escape");
  const orders = async (app) => {
    const s = await status(app);
    return s.hub === url && s.second === null && !s.away;
  };
  for (const app of [d, c])
    await until("it goes by the server that orders now", () => orders(app));
  await call(d, "units.add", { model: "荣耀100" });
  await agree(
    [c, d],
    "Find X7,K70,Mate 60,Pura 70,iPhone 13,vivo X100,小米14,荣耀100",
  );
  // The hub that was given up comes back, and is none any more.
  b = await serve(data.b.path);
  await until("it follows by itself", () => orders(b));
  await until("its hub is closed", async () => !(await status(b)).host.on);
  await agree(
    [b, c, d],
    "Find X7,K70,Mate 60,Pura 70,iPhone 13,vivo X100,小米14,荣耀100",
  );
  noProblems();
});
