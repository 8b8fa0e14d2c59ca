// The shorter path in the real window: Tauri's web view driven through WebDriver.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openSync, writeFileSync } from "node:fs";
import { Builder, By, Capabilities, Key, until } from "selenium-webdriver";
import { folder, out } from "../lib/app.mjs";
import { imei } from "../lib/files.mjs";
import { photos } from "../lib/photos.mjs";

const data = folder();
const home = folder();
const log = openSync(join(out, "window.log"), "w");
const code = imei("35332811098765");
let driverProcess, driver;

const free = () =>
  new Promise((resolve) => {
    const s = createServer().listen(0, "127.0.0.1", () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });
const $ = (id) => By.css(`[data-testid="${id}"]`);
const see = (id) =>
  driver.wait(until.elementLocated($(id)), 20_000, `waiting for ${id}`);
const type = async (id, text) => {
  const el = await see(id);
  await el.clear();
  await el.sendKeys(text);
};
/** A scanner's burst: WebDriver types as fast as it can, which is what a scanner does. */
const scan = (text) =>
  driver.actions({ async: true }).sendKeys(text, Key.ENTER).perform();

before(async () => {
  const [port, native] = [await free(), await free()];
  driverProcess = spawn(
    process.env.TAURI_DRIVER,
    ["--port", String(port), "--native-port", String(native)],
    {
      // The web view keeps a profile in the data folder of the user: one of the test's own.
      env: { ...process.env, XDG_DATA_HOME: home.path, RUST_BACKTRACE: "0" },
      // A process left behind would hold our pipes open, and the run would never end: its words go to a file, and it ends with its group.
      detached: true,
      stdio: ["ignore", log, log],
    },
  );
  const caps = new Capabilities();
  caps.set("browserName", "wry");
  caps.set("tauri:options", {
    application: process.env.STALL_APP,
    args: ["--data", data.path],
  });
  // The driver refuses connections while WebKitWebDriver starts.
  for (let tries = 0; ; tries += 1) {
    try {
      driver = await new Builder()
        .usingServer(`http://127.0.0.1:${port}/`)
        .withCapabilities(caps)
        .build();
      break;
    } catch (e) {
      if (tries >= 40) throw e;
      await new Promise((r) => setTimeout(r, 250));
    }
  }
});

after(async () => {
  if (driver)
    writeFileSync(
      join(out, "window.png"),
      await driver.takeScreenshot(),
      "base64",
    );
  await driver?.quit().catch(() => {});
  try {
    process.kill(-driverProcess.pid, "SIGKILL");
  } catch {
    // It has gone by itself.
  }
  data.done();
  home.done();
});

test("the window opens on an empty stall in this language", async () => {
  await see("first-run");
  assert.equal(
    await driver.executeScript("return Boolean(window.__TAURI_INTERNALS__)"),
    true,
  );
});

test("a unit is taken in by hand, its number checked as it is typed", async () => {
  await (await see("first-add")).click();
  await type("field-imei", code);
  await type("field-brand", "Apple");
  await type("field-model", "iPhone 13");
  await type("field-price_list", "2299");
  await (await see("save-unit")).click();
  await driver.wait(
    until.elementLocated(
      By.xpath(
        "//*[contains(@data-testid,'stock-table-row')]//*[contains(text(),'iPhone 13')]",
      ),
    ),
    20_000,
  );
});

test("a scanned number opens the unit, and a photograph handed in shows through the window's own scheme", async () => {
  await scan(code);
  await see("unit-drawer");
  // A native dialogue cannot be driven: the same bytes are dropped on the drawer, and cross by the window's raw door.
  const { readFileSync } = await import("node:fs");
  const b64 = readFileSync(photos(1)[0]).toString("base64");
  await driver.executeScript(
    `const raw = Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0));
     const dt = new DataTransfer();
     dt.items.add(new File([raw], "背面.jpg", { type: "image/jpeg" }));
     const on = document.querySelector('[data-testid="photo-drop"]');
     for (const type of ["dragenter", "dragover", "drop"]) {
       const e = new Event(type, { bubbles: true, cancelable: true });
       Object.defineProperty(e, "dataTransfer", { value: dt });
       on.dispatchEvent(e);
     }`,
    b64,
  );
  const img = await driver.wait(
    until.elementLocated(By.css('[data-testid="photo-hero"] img')),
    20_000,
  );
  await driver.wait(
    async () =>
      (await driver.executeScript("return arguments[0].naturalWidth", img)) > 0,
    20_000,
    "the picture is drawn",
  );
});

test("undo takes the last action back in the window too", async () => {
  await driver
    .actions({ async: true })
    .keyDown(Key.CONTROL)
    .sendKeys("z")
    .keyUp(Key.CONTROL)
    .perform();
  await driver.wait(
    async () =>
      (await driver.findElements(By.css('[data-testid="photo-hero"] img')))
        .length === 0,
    20_000,
  );
});

test("every screen of the rail opens", async () => {
  for (const area of [
    "today",
    "stock",
    "shows",
    "orders",
    "bench",
    "settings",
  ]) {
    await (await see(`rail-${area}`)).click();
    await driver.wait(
      async () =>
        (await driver.executeScript("return location.hash")).startsWith(
          `#/${area}`,
        ),
      10_000,
    );
    assert.equal(
      (await driver.findElements($("error-note"))).length,
      0,
      `${area} shows no error`,
    );
  }
});
