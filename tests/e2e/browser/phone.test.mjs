// Two devices: the console and a phone. Forty pictures over a line that is cut twice, an answer that is lost, a page that
// is reloaded and a laptop program that is killed: each is stored once, where it belongs, and none is left on the phone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { browser, call, folder, page, serve } from "../lib/app.mjs";
import { picturesOfFailures } from "../lib/wait.mjs";
import { photos } from "../lib/photos.mjs";
import { FAKE_CAMERA, invite, onPhone, waiting } from "../lib/phone.mjs";

const data = folder();
let app, chrome, desk, phone, first, second;

const $ = (id) => phone.locator(`[data-testid="${id}"]`);
const api = (name, input) => call(app, name, input);
const files = photos(31).map((path, i) => ({
  name: `IMG_${i}.jpg`,
  mimeType: "image/jpeg",
  // Bytes behind the end of a JPEG make the same drawing another picture.
  buffer: Buffer.concat([readFileSync(path), Buffer.from(`picture ${i}`)]),
}));
const next = (n) => files.splice(0, n);

/** Asks until the answer is right. */
async function until(what, ask, right) {
  let got;
  for (let i = 0; i < 300; i += 1) {
    got = await ask();
    if (right(got)) return got;
    await phone.waitForTimeout(50);
  }
  assert.fail(`${what}: ${JSON.stringify(got)}`);
}
const stored = async () => {
  const of = async (u) =>
    (await api("units.get", { id: u.row.id })).photos.length;
  return (
    (await of(first)) +
    (await of(second)) +
    (await api("tray.list")).photos_total
  );
};
/** The phone has heard that all it had is stored. */
const sent = () =>
  until(
    "nothing waits on the phone",
    () => waiting(phone),
    (n) => n === 0,
  );
/** The pictures chosen are on the phone or already gone from it. */
const taken = (shot, n) =>
  phone.waitForFunction(
    ([id, count]) =>
      Number(
        document.querySelector(`[data-testid="shot-${id}"] .n`)?.textContent ??
          0,
      ) >= count,
    [shot, n],
  );

before(async () => {
  app = await serve(data.path);
  first = await api("units.add", {
    stock_no: "0001",
    model: "iPhone 13",
    category: "phone",
  });
  second = await api("units.add", {
    stock_no: "0409",
    model: "小米14",
    storage: "256GB",
    category: "phone",
  });
  chrome = await browser(...FAKE_CAMERA);
  desk = await page(
    await chrome.newContext({ viewport: { width: 1366, height: 768 } }),
    app,
  );
  phone = await onPhone(chrome, { lang: "zh" });
});

picturesOfFailures(import.meta.url, () => ({ desk, phone }));

after(async () => {
  await chrome?.close();
  await app?.kill();
  data.done();
});

test("a phone is paired by the link of an invitation and sees what waits to be photographed", async () => {
  await phone.goto(await invite(app, "小林的手机"));
  await $("phone-home").waitFor();
  await phone.getByText("0409", { exact: true }).waitFor();
  assert.ok(!phone.url().includes("pair"), "the code leaves the address");
});

test("the viewfinder shoots ten views in a row, each goes to its place on the list", async () => {
  await $("phone-start").click();
  await $("finder-hint").waitFor();
  for (let i = 0; i < 10; i += 1) {
    const shot = await phone
      .locator('[data-testid="shot-strip"] [aria-current="true"]')
      .getAttribute("data-shot");
    await $("shutter").click();
    await phone.waitForFunction(
      (s) =>
        document.querySelector(
          '[data-testid="shot-strip"] [aria-current="true"]',
        )?.dataset.shot !== s,
      shot,
    );
  }
  await $("shoot-done").waitFor();
  const unit = await until(
    "ten views",
    () => api("units.get", { id: second.row.id }),
    (u) => u.photos.length === 10,
  );
  const shots = [
    "front_on",
    "front_off",
    "back",
    "left",
    "right",
    "top",
    "bottom",
    "imei",
    "battery",
    "parts",
  ];
  assert.deepEqual(
    unit.photos.map((p) => p.shot),
    shots,
  );
  assert.ok(unit.photos.every((p) => p.source === "phone"));
  await sent();
});

