// Labels from the first printer to the missing one, with a printer at the other end of a socket.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { browser, call, folder, out, page, serve } from "../lib/app.mjs";
import { picturesOfFailures } from "../lib/wait.mjs";

const data = folder();
const sent = [];
let app, chrome, context, p, printer;

const $ = (id) => p.locator(`[data-testid="${id}"]`);
const api = (name, input) => call(app, name, input);
const printed = () =>
  Buffer.concat(sent).toString("latin1").split("SIZE 40 mm,30 mm").length - 1;
/** Waits until the printer has got so many labels. */
const until = async (n) => {
  for (let i = 0; i < 100 && printed() < n; i += 1) await p.waitForTimeout(50);
  assert.equal(printed(), n, "labels at the printer");
};

before(async () => {
  printer = createServer((socket) => socket.on("data", (d) => sent.push(d)));
  await new Promise((done) => printer.listen(0, "127.0.0.1", done));
  app = await serve(data.path);
  for (let i = 0; i < 4; i += 1)
    await api("units.add", {
      model: `iPhone 1${i}`,
      storage: "128GB",
      grade: "A1",
    });
  chrome = await browser();
  context = await chrome.newContext({ viewport: { width: 1366, height: 768 } });
  p = await page(context, app);
});

picturesOfFailures(import.meta.url, () => ({ p }));

after(async () => {
  await chrome?.close();
  await app?.kill();
  printer?.close();
  data.done();
});

test("the settings show the label as it changes, add a printer and try it", async () => {
  await p.evaluate(() => (location.hash = "#/settings?at=labels"));
  const picture = $("settings-labels")
    .locator('[data-testid="label-picture"] img')
    .first();
  await picture.waitFor();
  const before = await picture.getAttribute("src");
  await $("label-show-price").check();
  await p.waitForFunction(
    (old) =>
      document.querySelector('#set-labels [data-testid="label-picture"] img')
        .src !== old,
    before,
  );
  await $("printer-add").click();
  await $("printer-name").fill("前台");
  await $("printer-host").fill("127.0.0.1");
  await $("printer-port").fill(String(printer.address().port));
  await p.keyboard.press("Enter");
  await $("printer-row").waitFor();
  await $("printer-test").click();
  await until(1);
  assert.deepEqual(
    await api("labels.missing"),
    { total: 4, changed: 0, used: false },
    "a test print labels no unit",
  );
});

test("L labels the unit the keyboard stands on, and the drawer and the dialog agree", async () => {
  await p.evaluate(() => (location.hash = "#/stock"));
  await p.locator('[data-testid="stock-table-row"]').first().click();
  await $("unit-drawer").waitFor();
  await p.keyboard.press("l");
  await $("label-dialog").waitFor();
  await $("label-dialog").locator("img").first().waitFor();
  await p.keyboard.press("Enter");
  await until(2);
  await p.waitForFunction(
    () =>
      document
        .querySelector('[data-testid="labels-missing"]')
        ?.textContent.trim() === "3",
  );
});

test("missing labels are printed at once, and a changed grade asks for a new one", async () => {
  await $("labels-missing").click();
  await $("label-dialog").waitFor();
  await $("label-next").click();
  await $("label-print").click();
  await until(5);
  await $("labels-missing").waitFor({ state: "detached" });
  const { rows } = await api("units.list", { limit: 10 });
  await api("units.edit", { ids: [rows[0].id], patch: { grade: "B2" } });
  await $("labels-missing").waitFor();
  assert.equal((await api("labels.missing")).changed, 1);
});

test("a document opens in a tab of its own, and the next one goes on where the sheet was left", async () => {
  await $("labels-missing").click();
  await $("label-to-pdf").click();
  await $("label-paper").selectOption("a4-3x7");
  await $("label-start").locator("input").nth(4).check();
  const shown = context.waitForEvent("response", (r) =>
    /\/files\/[0-9a-f-]+\?show$/.test(r.url()),
  );
  await $("label-print").click();
  assert.equal((await shown).headers()["content-type"], "application/pdf");
  await $("label-dialog").waitFor({ state: "detached" });
  await $("labels-missing").waitFor({ state: "detached" });
  // It came out badly: it does not count.
  await $("toast-action").click();
  await $("labels-missing").waitFor();
  await $("labels-missing").click();
  await $("label-start").waitFor();
  assert.equal(
    await $("label-start").locator("input:checked").getAttribute("value"),
    "5",
  );
  await p.keyboard.press("Escape");
});

test("a printer that is off says so by name", async () => {
  await new Promise((done) => {
    printer.close(done);
    printer = null;
  });
  await p.evaluate(() => (location.hash = "#/settings?at=labels"));
  await $("printer-test").click();
  await p.getByText("前台 在，但不收打印数据").waitFor();
  assert.deepEqual(p.problems, [], "the page reported errors");
});
