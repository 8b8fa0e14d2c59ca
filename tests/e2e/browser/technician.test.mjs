// The technician's phone with a line that is cut: answers stay on the phone through a reload, go when it is back, and none is
// lost when the laptop is restarted or the inspection has ended meanwhile.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, call, folder, serve } from "../lib/app.mjs";
import { picturesOfFailures } from "../lib/wait.mjs";
import { imei } from "../lib/files.mjs";
import { answerAll, phoneDoor, picture, send, VIEWS } from "../lib/inspect.mjs";
import { invite, onPhone, waitingAnswers } from "../lib/phone.mjs";

const data = folder();
let app, chrome, phone, door, unit;

const $ = (id) => phone.locator(`[data-testid="${id}"]`);
const api = (name, input) => call(app, name, input);
const item = (id) => $(`check-${id}`);
const draft = () => api("inspections.open", { unit_id: unit });
const given = (d, id) => d.answers.find((a) => a.item_id === id);

async function until(what, ask, right) {
  let got;
  for (let i = 0; i < 300; i += 1) {
    got = await ask();
    if (right(got)) return got;
    await phone.waitForTimeout(50);
  }
  assert.fail(`${what}: ${JSON.stringify(got)}`);
}
/** Nothing of the phone reaches the laptop; its page still loads, as from a phone's own cache. */
const cut = async () => {
  await phone.route("**/api/**", (route) => route.abort());
  await phone.route("**/lan/**", (route) => route.abort());
};
const mend = async () => {
  await phone.unroute("**/api/**");
  await phone.unroute("**/lan/**");
};
async function choose(group, id, value) {
  await $(`check-group-${group}`).click();
  if ((await item(id).locator(".row").getAttribute("aria-expanded")) !== "true")
    await item(id).locator(".row").click();
  await item(id).locator(`[data-testid="check-value-${value}"]`).click();
}
const reload = async () => {
  phone.once("dialog", (d) => d.accept());
  await phone.reload();
};

before(async () => {
  app = await serve(data.path);
  door = await phoneDoor(app);
  unit = (
    await api("units.add", {
      stock_no: "0401",
      category: "phone",
      brand: "Apple",
      model: "iPhone 13",
      storage: "128GB",
      imei: imei("35332911000401"),
      serial: "F2LXK0000401",
      fields: { model_code: "MLDX3CH/A" },
    })
  ).row.id;
  for (const view of VIEWS) await send(door, unit, view);
  await answerAll(
    app,
    unit,
    ["battery_health", "camera_glass", "frame"].map((item_id) => ({
      item_id,
      value: null,
    })),
  );
  chrome = await browser();
  phone = await onPhone(chrome, { permissions: [] });
});

picturesOfFailures(import.meta.url, () => ({ phone }));

after(async () => {
  await chrome?.close();
  await app?.kill();
  data.done();
});