test("with the line cut pictures stay on the phone, through a reload, and go when it is back", async () => {
  await phone.route("**/lan/photos/**", (route) => route.abort());
  await $("shoot-flaw").click();
  await $("phone-album").setInputFiles(next(6));
  await taken("flaw", 6);
  await until(
    "six wait",
    () => waiting(phone),
    (n) => n === 6,
  );
  const asked = [];
  phone.once("dialog", (d) => {
    asked.push(d.type());
    return d.accept();
  });
  await phone.reload();
  assert.deepEqual(asked, ["beforeunload"], "the page warns before it is left");
  await taken("flaw", 6);
  assert.equal(await waiting(phone), 6, "a reload forgets nothing");
  assert.equal(
    (await api("units.get", { id: second.row.id })).photos.length,
    10,
  );
  await phone.unroute("**/lan/photos/**");
  await until("they go", stored, (n) => n === 16);
  await sent();
});

test("an answer that is lost does not store a picture twice", async () => {
  let lost = 0;
  await phone.route("**/lan/photos/**", async (route) => {
    if (lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    await route.abort();
  });
  await $("shoot-flaw").click();
  await $("phone-album").setInputFiles(next(2));
  await until("two more", stored, (n) => n === 18);
  await sent();
  assert.equal(lost, 1);
  await phone.unroute("**/lan/photos/**");
});

test("Wi-Fi gone in the middle: the next unit is shot all the same", async () => {
  await $("phone-back").click();
  await $("phone-find").click();
  await $("pad-1").click();
  await $("find-go").click();
  await $("shutter").waitFor();
  await phone.context().setOffline(true);
  await $("phone-album").setInputFiles(next(10));
  await until(
    "ten wait",
    () => waiting(phone),
    (n) => n === 10,
  );
  await phone
    .locator('[data-testid="phone-line"][data-state="lost"]')
    .waitFor();
  await phone.context().setOffline(false);
  await until("they go", stored, (n) => n === 28);
  await sent();
  const unit = await api("units.get", { id: first.row.id });
  assert.deepEqual(unit.photos.map((p) => p.shot).slice(0, 3), [
    "front_on",
    "front_off",
    "back",
  ]);
});

test("the laptop program killed in the middle: it comes back and each picture is there once", async () => {
  await $("phone-back").click();
  await $("phone-new").click();
  await $("phone-album").setInputFiles(next(6));
  await until("some arrive", stored, (n) => n > 28);
  await app.kill();
  await $("phone-album").setInputFiles(next(6));
  await phone
    .locator('[data-testid="phone-line"][data-state="lost"]')
    .waitFor();
  app = await serve(data.path);
  await until("all forty", stored, (n) => n === 40);
  await sent();
  const tray = await api("tray.list");
  assert.deepEqual([tray.groups_total, tray.photos_total], [1, 12]);
  const all = [
    ...(await api("units.get", { id: first.row.id })).photos,
    ...(await api("units.get", { id: second.row.id })).photos,
    ...tray.groups[0].photos,
  ];
  assert.equal(
    new Set(all.map((p) => p.id)).size,
    40,
    "forty pictures, each once",
  );
  assert.equal(
    new Set(all.map((p) => p.blob)).size,
    40,
    "and forty different ones",
  );
});

test("the laptop shows them as they come: a group of the tray becomes a unit, and one undo takes it back", async () => {
  await desk.goto(app.address);
  const d = (id) => desk.locator(`[data-testid="${id}"]`);
  await desk.evaluate(() => {
    location.hash = "#/stock";
  });
  await d("open-tray").click();
  await d("tray-group").waitFor();
  assert.equal(await d("tray-photo").count(), 12);
  await desk.keyboard.press("n");
  await d("field-model").fill("iPhone 15");
  await desk.keyboard.press("Control+Enter");
  await desk.waitForURL(/#\/stock\/[0-9a-f-]{36}/);
  await d("unit-drawer").waitFor();
  const { units } = await api("shoot.find", { code: "0410" });
  assert.equal(units[0].photos.length, 12);
  assert.equal((await api("tray.list")).photos_total, 0);
  await desk.keyboard.press("Control+z");
  await until(
    "back in the tray",
    () => api("tray.list"),
    (tray) => tray.photos_total === 12,
  );
  assert.equal((await api("shoot.find", { code: "0410" })).units.length, 0);
  assert.deepEqual(phone.problems, [], "the phone's page reported errors");
});
