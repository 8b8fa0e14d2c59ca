// Units ready to be inspected, and the desk driven by keys that are counted.
import { call } from "./app.mjs";
import { invite } from "./phone.mjs";

// A grey JPEG of 48 x 64: decoded in no time. Bytes behind its end make each another picture.
const TINY = Buffer.from(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxO" +
    "UlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09P" +
    "T09PT09PT0//wAARCABAADADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUF" +
    "BAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW" +
    "V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi" +
    "4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAEC" +
    "AxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVm" +
    "Z2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq" +
    "8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDp6KKKzLCiiigAooooAKKKKACiiigAooooAKKKKACiiigAooooAKKKKACiiigAooooA//Z",
  "base64",
);
let made = 0;
export const picture = () =>
  Buffer.concat([TINY, Buffer.from(`picture ${(made += 1)}`)]);

/** The views a clean phone needs: every side, the page of its numbers, its battery. */
export const VIEWS = [
  "front_on",
  "front_off",
  "back",
  "left",
  "right",
  "top",
  "bottom",
  "imei",
  "battery",
];

/** A paired phone's door, to send photographs as a phone does. */
export async function phoneDoor(app, role = "photographer") {
  const link = new URL(await invite(app, "测试", role));
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
  return { origin: link.origin, token };
}

let sent = 0;
/** Sends one photograph of a unit. */
export async function send(door, unit, shot, bytes = picture()) {
  const id = `0192a3b4-0000-7000-8000-${String((sent += 1)).padStart(12, "0")}`;
  const query = new URLSearchParams({
    unit,
    shot,
    name: `${shot || "photo"}.jpg`,
    taken: String(Date.now()),
  });
  const res = await fetch(`${door.origin}/lan/photos/${id}?${query}`, {
    method: "PUT",
    headers: {
      authorization: `Bearer ${door.token}`,
      "content-type": "image/jpeg",
    },
    body: bytes,
  });
  if (!res.ok) throw new Error(`photo: ${res.status} ${await res.text()}`);
  return id;
}

/** Counts what a person presses, and waits until the desk has answered. */
export function keyboard(p) {
  let count = 0;
  const state = () =>
    p.evaluate(() => {
      const d = document.querySelector('[data-testid="inspect"]')?.dataset;
      return d ? [d.unit, d.current, d.done].join(" ") : "";
    });
  return {
    get count() {
      return count;
    },
    zero() {
      count = 0;
    },
    /** A key that does something: goes on once it has. */
    async press(key) {
      const before = await state();
      count += 1;
      await p.keyboard.press(key);
      await p.waitForFunction(
        (was) => {
          const d = document.querySelector('[data-testid="inspect"]')?.dataset;
          // The desk gives way to the list when nothing waits any more.
          return (d ? [d.unit, d.current, d.done].join(" ") : "") !== was;
        },
        before,
        { polling: 10 },
      );
    },
    /** Typed into the field that is open. */
    async type(text) {
      for (const key of text) {
        count += 1;
        await p.keyboard.press(key);
      }
    },
  };
}

/** Every item of a phone answered as in order, by the door; `more` over it. */
export async function answerAll(app, unit, more = []) {
  const draft = await call(app, "inspections.open", { unit_id: unit });
  const has = new Set(
    draft.answers.filter((a) => a.value !== null).map((a) => a.item_id),
  );
  const answers = draft.checklist.groups
    .flatMap((g) => g.items)
    .filter(
      (i) =>
        i.required &&
        i.kind !== "photo_set" &&
        !has.has(i.id) &&
        !draft.not_applicable.includes(i.id),
    )
    .map((i) => ({
      item_id: i.id,
      value:
        i.kind === "number"
          ? 93
          : i.kind === "enum"
            ? (i.normal ?? i.values[0].value)
            : i.kind === "serial"
              ? "F2LXK0ABCD12"
              : "A3104",
    }));
  await call(app, "inspections.answer", {
    inspection_id: draft.id,
    answers: [...answers, ...more],
  });
  return draft.id;
}
