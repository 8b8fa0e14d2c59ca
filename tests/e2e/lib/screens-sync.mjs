// Several laptops: the sample stall stays on its own, so these pictures are answered as a stall of three would be.
const id = (x) => `[data-testid="${x}"]`;

const status = (now, more) => ({
  state: "on", line: "idle", hub: "https://127.0.0.1:4911", name: "周敏的电脑", role: "owner", last: now - 40_000, waiting: 0,
  files: 0, offset_ms: 0, problem: null, paused: false, small_only: false, sample: false, away: false, second: null,
  ledger: { state: "same", laptops: 2, at: now - 600_000 },
  host: { on: true, open: true, port: 4911, addresses: ["https://192.168.1.23:4911"], problem: null },
  ...more,
});
const laptop = (n, name, role, since, more) => ({ replica: String(n).repeat(32), name, role, since, gone: null, here: false, ...more });

const shown = (more, then) => async ({ page, call }) => {
  const { now } = await call("app.info", {});
  const day = 86_400_000;
  const laptops = [
    laptop(1, "周敏的电脑", "owner", now - 90 * day, { here: true }),
    laptop(2, "阿杰的笔记本", "control", now - 80 * day),
    laptop(3, "打包台", "packer", now - 20 * day),
    laptop(4, "旧电脑", "owner", now - 90 * day, { gone: now - 5 * day }),
  ];
  const far = { state: "on", line: "offline", hub: "https://hub.example.com", waiting: 12, last: now - 3 * 3_600_000 };
  const said = status(now, typeof more === "function" ? more(far) : more);
  await page.route("**/api/sync.status", (route) => route.fulfill({ json: said }));
  await page.route("**/api/sync.laptops", (route) => route.fulfill({ json: { laptops, invites: [] } }));
  await page.route("**/api/sync.nearby", (route) =>
    route.fulfill({ json: { hubs: [{ name: "周敏的电脑", hub: `https://192.168.1.23:4911#${"ab".repeat(32)}`, ip: "192.168.1.23" }] } }));
  const hub = "https://192.168.1.31:4911";
  const link = `stallkeeper:${hub}/hub/${"7c".repeat(32)}`;
  await page.route("**/api/sync.address", (route) => route.fulfill({ json: { hub, link, qr } }));
  // Whose hub took over is reached from then on.
  await page.route("**/api/sync.lost", (route) => {
    Object.assign(said, { line: "new", hub, problem: null, away: false, second: null });
    return route.fulfill({ json: said });
  });
  await page.reload();
  await page.evaluate(() => { location.hash = "#/settings?at=sync"; });
  await page.waitForSelector(id("sync-pane"));
  await page.waitForTimeout(400);
  await then?.(page);
};
/** A drawn stand-in: what the program draws is tried in `browser/lost.test.mjs`. */
const qr = (() => {
  const corner = (x, y) => (x < 7 && y < 7) || (x > 25 && y < 7) || (x < 7 && y > 25);
  const ring = (x, y) => Math.max(Math.abs(3 - (x % 26)), Math.abs(3 - (y % 26))) !== 2;
  const dark = ([x, y]) => (corner(x, y) ? ring(x, y) : (x * 7 + y * 13 + x * y) % 5 < 2);
  const dots = Array.from({ length: 33 * 33 }, (_, n) => [n % 33, Math.floor(n / 33)]).filter(dark);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 41 41"><path d="${dots.map(([x, y]) => `M${x} ${y}h1v1h-1z`).join("")}"/></svg>`;
})();
const none = { on: false, open: false, port: 0, addresses: [], problem: null };
const offline = { code: "sync_offline", args: {}, detail: null };
const lost = async (page) => {
  await page.click(id("sync-lost-open"));
  await page.waitForSelector(id("sync-lost"));
};

export const syncScreens = [
  { name: "86-sync-hub", open: shown({}) },
  {
    name: "87-sync-join",
    open: shown({ state: "off", hub: "", name: "", last: null, host: none }, async (page) => {
      await page.click(id("sync-way-join"));
      await page.waitForSelector(id("sync-near"));
    }),
  },
  {
    name: "88-sync-offline",
    open: shown((far) => ({ ...far, host: none, problem: offline })),
  },
  { name: "89-sync-lost", open: shown((far) => ({ ...far, host: none, problem: offline }), lost) },
  {
    name: "89b-sync-lost-server",
    open: shown((far) => ({ ...far, host: none, problem: offline }), async (page) => {
      await lost(page);
      await page.click(id("sync-lost-server"));
      await page.fill(id("sync-lost-hub"), "https://hub.example.com");
    }),
  },
  {
    name: "89c-sync-lost-second",
    open: shown((far) => ({
      ...far, line: "idle", hub: "https://192.168.1.23:4911", host: none, away: true,
      second: { hub: far.hub, last: null, problem: null },
    }), lost),
  },
  {
    name: "89d-sync-lost-move",
    open: shown((far) => ({ ...far, host: none, problem: offline }), async (page) => {
      await lost(page);
      await page.click(id("sync-lost-move"));
      await page.fill(id("sync-lost-link"), "https://192.168.1.31:4911");
      await page.route("**/api/sync.move", (route) => route.fulfill({
        status: 404, json: { code: "sync_elsewhere", args: { hub: "https://192.168.1.31:4911" }, detail: null },
      }));
      await page.press(id("sync-lost-link"), "Enter");
      await page.waitForSelector(id("error-note"));
      // A browser reports the refusal, which is meant.
      page.problems = [];
    }),
  },
  {
    name: "90-sync-lost-bring",
    open: shown((far) => ({ ...far, host: none, problem: offline }), async (page) => {
      await lost(page);
      await page.keyboard.press("Enter");
      await page.waitForSelector(id("sync-where-link"));
    }),
  },
  {
    name: "90b-sync-where",
    open: shown({}, async (page) => {
      await page.click(id("sync-where"));
      await page.waitForSelector(id("sync-where-link"));
    }),
  },
];
