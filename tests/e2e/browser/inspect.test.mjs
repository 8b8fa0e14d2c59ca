// A hundred phones inspected by keyboard alone; exceptions with their evidence; a lock keeps a unit out of a show; the
// technician's phone; a second inspection beside the first.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, call, folder, out, page, scan, serve } from "../lib/app.mjs";
import { picturesOfFailures } from "../lib/wait.mjs";
import { imei } from "../lib/files.mjs";
import {
  answerAll,
  keyboard,
  phoneDoor,
  picture,
  send,
  VIEWS,
} from "../lib/inspect.mjs";
import { invite, onPhone } from "../lib/phone.mjs";

const UNITS = 100;
const data = folder();
const units = [];
let app, chrome, desk, phone, door, keys;

const $ = (id, p = desk) => p.locator(`[data-testid="${id}"]`);
const api = (name, input) => call(app, name, input);
const go = (hash) =>
  desk.evaluate((h) => {
    location.hash = h;
  }, hash);
const noProblems = () =>
  assert.deepEqual(desk.problems, [], "the page reported errors");
const onDesk = (id) =>
  desk
    .locator(
      `[data-testid="inspect"][data-unit="${id}"] [data-testid="item-open"]`,
    )
    .waitFor();
/** The item the keyboard stands on. */
const at = (item) =>
  desk.locator(`[data-testid="item-open"][data-item="${item}"]`).waitFor();
/** Everything said is in the store. */
const saved = () =>
  desk.locator('[data-testid="inspect"][data-busy="false"]').waitFor();
const unitOf = (i) => ({
  stock_no: String(i + 1).padStart(4, "0"),
  category: "phone",
  brand: "Apple",
  model: "iPhone 13",
  storage: "128GB",
  imei: imei(`35332911${String(i).padStart(6, "0")}`),
  serial: `F2LXK0${String(i).padStart(6, "0")}`,
  fields: { model_code: "MLDX3CH/A" },
});

before(async () => {
  app = await serve(data.path);
  door = await phoneDoor(app);
  for (let i = 0; i < UNITS; i += 1)
    units.push((await api("units.add", unitOf(i))).row.id);
  chrome = await browser();
  desk = await page(
    await chrome.newContext({ viewport: { width: 1366, height: 768 } }),
    app,
  );
  keys = keyboard(desk);
});

picturesOfFailures(import.meta.url, () => ({ desk, phone }));

after(async () => {
  await chrome?.close();
  await app?.kill();
  data.done();
});

/** Goes through a clean phone: group by group, or everything left at once. */
async function inspectClean(byGroup) {
  const groups = [
    "identity",
    "locks",
    "spec",
    "battery",
    "appearance",
    "display",
    "function",
    "repair",
  ];
  if (!byGroup) await keys.press("a");
  for (let i = 0; i < 40; i += 1) {
    const now = await desk.evaluate(() => ({
      item: document.querySelector('[data-testid="item-open"]')?.dataset.item,
      field:
        document.activeElement?.matches('[data-testid="item-field"]') ?? false,
      lacks:
        document
          .querySelector('[data-testid="inspect-lacks"]')
          ?.classList.contains("due") ?? false,
    }));
    if (!now.lacks) break;
    if (now.field) {
      assert.equal(now.item, "battery_health", "only the battery is typed");
      await keys.type("9");
      await keys.type("6");
      await keys.press("Enter");
    } else if (
      now.item === "erased" ||
      now.item === "warranty" ||
      now.item === "region"
    )
      await keys.press("1");
    else {
      assert.ok(byGroup && groups.length > 0, `${now.item} is asked`);
      groups.pop();
      await keys.press("0");
    }
  }
  await saved();
  await keys.press("Control+Enter");
}

