// Pictures of every screen from the sample stall: zh and en, light and dark, 1366x768; the phone's at 390x844, dark.
// `node shots.mjs [name …]` makes only those named.
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { browser, call, folder, out, page, scan, serve } from "./lib/app.mjs";
import { FAKE_CAMERA, onPhone } from "./lib/phone.mjs";
import { screens } from "./lib/screens.mjs";

const only = process.argv.slice(2);
const wanted = screens.filter(
  (s) => only.length === 0 || only.includes(s.name),
);
mkdirSync(out, { recursive: true });

const data = folder();
const app = await serve(data.path, "--sample");
// What the phone's camera sees: a drawn phone from its side.
const seen = join(data.path, "seen.mjpeg");
copyFileSync(
  fileURLToPath(
    new URL("../../assets/sample/photos/mi14-rock-left.jpg", import.meta.url),
  ),
  seen,
);
const chrome = await browser(
  ...FAKE_CAMERA,
  `--use-file-for-fake-video-capture=${seen}`,
);
let failed = 0;
try {
  for (const lang of ["zh", "en"]) {
    for (const theme of ["light", "dark"]) {
      for (const screen of wanted) {
        // The phone's page is dark whatever the theme.
        if (screen.phone && theme === "light") continue;
        // A context of its own: what one screen remembers must not change the next picture.
        const desk = {
          viewport: { width: 1366, height: 768 },
          reducedMotion: "reduce",
        };
        const p = screen.phone
          ? await onPhone(chrome, { lang })
          : await page(await chrome.newContext(desk), app, { lang, theme });
        try {
          await screen.open({
            page: p,
            app,
            call: (name, input) => call(app, name, input),
            scan: (code) => scan(p, code),
          });
          await p.evaluate(() => document.fonts.ready);
          await p
            .waitForLoadState("networkidle", { timeout: 3000 })
            .catch(() => {});
          await p.waitForTimeout(150);
          await p.screenshot({
            path: join(out, `${screen.name}-${lang}-${theme}.png`),
          });
          if (p.problems.length) throw new Error(p.problems.join("\n"));
        } catch (e) {
          failed += 1;
          console.error(`${screen.name} ${lang} ${theme}: ${e.message}`);
        }
        // What a picture needed made goes again, so that the next shows the sample stall.
        await screen.close?.({ call: (name, input) => call(app, name, input) });
        await p.context().close();
      }
    }
  }
} finally {
  await chrome.close();
  await app.kill();
  data.done();
}
console.log(
  `${wanted.reduce((n, s) => n + (s.phone ? 2 : 4), 0) - failed} pictures in ${out}`,
);
process.exit(failed ? 1 : 0);
