// A passport's page opened from the disk, as a buyer opens it: it checks itself without a network and names what was altered.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { browser, call, folder, out, serve } from "../lib/app.mjs";

const data = folder();
const pages = join(data.path, "pages");
let app, chrome, context, passport;

const file = async (lang, copy = "public") => {
  const made = await call(app, "passports.file", {
    id: passport.id,
    form: "html",
    lang,
    copy,
  });
  const got = await fetch(`${app.origin}/files/${made.id}`, {
    headers: { authorization: `Bearer ${app.token}` },
  });
  return Buffer.from(await got.arrayBuffer());
};

/** Opens a page from the disk; gives its class, its words, and the parts it frames. */
async function opened(name, bytes, shot) {
  const path = join(pages, name);
  writeFileSync(path, bytes);
  const p = await context.newPage();
  const problems = [];
  p.on("pageerror", (e) => problems.push(String(e)));
  await p.goto(pathToFileURL(path).href);
  await p.waitForSelector("#verdict.ok, #verdict.bad");
  if (shot) await p.screenshot({ path: join(out, shot), fullPage: true });
  const verdict = await p.evaluate(() => ({
    state: document.getElementById("verdict").className,
    words: document.getElementById("verdict").textContent,
    framed: [...document.querySelectorAll(".altered")].map(
      (e) => e.dataset.part ?? e.querySelector("img")?.dataset.photo,
    ),
  }));
  await p.close();
  assert.deepEqual(problems, []);
  return verdict;
}

const swap = (bytes, from, to) =>
  Buffer.from(bytes.toString("utf8").replace(from, to), "utf8");

before(async () => {
  mkdirSync(pages, { recursive: true });
  app = await serve(data.path, "--sample");
  const units = await call(app, "units.list", { limit: 200 });
  for (const unit of units.rows) {
    const { passports } = await call(app, "passports.list", {
      unit_id: unit.id,
    });
    if (passports.length > 0 && unit.photos > 2) {
      passport = passports[0];
      break;
    }
  }
  assert.ok(passport, "the sample stall has passports");
  chrome = await browser();
  context = await chrome.newContext({
    viewport: { width: 1100, height: 900 },
    offline: true,
  });
});

after(async () => {
  await chrome?.close();
  await app?.kill();
  data.done();
});

test("a page from the disk checks itself without a network, in both languages and both copies", async () => {
  for (const [lang, copy, words] of [
    ["zh", "public", "验签通过"],
    ["en", "public", "Genuine"],
    ["zh", "buyer", "验签通过"],
  ]) {
    const v = await opened(
      `${lang}-${copy}.html`,
      await file(lang, copy),
      `passport-${lang}-${copy}.png`,
    );
    assert.equal(v.state, "ok", v.words);
    assert.ok(v.words.includes(words) && v.words.includes(passport.key));
  }
});

test("altered words and photographs are named and framed", async () => {
  const bytes = await file("zh");
  const text = bytes.toString("utf8");
  const grade = /<div class="gr"><b>([^<]*)</.exec(text)[1];
  const lied = await opened(
    "lied.html",
    swap(bytes, `<div class="gr"><b>${grade}`, '<div class="gr"><b>充新!'),
    "passport-altered.png",
  );
  assert.equal(lied.state, "bad");
  assert.deepEqual(lied.framed, ["grade"]);
  const photos = [
    ...text.matchAll(
      / data-photo="(\d+)" src="data:image\/jpeg;base64,([^"]*)"/g,
    ),
  ];
  const [first, second] = photos;
  const swapped = await opened(
    "swapped.html",
    swap(bytes, first[2], second[2]),
  );
  assert.equal(swapped.state, "bad");
  assert.ok(swapped.framed.includes(first[1]), JSON.stringify(swapped));
  const slot = /id="passport">([^<]*)</.exec(text)[1];
  const document = Buffer.from(slot, "base64").toString("utf8");
  const other = Buffer.from(
    document.replace(/"warranty_days":\d+/, '"warranty_days":999'),
    "utf8",
  ).toString("base64");
  const terms = await opened("terms.html", swap(bytes, slot, other));
  assert.equal(terms.state, "bad");
  assert.ok(terms.words.includes("售后条款"), terms.words);
  const cut = await opened("cut.html", swap(bytes, slot, slot.slice(0, 400)));
  assert.equal(cut.state, "bad");
});

test("without the browser's own Ed25519 the page's own does the same", async () => {
  const old = await chrome.newContext({ offline: true });
  await old.addInitScript(() => {
    crypto.subtle.importKey = () =>
      Promise.reject(new DOMException("no Ed25519", "NotSupportedError"));
  });
  const kept = context;
  context = old;
  try {
    const bytes = await file("en");
    assert.equal((await opened("old.html", bytes)).state, "ok");
    const text = bytes.toString("utf8");
    const slot = /id="passport">([^<]*)</.exec(text)[1];
    const document = Buffer.from(slot, "base64").toString("utf8");
    const other = Buffer.from(
      document.replace('"version":1', '"version":2'),
      "utf8",
    ).toString("base64");
    assert.equal(
      (await opened("forged.html", swap(bytes, slot, other))).state,
      "bad",
    );
  } finally {
    context = kept;
    await old.close();
  }
});
