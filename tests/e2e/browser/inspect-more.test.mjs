// What the owner changes of a checklist, the sheet of several reports, other people's reports, a flaw ringed on its
// photograph; and files that are wrong, whose reason must stand where they were chosen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import ExcelJS from "exceljs";
import { browser, call, folder, out, page, serve } from "../lib/app.mjs";
import { picturesOfFailures } from "../lib/wait.mjs";
import { bigFile, imei } from "../lib/files.mjs";
import { answerAll, phoneDoor, picture, send, VIEWS } from "../lib/inspect.mjs";
import { photos } from "../lib/photos.mjs";

const data = folder();
const units = [];
let app, chrome, p, door;

const $ = (id) => p.locator(`[data-testid="${id}"]`);
const api = (name, input) => call(app, name, input);
const go = (hash) =>
  p.evaluate((h) => {
    location.hash = h;
  }, hash);
const noProblems = () =>
  assert.deepEqual(p.problems, [], "the page reported errors");
const phone = async () =>
  (await api("checklists.list")).lists.find((l) => l.category === "phone");
const itemOf = async (id) =>
  (await phone()).groups.flatMap((g) => g.items).find((i) => i.id === id);
async function until(what, ask, right) {
  let got;
  for (let i = 0; i < 200; i += 1) {
    got = await ask();
    if (right(got)) return got;
    await p.waitForTimeout(50);
  }
  assert.fail(`${what}: ${JSON.stringify(got).slice(0, 600)}`);
}
/** The bar has it itself or, where it is narrow, behind its last button. */
async function sheet() {
  await $("bulk-bar").waitFor();
  if (!(await $("bulk-sheet").isVisible())) await $("bulk-more").click();
  await $("bulk-sheet").click();
}
const PDF = Buffer.from(
  "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
);

before(async () => {
  app = await serve(data.path);
  await api("settings.set", {
    ...(await api("settings.get")),
    stall_name: "老周数码",
  });
  door = await phoneDoor(app);
  for (const [i, model] of ["iPhone 13", "iPhone 14", "iPhone 15"].entries()) {
    const unit = (
      await api("units.add", {
        stock_no: `050${i + 1}`,
        category: "phone",
        brand: "Apple",
        model,
        storage: "128GB",
        imei: imei(`3533291100050${i}`),
        serial: `F2LXK000050${i}`,
        fields: { model_code: "MLDX3CH/A" },
      })
    ).row.id;
    units.push(unit);
    for (const view of VIEWS) await send(door, unit, view);
  }
  chrome = await browser();
  p = await page(
    await chrome.newContext({
      viewport: { width: 1366, height: 768 },
      acceptDownloads: true,
    }),
    app,
  );
});

picturesOfFailures(import.meta.url, () => ({ p }));

after(async () => {
  await chrome?.close();
  await app?.kill();
  data.done();
});

test("the owner rewords an item, wants its photograph, adds one of the stall's own, and the next inspection asks so", async () => {
  const version = (await phone()).version;
  await go("#/settings?at=checklists");
  await $("checklist-group-appearance").click();
  await $("checklist-name-frame").fill("中框");
  await $("checklist-name-frame").press("Tab");
  await until(
    "the new word",
    () => itemOf("frame"),
    (i) => i.zh === "中框",
  );
  await $("checklist-evidence-frame").selectOption("always");
  await until(
    "its photograph",
    () => itemOf("frame"),
    (i) => i.evidence === "always",
  );
  await $("checklist-new-name").fill("贴膜");
  await $("checklist-new-values").fill("新膜，旧膜、没膜");
  await $("checklist-new-name").press("Enter");
  const own = await until("the new item", phone, (l) =>
    l.groups.some((g) => g.items.some((i) => i.own && i.zh === "贴膜")),
  );
  const film = own.groups.flatMap((g) => g.items).find((i) => i.own);
  assert.equal(film.values.length, 3);
  assert.notEqual(own.version, version, "a changed list is another version");
  await go(`#/stock/inspect/${units[2]}`);
  await p.locator('[data-testid="item-open"]').waitFor();
  await p.keyboard.press("F5");
  await $("item-frame")
    .or(p.locator('[data-testid="item-open"][data-item="frame"]'))
    .getByText("中框")
    .first()
    .waitFor();
  await $("inspect-items").getByText("贴膜").waitFor();
  noProblems();
});

