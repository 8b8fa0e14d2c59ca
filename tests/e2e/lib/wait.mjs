// Waiting for what comes by itself, and what is left of a test that failed.
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { afterEach } from "node:test";
import { out } from "./app.mjs";

/** Waits, a minute at most, until `look` finds it. */
export async function until(what, look) {
  for (let i = 0; i < 1200; i += 1) {
    if (await look()) return;
    await new Promise((r) => setTimeout(r, 50));
  }
  assert.fail(`it never came to this: ${what}`);
}

/** Takes a picture of every page after a test that failed. `pages`: name to page, asked then; `file`: of the test. */
export function picturesOfFailures(file, pages) {
  const of = basename(file, ".test.mjs");
  afterEach(async (t) => {
    if (t.passed !== false) return;
    const name = t.name.slice(0, 40).replaceAll(/[^\p{L}\d]+/gu, "-");
    for (const [who, p] of Object.entries(pages())) {
      const path = join(out, `failed-${of}-${name}-${who}.png`);
      await p?.screenshot({ path }).catch(() => {});
    }
  });
}