test("answers given without a line are kept through a reload, seen as waiting, and go when it is back", async () => {
  await phone.goto(await invite(app, "李师傅", "technician"));
  await $("tech-home").waitFor();
  await $("tech-find").click();
  for (const key of "0401") await $(`pad-${key}`).click();
  await $("find-go").click();
  await $("check-list").waitFor();
  await cut();
  await $("check-group-battery").click();
  await item("battery_health")
    .locator('[data-testid="check-field"]')
    .fill("91");
  await item("battery_health")
    .locator('[data-testid="check-field"]')
    .press("Enter");
  await choose("appearance", "camera_glass", "hairline");
  await item("camera_glass")
    .locator('[data-testid="check-note"]')
    .fill("镜圈右侧");
  await item("camera_glass").locator('[data-testid="check-note"]').blur();
  await choose("appearance", "frame", "none");
  await until(
    "four answers are on the phone",
    () => waitingAnswers(phone),
    (n) => n === 4,
  );
  await phone
    .locator('[data-testid="check-camera_glass"][data-queued="true"]')
    .waitFor();
  await $("phone-line").getByText("3 项回答存在手机里").waitFor();
  assert.equal(
    given(await draft(), "battery_health")?.value ?? null,
    null,
    "nothing reached the laptop",
  );

  await reload();
  await $("check-list").waitFor();
  assert.equal(await waitingAnswers(phone), 4, "a reload forgets nothing");
  await $("check-group-appearance").click();
  await phone
    .locator(
      '[data-testid="check-camera_glass"][data-answer="hairline"][data-queued="true"]',
    )
    .waitFor();
  await phone
    .locator(
      '[data-testid="check-frame"][data-answer="none"][data-queued="true"]',
    )
    .waitFor();
  await item("camera_glass").locator(".row").click();
  assert.equal(
    await item("camera_glass")
      .locator('[data-testid="check-note"]')
      .inputValue(),
    "镜圈右侧",
  );
  await $("check-finish").click();
  await $("check-held").getByText("存好要连上柜台本").waitFor();
  await $("phone-line").click();
  assert.equal(await $("outbox-answer").count(), 4);
  await phone.goBack();
  await $("check-list").waitFor();

  await mend();
  await until(
    "they arrive",
    draft,
    (d) =>
      given(d, "battery_health")?.value === 91 &&
      given(d, "frame")?.value === "none",
  );
  const now = await draft();
  assert.equal(given(now, "camera_glass").value, "hairline");
  assert.equal(given(now, "camera_glass").note, "镜圈右侧");
  await until(
    "none is left on the phone",
    () => waitingAnswers(phone),
    (n) => n === 0,
  );
  await phone
    .locator('[data-testid="check-list"] [data-queued="true"]')
    .first()
    .waitFor({ state: "detached" });
  await phone
    .locator('[data-testid="phone-line"][data-state="up"][data-waiting="0"]')
    .waitFor();
  assert.deepEqual(phone.problems, []);
});

test("the laptop program killed in the middle: what was answered meanwhile is there when it is back", async () => {
  await app.kill();
  await choose("appearance", "frame", "light");
  await until(
    "it is on the phone",
    () => waitingAnswers(phone),
    (n) => n === 1,
  );
  app = await serve(data.path);
  await until("it arrives", draft, (d) => given(d, "frame")?.value === "light");
  await until(
    "none is left on the phone",
    () => waitingAnswers(phone),
    (n) => n === 0,
  );
});

test("an inspection that ended meanwhile refuses what waited; a person puts it into the one of now", async () => {
  await phone.locator('[data-testid="phone-line"][data-state="up"]').waitFor();
  await cut();
  await choose("appearance", "frame", "hairline");
  await until(
    "it is on the phone",
    () => waitingAnswers(phone),
    (n) => n === 1,
  );
  await api("inspections.finish", {
    inspection_id: (await draft()).id,
    worked_ms: 60_000,
    without_photos: true,
  });
  await mend();
  await phone.evaluate(() => {
    location.hash = "#/outbox";
  });
  await $("outbox-answer-again").click();
  await until(
    "it is in the new draft",
    draft,
    (d) => given(d, "frame")?.value === "hairline",
  );
  await until(
    "none is left on the phone",
    () => waitingAnswers(phone),
    (n) => n === 0,
  );
  const { reports } = await api("inspections.reports", { unit_id: unit });
  const report = await api("inspections.report", { id: reports[0].id });
  const frame = report.groups
    .flatMap((g) => g.items)
    .find((i) => i.id === "frame");
  assert.ok(
    JSON.stringify(frame).includes("light"),
    "the report that ended is as it was",
  );
  assert.deepEqual(phone.problems, []);
});

test("evidence taken without a line comes with its answer", async () => {
  await phone.evaluate(() => {
    location.hash = "#/check";
  });
  await $("check-list").waitFor();
  await cut();
  await choose("appearance", "back", "hairline");
  await item("back")
    .locator('[data-testid="check-photo"]')
    .setInputFiles({
      name: "IMG_2.jpg",
      mimeType: "image/jpeg",
      buffer: picture(),
    });
  await phone
    .locator('[data-testid="phone-line"]')
    .getByText("1 项回答、1 张照片")
    .waitFor();
  await reload();
  await $("check-list").waitFor();
  await mend();
  const now = await until(
    "both arrive",
    draft,
    (d) =>
      given(d, "back")?.value === "hairline" &&
      d.photos.some((p) => p.item_id === "back" && !p.by_shot),
  );
  assert.ok(now);
  assert.deepEqual(phone.problems, []);
});