test("a hundred clean phones are inspected by keyboard alone, each with far fewer than forty presses", async () => {
  // Photographs run ahead of the inspection, as they do at the stall.
  const ready = new Map(
    units.map((id) => [id, Promise.withResolvers?.() ?? deferred()]),
  );
  const waiting = [...units];
  const runner = async () => {
    for (let id = waiting.shift(); id; id = waiting.shift()) {
      for (const view of VIEWS) await send(door, id, view);
      ready.get(id).resolve();
    }
  };
  const sending = Promise.all([runner(), runner(), runner()]);
  const presses = { all: [], byGroup: [] };
  const begun = Date.now();
  await ready.get(units[0]).promise;
  await go(`#/stock/inspect/${units[0]}`);
  for (let i = 0; i < UNITS; i += 1) {
    await ready.get(units[i]).promise;
    // The desk goes on in the order of its queue; a unit whose turn has not come is opened by its label.
    const here = await desk.evaluate(
      () => document.querySelector('[data-testid="inspect"]')?.dataset.unit,
    );
    if (here !== units[i]) await go(`#/stock/inspect/${units[i]}`);
    await onDesk(units[i]);
    keys.zero();
    const byGroup = i % 4 === 0;
    await inspectClean(byGroup);
    presses[byGroup ? "byGroup" : "all"].push(keys.count);
  }
  await sending;
  const median = (list) =>
    [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const every = [...presses.all, ...presses.byGroup];
  const said =
    `key presses for a clean phone: median ${median(every)}, at most ${Math.max(...every)}; ` +
    `group by group ${median(presses.byGroup)}, all at once ${median(presses.all)} ` +
    `(${every.length} phones in ${Math.round((Date.now() - begun) / 1000)} s)`;
  console.log(said);
  writeFileSync(join(out, "inspect-keys.txt"), `${said}\n`);
  assert.ok(median(every) < 40, said);
  const { units: left } = await api("inspections.queue", { limit: 5 });
  assert.equal(left.length, 0);
  const row = (await api("units.get", { id: units[7] })).row;
  assert.equal(row.grade, "S");
  assert.equal(row.battery, 96);
  assert.equal(row.inspection, "inspected");
  noProblems();
});

function deferred() {
  let resolve;
  const promise = new Promise((r) => {
    resolve = r;
  });
  return { promise, resolve };
}

test("a finding waits for its note and its photograph, lowers the grade with its reason, and undo takes it back", async () => {
  const unit = (await api("units.add", { ...unitOf(200), stock_no: "0201" }))
    .row.id;
  for (const view of VIEWS.filter((v) => v !== "back"))
    await send(door, unit, view);
  await send(door, unit, "back");
  await go(`#/stock/inspect/${unit}`);
  await onDesk(unit);
  await keys.press("a");
  await keys.press("F5");
  await at("screen_glass");
  await keys.press("ArrowDown");
  await at("frame");
  await desk.keyboard.press("3");
  await desk
    .locator('[data-testid="item-open"][data-answer*="轻微"]')
    .waitFor();
  await desk.keyboard.press("n");
  await desk.locator('[data-testid="item-note"]:focus').waitFor();
  await desk.keyboard.type("右下角，约 2 mm");
  await desk.keyboard.press("Enter");
  await saved();
  // The camera's glass has no view of its own: its photograph is chosen among the unit's, by keys.
  await keys.press("F5");
  for (let i = 0; i < 3; i += 1) await keys.press("ArrowDown");
  await at("camera_glass");
  await desk.keyboard.press("2");
  await $("item-evidence").waitFor();
  await desk.keyboard.press("Space");
  await desk.locator('[data-testid="evidence-photo"]:focus').waitFor();
  await desk.keyboard.press("Enter");
  await desk.locator('[data-testid="item-evidence"].ok').waitFor();
  await desk.keyboard.press("Escape");
  // One that comes from a phone while the item stands open goes to it without a press.
  await keys.press("ArrowDown");
  await at("ports_buttons_look");
  await desk.keyboard.press("2");
  await desk.locator('[data-testid="item-evidence"].due').waitFor();
  await send(door, unit, "", picture());
  await desk.locator('[data-testid="item-evidence"].ok').waitFor();
  await saved();
  const draft = await api("inspections.open", { unit_id: unit });
  assert.deepEqual(draft.photos_missing, []);
  assert.equal(
    draft.answers.find((a) => a.item_id === "frame").note,
    "右下角，约 2 mm",
  );
  assert.equal(draft.result.so_far, "A2");
  await $("grade-why").getByText("轻微").first().waitFor();
  // The last deed is taken back by Ctrl+Z, on the screen and in the store.
  await desk.keyboard.press("Backspace");
  await desk.locator('[data-testid="item-open"][data-answer=""]').waitFor();
  await saved();
  await desk.keyboard.press("Control+z");
  await desk
    .locator('[data-testid="item-open"]:not([data-answer=""])')
    .waitFor();
  noProblems();
});

test("lowering is free, raising wants its reason, and both stand in the report", async () => {
  const unit = await desk.evaluate(
    () => document.querySelector('[data-testid="inspect"]').dataset.unit,
  );
  for (const [item, value] of [
    ["erased", "verified"],
    ["warranty", "out"],
    ["battery_health", 88],
  ])
    await api("inspections.answer", {
      inspection_id: (await api("inspections.open", { unit_id: unit })).id,
      answers: [{ item_id: item, value }],
    });
  await $("grade-now").getByText("95新").waitFor();
  await desk.locator('[data-testid="grade-lower"]:enabled').waitFor();
  await desk.keyboard.press("-");
  await $("grade-now").getByText("9成新").waitFor();
  await desk.keyboard.press("=");
  await $("raise").waitFor();
  await desk.locator('[data-testid="raise-reason"]:focus').waitFor();
  await desk.keyboard.press("Control+Enter");
  await desk.getByText("上调要写明理由").waitFor();
  await desk.keyboard.type("原厂换过全新外壳，有发票");
  await desk.keyboard.press("Control+Enter");
  await $("grade-now").getByText("99新").waitFor();
  await saved();
  await desk.keyboard.press("Control+Enter");
  await desk.waitForFunction(
    (u) =>
      document.querySelector('[data-testid="inspect"]')?.dataset.unit !== u,
    unit,
  );
  const { reports } = await api("inspections.reports", { unit_id: unit });
  const report = await api("inspections.report", { id: reports[0].id });
  assert.equal(report.head.grade, "A1");
  assert.equal(report.manual.reason, "原厂换过全新外壳，有发票");
  noProblems();
});

test("a locked phone is put on record with open items, refused in a show with its reason, and cleared with a note", async () => {
  const unit = (await api("units.add", { ...unitOf(300), stock_no: "0301" }))
    .row.id;
  for (const view of VIEWS) await send(door, unit, view);
  await go(`#/stock/inspect/${unit}`);
  await onDesk(unit);
  await keys.press("F2");
  await at("account_lock");
  await desk.keyboard.press("2");
  await $("grade-blockers").waitFor();
  await send(door, unit, "", picture());
  await desk.locator('[data-testid="item-evidence"].ok').waitFor();
  await saved();
  await desk.keyboard.press("Control+Enter");
  await desk.waitForFunction(
    (u) =>
      document.querySelector('[data-testid="inspect"]')?.dataset.unit !== u,
    unit,
  );
  const row = (await api("units.get", { id: unit })).row;
  assert.equal(row.inspection, "blocked");
  const show = await api("shows.add", {
    title: "晚场",
    starts_at: Date.now() + 3_600_000,
    planned_minutes: 120,
    host: "",
    note: "",
  });
  await assert.rejects(
    api("items.add", {
      show_id: show.id,
      after: null,
      items: [{ segment: "main", unit_id: unit, title: "", minutes: null }],
    }),
    (e) => e.app.code === "unit_blocked",
  );
  await go("#/stock?tab=all");
  await go(`#/stock/${unit}`);
  await $("unit-blocker").waitFor();
  await desk.keyboard.press("s");
  await $("show-choice").first().click();
  await $("toast").getByText("验机没有放行").waitFor();
  // The refusal that was wanted.
  desk.problems = desk.problems.filter((x) => !x.includes("409"));
  await desk.keyboard.press("Escape");
  await $("blocker-clear").click();
  await $("clear-go").click();
  await desk.getByText("放行要写明怎么处理的").waitFor();
  await $("clear-note").fill("卖家当面退出账号，重启看过");
  await $("clear-go").click();
  await $("unit-blocker").waitFor({ state: "detached" });
  await desk.getByText("卖家当面退出账号").first().waitFor();
  assert.notEqual(
    (await api("units.get", { id: unit })).row.inspection,
    "blocked",
  );
  noProblems();
});

test("a second inspection begins with the first one's answers and the two stand side by side", async () => {
  const unit = units[0];
  await go(`#/stock/${unit}`);
  // Not the button of the unit that was looked at before.
  await $("unit-drawer").getByText("0001").first().waitFor();
  await $("unit-inspect").click();
  await onDesk(unit);
  await keys.press("F5");
  await keys.press("ArrowDown");
  await at("frame");
  await desk.keyboard.press("3");
  await desk
    .locator('[data-testid="item-open"][data-answer*="轻微"]')
    .waitFor();
  await saved();
  await desk.keyboard.press("Control+Enter");
  await desk.waitForFunction(
    (u) =>
      document.querySelector('[data-testid="inspect"]')?.dataset.unit !== u,
    unit,
  );
  await go(`#/stock/${unit}`);
  await $("compare-last").click();
  await $("compare").waitFor();
  await desk
    .locator('[data-testid="compare-row"][data-item="frame"]')
    .waitFor();
  assert.equal(
    await desk.locator('[data-testid="compare-row"]').count(),
    1,
    "only what differs is shown",
  );
  noProblems();
});

test("a label scanned at the desk brings its unit, and the code of the device answers the item that asks for it", async () => {
  await go(`#/stock/inspect/${units[1]}`);
  await onDesk(units[1]);
  await scan(
    desk,
    units.length > 2 ? imei(`35332911${String(2).padStart(6, "0")}`) : "",
  );
  await onDesk(units[2]);
  noProblems();
});

test("the technician goes through the checklist on a phone, evidence and all", async () => {
  const unit = (await api("units.add", { ...unitOf(400), stock_no: "0401" }))
    .row.id;
  for (const view of VIEWS) await send(door, unit, view);
  await answerAll(app, unit, [
    { item_id: "camera_glass", value: null },
    { item_id: "battery_health", value: null },
  ]);
  const until = async (right) => {
    for (let i = 0; i < 200; i += 1) {
      const draft = await api("inspections.open", { unit_id: unit });
      if (right(draft)) return draft;
      await phone.waitForTimeout(50);
    }
    assert.fail("the phone's answers and photographs did not arrive");
  };
  phone = await onPhone(chrome, { permissions: [] });
  await phone.goto(await invite(app, "李师傅", "technician"));
  await $("tech-home", phone).waitFor();
  await $("tech-start", phone).or($("tech-find", phone)).first().waitFor();
  await $("tech-find", phone).click();
  for (const key of "0401") await $(`pad-${key}`, phone).click();
  await $("find-go", phone).click();
  await $("check-list", phone).waitFor();
  await $("check-group-battery", phone).click();
  await $("check-field", phone).fill("91");
  await $("check-field", phone).press("Enter");
  await until((d) =>
    d.answers.some((a) => a.item_id === "battery_health" && a.value === 91),
  );
  await $("check-group-appearance", phone).click();
  await phone.locator('[data-testid="check-camera_glass"] .row').click();
  await phone
    .locator(
      '[data-testid="check-camera_glass"] [data-testid="check-value-hairline"]',
    )
    .click();
  await phone
    .locator('[data-testid="check-camera_glass"] [data-testid="check-photo"]')
    .setInputFiles({
      name: "IMG_1.jpg",
      mimeType: "image/jpeg",
      buffer: picture(),
    });
  await until(
    (d) =>
      d.photos.some((p) => p.item_id === "camera_glass") &&
      d.photos_missing.length === 0 &&
      d.result.missing.length === 0,
  );
  await $("check-finish", phone).click();
  await $("check-done", phone).waitFor();
  const { row } = await api("units.get", { id: unit });
  assert.equal(row.grade, "A1");
  assert.equal(row.battery, 91);
  assert.deepEqual(phone.problems, []);
});
