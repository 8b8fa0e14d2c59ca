// The program under test: served on a fresh folder, its address read from standard output.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

export const out = process.env.STALL_OUT ?? join(tmpdir(), "stallkeeper-e2e");
mkdirSync(out, { recursive: true });

const program = process.env.STALL_APP;
if (!program)
  throw new Error(
    "STALL_APP must name the built program: run `cargo xtask test`",
  );

/** A folder of its own, removed by `done`. */
export function folder() {
  const path = mkdtempSync(join(tmpdir(), "stall-e2e-"));
  return { path, done: () => rmSync(path, { recursive: true, force: true }) };
}

/** Serves `data`; resolves once the address is printed. `kill` is SIGKILL, as a power cut would be. */
export async function serve(data, ...extra) {
  const child = spawn(
    program,
    ["serve", "--no-open", "--port", "0", "--data", data, ...extra],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const address = await new Promise((resolve, reject) => {
    child.once("exit", (code) =>
      reject(new Error(`the program ended with ${code} before serving`)),
    );
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = /http:\/\/\S+\/\?token=\S+/.exec(line);
      if (found) resolve(found[0]);
    });
  });
  const url = new URL(address);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return {
    address,
    origin: url.origin,
    token: url.searchParams.get("token"),
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Calls a command straight through the HTTP door. */
export async function call(app, name, input = {}) {
  const res = await fetch(`${app.origin}/api/${name}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${app.token}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(input),
  });
  const body = await res.json();
  if (!res.ok)
    throw Object.assign(new Error(`${name}: ${JSON.stringify(body)}`), {
      app: body,
      status: res.status,
    });
  return body;
}

/** Debian's Chromium, headless. */
export function browser(...more) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--no-first-run",
      ...more,
    ],
  });
}

/** A page of the console in the given language and theme, errors of the page collected. */
export async function page(
  context,
  app,
  { lang = "zh", theme = "light" } = {},
) {
  const p = await context.newPage();
  p.setDefaultTimeout(10_000);
  p.problems = [];
  p.on("pageerror", (e) => p.problems.push(String(e)));
  p.on("console", (m) => m.type() === "error" && p.problems.push(m.text()));
  await p.addInitScript(
    ([l, t]) => {
      localStorage.setItem("stall.lang", l);
      localStorage.setItem("stall.theme", t);
    },
    [lang, theme],
  );
  await p.goto(app.address);
  return p;
}

export { scan } from "./scanner.mjs";
