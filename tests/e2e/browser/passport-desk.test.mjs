// A passport issued from a unit's page, looked at, handed out; a file dropped to be checked says which part was altered.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, call, folder, out, page, serve } from "../lib/app.mjs";
import { picturesOfFailures } from "../lib/wait.mjs";
import { imei } from "../lib/files.mjs";
import { answerAll, phoneDoor, send, VIEWS } from "../lib/inspect.mjs";

const data = folder();
let app, chrome, p, unit;
const $ = (id) => p.locator(`[data-testid="${id}"]`);
const api = (name, input) => call(app, name, input);
const go = (hash) =>
  p.evaluate((h) => {
    location.hash = h;
  }, hash);

before(async () => {
  app = await serve(data.path);
  await api("settings.set", {
    ...(await api("settings.get")),
    stall_name: "老周数码",
  });
  unit = (
    await api("units.add", {
      stock_no: "0387",
      category: "phone",
      brand: "Apple",
      model: "iPhone 15 Pro",
      storage: "256GB",
      imei: imei("35332911000387"),
      serial: "F2LXK0000387",
      fields: { model_code: "MTUX3CH/A" },
    })
  ).row.id;
  const door = await phoneDoor(app);
  for (const view of VIEWS) await send(door, unit, view);
  chrome = await browser();
  p = await page(
    await chrome.newContext({ viewport: { width: 1366, height: 768 } }),
    app,
  );
});

picturesOfFailures(import.meta.url, () => ({ p }));

after(async () => {
  await chrome?.close();
  await app?.kill();
  data.done();
});

test("a passport says what it lacks, is issued once the unit is inspected, and shows its number large", async () => {
  await go(`#/stock/${unit}`);
  await $("unit-passport").getByText("先验机").waitFor();
  assert.ok(await $("passport-issue").isDisabled());
  const draft = await answerAll(app, unit, [
    { item_id: "frame", value: "light", note: "右下角" },
  ]);
  await api("inspections.finish", { inspection_id: draft, worked_ms: 60_000 });
  await p.locator('[data-testid="passport-issue"]:enabled').click();
  await p
    .locator('[data-testid="passport-picture"] img')
    .waitFor({ timeout: 30_000 });
  const { passports } = await api("passports.list", { unit_id: unit });
  assert.equal(passports.length, 1);
  await $("passport").getByText(passports[0].number).waitFor();
  await p.locator('[data-testid="passport-form"] label').nth(1).click();
  await p.waitForFunction(
    () => {
      const i = document.querySelector('[data-testid="passport-picture"] img');
      return i && i.complete && i.naturalHeight === 1350;
    },
    undefined,
    { timeout: 30_000 },
  );
  await p.keyboard.press("Escape");
  await $("passport-number").getByText(passports[0].number).waitFor();
  assert.deepEqual(p.problems, []);
});

test("a genuine file is told from an altered one, and the altered part is named", async () => {
  const { passports } = await api("passports.list", { unit_id: unit });
  const made = await api("passports.file", {
    id: passports[0].id,
    form: "html",
    lang: "zh",
    copy: "public",
  });
  const got = await fetch(`${app.origin}/files/${made.id}`, {
    headers: { authorization: `Bearer ${app.token}` },
  });
  const genuine = Buffer.from(await got.arrayBuffer());
  await go("#/stock/verify");
  await $("verify").waitFor();
  const drop = (name, buffer) =>
    $("verify-file").setInputFiles({ name, mimeType: "text/html", buffer });
  await drop("genuine.html", genuine);
  await p.locator('[data-testid="verdict"][data-outcome="genuine"]').waitFor();
  const slot = /id="passport">([^<]*)</.exec(genuine.toString("utf8"))[1];
  const document = Buffer.from(slot, "base64").toString("utf8");
  const lied = Buffer.from(document.replace('"A2"', '"A1"'), "utf8").toString(
    "base64",
  );
  await drop(
    "lied.html",
    Buffer.from(genuine.toString("utf8").replace(slot, lied)),
  );
  await p.locator('[data-testid="verdict"][data-outcome="altered"]').waitFor();
  await p.locator('[data-testid="fault"][data-part="grade"]').waitFor();
  await drop("note.html", Buffer.from("<p>hello</p>"));
  await p
    .locator('[data-testid="verdict"][data-outcome="no_passport"]')
    .waitFor();
  assert.deepEqual(p.problems, []);
});