test("what was changed goes back to how it came, and one undo takes that back", async () => {
  await go("#/settings?at=checklists");
  await $("checklist-group-appearance").click();
  await $("checklist-reset-frame").click();
  await until(
    "the word it came with",
    () => itemOf("frame"),
    (i) => i.zh === "边框" && i.evidence !== "always",
  );
  await p.keyboard.press("Control+z");
  await until(
    "the stall's word again",
    () => itemOf("frame"),
    (i) => i.zh === "中框",
  );
  await $("checklist-reset").click();
  await until("the list as it came", phone, (l) =>
    l.groups.every((g) => g.items.every((i) => !i.changed && !i.own)),
  );
  noProblems();
});

test("the reports of several units are saved as one sheet and as one document", async () => {
  for (const unit of units.slice(0, 2)) {
    const draft = await answerAll(app, unit, [
      { item_id: "frame", value: "light", note: "右下角" },
    ]);
    await api("inspections.finish", {
      inspection_id: draft,
      worked_ms: 60_000,
      without_photos: true,
      take_codes: true,
    });
  }
  await go("#/stock?tab=all");
  for (const no of ["0501", "0502"]) await $(`pick-${no}`).click();
  await sheet();
  await $("lot-sheet").waitFor();
  const [xlsx] = await Promise.all([
    p.waitForEvent("download"),
    $("lot-sheet-xlsx").click(),
  ]);
  const path = join(out, "lot.xlsx");
  await xlsx.saveAs(path);
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(path);
  const cells = [];
  book.eachSheet((s) =>
    s.eachRow((r) => r.eachCell((c) => cells.push(String(c.text)))),
  );
  for (const wanted of ["0501", "0502", "95新"])
    assert.ok(
      cells.some((c) => c.includes(wanted)),
      `${wanted} is in the sheet`,
    );
  await $("lot-sheet").waitFor({ state: "detached" });
  await sheet();
  const [pdf] = await Promise.all([
    p.waitForEvent("download", { timeout: 30_000 }),
    $("lot-sheet-pdf").click(),
  ]);
  const made = join(out, "lot.pdf");
  await pdf.saveAs(made);
  assert.equal(readFileSync(made).subarray(0, 5).toString(), "%PDF-");
  noProblems();
});

test("another's report is kept beside ours with its file, which opens again", async () => {
  await go("#/stock?tab=all");
  await go(`#/stock/${units[0]}`);
  await $("third-add").click();
  await $("third-save").click();
  await $("unit-third").getByText("写明是谁出的报告").waitFor();
  await $("third-issuer").fill("转转");
  await $("third-number").fill("ZZ-2026-0042");
  await $("third-date").fill("2026-02-30");
  await $("third-save").click();
  await $("unit-third").getByText("没有这一天").waitFor();
  await $("third-date").fill("2026-11-20");
  await $("third-file").setInputFiles({
    name: "检测报告.pdf",
    mimeType: "application/pdf",
    buffer: PDF,
  });
  await $("unit-third").getByText("检测报告.pdf").waitFor();
  await $("third-save").click();
  await $("third-row").getByText("ZZ-2026-0042").waitFor();
  const { inspection } = await api("units.get", { id: units[0] });
  assert.equal(inspection.third_party[0].file.bytes, PDF.length);
  const opened = p.context().waitForEvent("page");
  await $("third-show").click();
  await (await opened).close();
  const back = await api("third_party.file", {
    id: inspection.third_party[0].id,
  });
  const got = await fetch(`${app.origin}/files/${back.id}`, {
    headers: { authorization: `Bearer ${app.token}` },
  });
  assert.deepEqual(
    Buffer.from(await got.arrayBuffer()),
    PDF,
    "the file is byte for byte what came",
  );
  noProblems();
});

test("a file that is too large, empty or of another kind is refused under its field, which says what to do", async () => {
  await $("third-add").click();
  await $("third-issuer").fill("拍机堂");
  const bad = $("third-bad-file");
  await $("third-file").setInputFiles(bigFile("大.pdf", 21));
  await bad.getByText("最多 20 MB").waitFor();
  await $("third-save").click();
  assert.equal(
    (await api("units.get", { id: units[0] })).inspection.third_party.length,
    1,
    "nothing is kept without the file that was meant",
  );
  await $("third-file").setInputFiles({
    name: "空.pdf",
    mimeType: "application/pdf",
    buffer: Buffer.alloc(0),
  });
  await bad.getByText("是空的").waitFor();
  await $("third-file").setInputFiles({
    name: "程序.exe",
    mimeType: "application/octet-stream",
    buffer: Buffer.from("MZ"),
  });
  await bad.getByText("收不了").waitFor();
  await $("third-file").setInputFiles({
    name: "好.pdf",
    mimeType: "application/pdf",
    buffer: PDF,
  });
  await bad.waitFor({ state: "detached" });
  await $("third-save").click();
  await $("third-row").nth(1).waitFor();
  noProblems();
});

