// Two people give the same unit away in the same moment: the second is told who was first, before the change has come.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { basename, join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { browser, call, folder, out, page, serve } from "../lib/app.mjs";
import { exchanged, server } from "../lib/stall.mjs";
import { picturesOfFailures, until } from "../lib/wait.mjs";
import { KUAISHOU, order, xlsx } from "../lib/files.mjs";
import { listens } from "../lib/ports.mjs";

const data = [folder(), folder(), folder()];
let a, b, chrome, pa, pb, hub, line;
/** What the first laptop says waits on its way to the hub while this is a list. */
let held = null;

const at = (p, id) => p.locator(`[data-testid="${id}"]`);
const shot = (p, name) => p.waitForTimeout(200).then(() => p.screenshot({ path: join(out, `claim-${name}.png`) }));

/** A line to the hub that can keep back what is pushed. */
const slow = (hub) => new Promise((resolve) => {
  const agent = new Agent({ keepAlive: true });
  const s = createServer((req, res) => {
    const go = () => {
      const up = request({ host: "127.0.0.1", port: hub, path: req.url, method: req.method, headers: req.headers, agent }, (down) => {
        res.writeHead(down.statusCode, down.headers);
        down.pipe(res);
      });
      up.on("error", () => res.destroy());
      res.on("close", () => up.destroy());
      req.pipe(up);
    };
    if (held && req.url.startsWith("/v1/push")) held.push(go);
    else go();
  }).listen(0, "127.0.0.1", () => resolve(s));
});
const hold = () => { held = []; };
const release = () => {
  const waiting = held ?? [];
  held = null;
  waiting.forEach((go) => go());
};

const orders = async (app) => (await call(app, "orders.list", {})).rows;
const row = async (app, no) => (await orders(app)).find((o) => o.order_no.endsWith(no));
const has = async (app, no) => (await row(app, no)).units.map((u) => u.stock_no).join();
const open = async (p, app, no) => {
  await p.evaluate((id) => { location.hash = `#/orders/${id}`; }, (await row(app, no)).id);
  await at(p, "order-match-find").waitFor();
};
/** As a person does: the number, then Enter. */
const give = async (p, stock) => {
  await at(p, "order-match-find").fill(stock);
  await at(p, "order-assign").filter({ hasText: stock }).waitFor();
  await at(p, "order-match-find").press("Enter");
};

before(async () => {
  hub = await server(data[2].path);
  line = await slow(hub.port);
  const founding = hub.found("老周数码");
  [a, b] = [await serve(data[0].path), await serve(data[1].path)];
  await call(a, "sync.found", { hub: `http://127.0.0.1:${line.address().port}`, code: founding, name: "周敏的电脑" });
  await exchanged(a);
  const invited = await call(a, "sync.invite", { name: "小李的电脑", role: "owner" });
  await call(b, "sync.join", { hub: hub.url, code: invited.code, name: "小李的电脑" });
  await exchanged(b);
  for (const stock_no of ["0387", "0388", "0389", "0390"]) await call(a, "units.add", { stock_no, model: "iPhone 13", price_list: 299_900 });
  const path = await xlsx(join(data[0].path, "快手小店_订单导出.xlsx"), KUAISHOU, ["4471", "4502", "4533", "4564", "4595"].map((tail, n) =>
    order(`261124000000000${tail}`, { title: `iPhone 13 ${n}`, price: 2299, shipInHours: 20 + n })));
  const res = await fetch(`${a.origin}/api/files.put?name=${encodeURIComponent(basename(path))}`, {
    method: "POST",
    headers: { authorization: `Bearer ${a.token}` },
    body: readFileSync(path),
  });
  const preview = await call(a, "orders.import_preview", { file: (await res.json()).id });
  await call(a, "orders.import_apply", { id: preview.id });
  await until("all is on the other", async () => (await orders(b)).length === 5 && (await call(b, "units.list", {})).rows.length === 4);
  chrome = await browser();
  const look = (theme) => chrome.newContext({ viewport: { width: 1366, height: 768 }, colorScheme: theme });
  pa = await page(await look("light"), a);
  pb = await page(await look("dark"), b, { lang: "en", theme: "dark" });
});

afterEach(release);
picturesOfFailures(import.meta.url, () => ({ a: pa, b: pb }));

after(async () => {
  await chrome?.close();
  await a?.kill();
  await b?.kill();
  line?.closeAllConnections();
  line?.close();
  hub?.kill();
  data.forEach((d) => d.done());
});

test("who is second is told who was first, waits, and is told the order once the change is here", async () => {
  await open(pa, a, "4471");
  await open(pb, b, "4502");
  hold();
  await give(pa, "0387");
  await until("the first has it", async () => (await has(a, "4471")) === "0387");
  await give(pb, "0387");
  await at(pb, "claimed").getByText("周敏的电脑 just took 0387 for an order").waitFor();
  await shot(pb, "1-told-en-dark");
  // Enter is to wait, and so is Esc.
  await pb.keyboard.press("Enter");
  await at(pb, "claimed").waitFor({ state: "detached" });
  await give(pb, "0387");
  await at(pb, "claimed").waitFor();
  assert.equal(await has(b, "4502"), "");
  release();
  await at(pb, "claimed-gone").getByText("4471").waitFor();
  await shot(pb, "2-gone-en-dark");
  assert.equal(await at(pb, "claimed-anyway").count(), 0);
  await pb.keyboard.press("Enter");
  await at(pb, "claimed").waitFor({ state: "detached" });
  await give(pb, "0388");
  await until("another one", async () => (await has(b, "4502")) === "0388");
  assert.deepEqual([...pa.problems, ...pb.problems], []);
});

test("who is sure assigns it all the same, and the inbox asks which of both keeps it", async () => {
  await until("the first knows of the other's", async () => (await has(a, "4502")) === "0388");
  await open(pb, b, "4533");
  await open(pa, a, "4564");
  hold();
  // The first sells it where no screen asks: it holds it by the hub's word all the same.
  assert.equal((await call(a, "units.claim", { id: (await call(a, "units.list", { text: "0389" })).rows[0].id })).by, null);
  await give(pa, "0389");
  await until("the first has it", async () => (await has(a, "4564")) === "0389");
  await give(pb, "0389");
  await at(pb, "claimed-anyway").click();
  await until("both have it", async () => (await has(b, "4533")) === "0389");
  release();
  for (const app of [a, b]) await until("it is asked", async () => (await call(app, "inbox.list")).cards[0]?.kind === "device_double_sold");
});

test("what was taken back is free at once, and without a hub nobody is asked", async () => {
  await open(pb, b, "4595");
  hold();
  const unit = (await call(a, "units.list", { text: "0390" })).rows[0];
  const id = (await call(a, "orders.get", { id: (await row(a, "4595")).id })).lines[0].id;
  assert.equal((await call(a, "units.claim", { id: unit.id })).by, null);
  await call(a, "orders.assign", { line_id: id, unit_id: unit.id });
  assert.equal((await call(b, "units.claim", { id: unit.id })).by, "周敏的电脑");
  await call(a, "orders.unassign", { line_id: id });
  await until("it is free", async () => (await call(b, "units.claim", { id: unit.id })).by === null);
  hub.kill();
  await until("there is no hub", async () => !(await listens(hub.port)));
  await give(pb, "0390");
  await until("it is given", async () => (await has(b, "4595")) === "0390");
  assert.equal(await at(pb, "claimed").count(), 0);
});
