// Pictures of every screen from the sample stall: zh and en, light and dark, 1366x768.
// `node shots.mjs [name …]` makes only those named.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { browser, call, folder, out, page, scan, serve } from "./lib/app.mjs";
import { screens } from "./lib/screens.mjs";

const only = process.argv.slice(2);
const wanted = screens.filter((s) => only.length === 0 || only.includes(s.name));
mkdirSync(out, { recursive: true });

const data = folder();
const app = await serve(data.path, "--sample");
const chrome = await browser();
let failed = 0;
try {
  for (const lang of ["zh", "en"]) {
    for (const theme of ["light", "dark"]) {
      for (const screen of wanted) {
        // A context of its own: what one screen remembers must not change the next picture.
        const context = await chrome.newContext({ viewport: { width: 1366, height: 768 }, reducedMotion: "reduce" });
        const p = await page(context, app, { lang, theme });
        try {
          await screen.open({ page: p, app, call: (name, input) => call(app, name, input), scan: (code) => scan(p, code) });
          await p.evaluate(() => document.fonts.ready);
          await p.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => {});
          await p.waitForTimeout(150);
          await p.screenshot({ path: join(out, `${screen.name}-${lang}-${theme}.png`) });
          if (p.problems.length) throw new Error(p.problems.join("\n"));
        } catch (e) {
          failed += 1;
          console.error(`${screen.name} ${lang} ${theme}: ${e.message}`);
        }
        await context.close();
      }
    }
  }
} finally {
  await chrome.close();
  await app.kill();
  data.done();
}
console.log(`${wanted.length * 4 - failed} pictures in ${out}`);
process.exit(failed ? 1 : 0);
