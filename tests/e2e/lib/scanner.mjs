// A barcode scanner: keys that come whether or not the page keeps up, each stamped when it was struck.
// Playwright's own keyboard waits for the page after each key, so that a busy page would slow the scanner down.

/** Seconds between two strokes. */
const GAP = 0.004;
const lines = new WeakMap();

const MARKS = {
  "-": ["Minus", 189],
  ":": ["Semicolon", 186],
  "/": ["Slash", 191],
  ".": ["Period", 190],
};

/** Key, code and modifiers of one character, as a US keyboard sends it. */
function stroke(char) {
  if (char === "\n")
    return {
      key: "Enter",
      code: "Enter",
      text: "\r",
      windowsVirtualKeyCode: 13,
    };
  const shifted = /[A-Z:]/.test(char);
  const [code, number] =
    MARKS[char] ??
    (/\d/.test(char)
      ? [`Digit${char}`, char.charCodeAt(0)]
      : /[A-Za-z]/.test(char)
        ? [`Key${char.toUpperCase()}`, char.toUpperCase().charCodeAt(0)]
        : []);
  if (!code)
    throw new Error(`the scanner of the tests has no key for "${char}"`);
  return {
    key: char,
    code,
    text: char,
    windowsVirtualKeyCode: number,
    modifiers: shifted ? 8 : 0,
  };
}

/** Scans `code`: one burst, ended by Enter. Resolves once the page has heard the last key. */
export async function scan(p, code) {
  let line = lines.get(p);
  if (!line) {
    line = { cdp: await p.context().newCDPSession(p), last: 0 };
    lines.set(p, line);
  }
  let at = Math.max(Date.now() / 1000 - (code.length + 1) * GAP, line.last);
  const sent = [];
  for (const char of `${code}\n`) {
    const key = stroke(char);
    at += GAP;
    sent.push(
      line.cdp.send("Input.dispatchKeyEvent", {
        type: "keyDown",
        ...key,
        timestamp: at,
      }),
    );
    const { text: _, ...up } = key;
    sent.push(
      line.cdp.send("Input.dispatchKeyEvent", {
        type: "keyUp",
        ...up,
        timestamp: at + GAP / 2,
      }),
    );
  }
  line.last = at;
  await Promise.all(sent);
}
