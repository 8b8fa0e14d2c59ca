// Several laptops of one stall, and a server for it.
import { execFileSync, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { call } from "./app.mjs";
import { free, listens } from "./ports.mjs";
import { until } from "./wait.mjs";

const program = join(
  dirname(process.env.STALL_APP),
  process.platform === "win32" ? "stall-hub.exe" : "stall-hub",
);

export const status = (app) => call(app, "sync.status");

/** Models of all units, one line. */
export const models = async (app) =>
  (await call(app, "units.list", {})).rows
    .map((r) => r.model)
    .sort()
    .join();

/** All of them hold these units. */
export async function agree(apps, wanted) {
  for (const app of apps)
    await until(wanted, async () => (await models(app)) === wanted);
}

/** Waits for a whole exchange. */
export const exchanged = (app) =>
  until("a first exchange", async () => (await status(app)).last !== null);

/** `app` becomes a laptop of the stall that goes by `hub`. */
export async function joins(hub, app, name, role) {
  const { link } = await call(hub, "sync.invite", { name, role });
  const [, base, pin, code] =
    /^stallkeeper:(\S+)\/join\/(?:([0-9a-f]{64})\/)?(\S+)$/.exec(link);
  await call(app, "sync.join", {
    hub: pin ? `${base}#${pin}` : base,
    code,
    name,
  });
  await exchanged(app);
}

/** Opens the settings of sync. */
export async function settings(p) {
  await p.evaluate(() => {
    location.hash = "#/settings?at=sync";
  });
  await p.locator('[data-testid="sync-pane"]').waitFor();
}

/** A hub as a server runs it, with all it keeps at `path`. `found`: a code to found a stall with. */
export async function server(path) {
  const port = await free();
  const listen = `127.0.0.1:${port}`;
  const child = spawn(program, ["serve", "--listen", listen, "--data", path], {
    stdio: "ignore",
  });
  await until("the server listens", () => listens(port));
  const made = (name) => {
    const args = ["stall", "create", name, "--data", path];
    const said = execFileSync(program, args, { encoding: "utf8" });
    return /\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b/.exec(said)[0];
  };
  return {
    url: `http://${listen}`,
    port,
    found: made,
    kill: () => child.kill("SIGKILL"),
  };
}
