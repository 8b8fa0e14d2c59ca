// A phone beside the laptop: its own browser context, paired by an invitation.
import { call } from "./app.mjs";

/** The link of a fresh invitation, at this machine's own address: a browser takes 127.0.0.1 for secure. */
export async function invite(app, name) {
  await call(app, "lan.switch", { on: true });
  const { links } = await call(app, "lan.invite", { name, role: "photographer" });
  const link = new URL(links[0].http);
  link.hostname = "127.0.0.1";
  return link.href;
}

/** A page of a phone's size and kind; errors collected, but not those of a line that is cut on purpose. */
export async function onPhone(chrome, { lang = "zh", permissions = ["camera"] } = {}) {
  const context = await chrome.newContext({
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
    reducedMotion: "reduce",
    locale: lang === "zh" ? "zh-CN" : "en-GB",
    permissions,
  });
  const p = await context.newPage();
  p.setDefaultTimeout(10_000);
  p.problems = [];
  p.on("pageerror", (e) => p.problems.push(String(e)));
  return p;
}

/** How many pictures the phone still keeps: counted in its database, not on its screen. */
export function waiting(p) {
  return p.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const open = indexedDB.open("stallkeeper-phone", 1);
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const db = open.result;
          const tx = db.transaction(["pictures", "bytes"]);
          const [words, bytes] = ["pictures", "bytes"].map((s) => tx.objectStore(s).count());
          tx.oncomplete = () => {
            db.close();
            resolve(Math.max(words.result, bytes.result));
          };
        };
      }),
  );
}