test("half a photograph is refused at the evidence it was meant for, with the reason and what to do", async () => {
  const whole = readFileSync(photos(1)[0]);
  await go(`#/stock/inspect/${units[2]}`);
  await p
    .locator(
      `[data-testid="inspect"][data-unit="${units[2]}"] [data-testid="item-open"]`,
    )
    .waitFor();
  const before = (await api("units.get", { id: units[2] })).photos.length;
  const chosen = p.waitForEvent("filechooser");
  await $("evidence-add").click();
  await (
    await chosen
  ).setFiles([
    {
      name: "半张.jpg",
      mimeType: "image/jpeg",
      buffer: whole.subarray(0, Math.floor(whole.length / 2)),
    },
    { name: "IMG_9.jpg", mimeType: "image/jpeg", buffer: picture() },
  ]);
  await $("evidence-refused").getByText("半张.jpg").waitFor();
  await $("evidence-refused").getByText("照片只有前半截").waitFor();
  await until(
    "the whole one is there",
    () => api("units.get", { id: units[2] }),
    (u) => u.photos.length === before + 1,
  );
  await $("evidence-refused").getByRole("button").click();
  await $("evidence-refused").waitFor({ state: "detached" });
  noProblems();
});

test("a flaw is ringed on its photograph by keyboard alone", async () => {
  await p.keyboard.press("Escape").catch(() => {});
  await go(`#/stock/inspect/${units[2]}`);
  await p.locator('[data-testid="item-open"]').waitFor();
  await p.keyboard.press("F5");
  const at = p.locator('[data-testid="item-open"]');
  for (
    let i = 0;
    i < 8 && (await at.getAttribute("data-item")) !== "frame";
    i += 1
  )
    await p.keyboard.press("ArrowDown");
  await p.keyboard.press("3");
  await $("item-mark").waitFor();
  await p.keyboard.press("b");
  await $("photo-editor").waitFor();
  await p.locator('[data-testid="editor-save"]:enabled').waitFor();
  await p.keyboard.press("n");
  await p.locator('[data-testid="editor-reset"]:enabled').waitFor();
  await p.keyboard.press("Control+Enter");
  await $("photo-editor").waitFor({ state: "detached" });
  const edited = await until(
    "one photograph is edited",
    () => api("units.get", { id: units[2] }),
    (u) => u.photos.some((x) => x.edited),
  );
  const { edits } = await api("photos.edits", {
    id: edited.photos.find((x) => x.edited).id,
  });
  assert.equal(edits.filter((e) => e.kind === "circle").length, 1);
  await p.waitForFunction(
    () => document.activeElement?.closest('[data-testid="item-open"]') !== null,
  );
  noProblems();
});

test("in the report flaws have numbers, and a ring of its own is where the number stands", async () => {
  const unit = units[2];
  // The desk is left first: it must not look for a draft that ends here.
  await go("#/stock?tab=all");
  await $("stock-table").waitFor();
  const ringed = (await api("units.get", { id: unit })).photos.find(
    (x) => x.edited,
  );
  const draft = await answerAll(app, unit, [
    { item_id: "frame", value: "light", note: "右下角" },
  ]);
  await api("inspections.photo", {
    inspection_id: draft,
    item_id: "frame",
    photo_id: ringed.id,
    tied: true,
  });
  await api("inspections.finish", {
    inspection_id: draft,
    worked_ms: 60_000,
    without_photos: true,
    take_codes: true,
  });
  await go(`#/stock/${unit}`);
  await $("unit-drawer").getByText("0503").first().waitFor();
  await $("report-1").click();
  await $("flaw-cards").getByText("边框").waitFor();
  const pin = $("flaw-cards").locator(".pin.at");
  await pin.waitFor();
  assert.equal(await pin.textContent(), "1");
  assert.match(await pin.getAttribute("style"), /left:\s*50%/);
  noProblems();
});
