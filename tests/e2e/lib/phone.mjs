// A phone beside the laptop: its own browser context, paired by an invitation.
import { readFileSync } from "node:fs";
import { call } from "./app.mjs";
import { photos } from "./photos.mjs";

/** Chromium with a made-up camera that asks nobody. */
export const FAKE_CAMERA = [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

/** The link of a fresh invitation, at this machine's own address: a browser takes 127.0.0.1 for secure. */
export async function invite(app, name, role = "photographer") {
  await call(app, "lan.switch", { on: true });
  const { links } = await call(app, "lan.invite", { name, role });
  const link = new URL(links[0].http);
  link.hostname = "127.0.0.1";
  return link.href;
}

/** A page of a phone's size and kind; errors collected, but not those of a line that is cut on purpose. */
export async function onPhone(
  chrome,
  { lang = "zh", permissions = ["camera"] } = {},
) {
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
          const [words, bytes] = ["pictures", "bytes"].map((s) =>
            tx.objectStore(s).count(),
          );
          tx.oncomplete = () => {
            db.close();
            resolve(Math.max(words.result, bytes.result));
          };
        };
      }),
  );
}

/** How many answers the technician's phone still keeps: counted in its database, not on its screen. */
export function waitingAnswers(p) {
  return p.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const open = indexedDB.open("stallkeeper-phone-answers", 1);
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const db = open.result;
          const tx = db.transaction("answers");
          const all = tx.objectStore("answers").count();
          tx.oncomplete = () => {
            db.close();
            resolve(all.result);
          };
        };
      }),
  );
}

/** A few groups in the tray, sent as a phone sends them; once for a stall. */
export async function fillTray(app) {
  if ((await call(app, "tray.list")).groups_total > 0) return;
  const link = new URL(await invite(app, "小林"));
  const code =
    new URLSearchParams(link.hash.slice(1)).get("pair") ??
    link.searchParams.get("pair");
  const json = { "content-type": "application/json" };
  const paired = await fetch(`${link.origin}/lan/pair`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ code }),
  });
  const { token } = await paired.json();
  const wanted = [
    [
      "0512~a1b2c3d4",
      "ip15p-natural",
      ["front_on", "back", "left", "right", "bottom", "imei", "flaw", "flaw"],
    ],
    ["~b2c3d4e5", "k70-snow", ["front_on", "back", "left", "bottom", "imei"]],
    ["~c3d4e5f6", "mba-m2", ["front_on"]],
  ];
  const all = photos(1000);
  let n = 0;
  for (const [tray, design, shots] of wanted) {
    let flaws = 0;
    for (const shot of shots) {
      const view =
        shot === "flaw" ? `flaw${(flaws += 1)}` : shot.replace("_on", "");
      const path = all.find((f) => f.includes(`${design}-${view}.jpg`));
      n += 1;
      const id = `0192a3b4-0000-7000-8000-${String(n).padStart(12, "0")}`;
      const query = new URLSearchParams({
        tray,
        shot,
        name: `${view}.jpg`,
        taken: String(Date.now()),
      });
      const sent = await fetch(`${link.origin}/lan/photos/${id}?${query}`, {
        method: "PUT",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "image/jpeg",
        },
        body: readFileSync(path),
      });
      if (!sent.ok)
        throw new Error(`${view}: ${sent.status} ${await sent.text()}`);
    }
  }
}
