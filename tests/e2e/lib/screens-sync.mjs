// Several laptops: the sample stall stays on its own, so these pictures are answered as a stall of three would be.
const id = (x) => `[data-testid="${x}"]`;

const status = (now, more) => ({
  state: "on", line: "idle", hub: "https://127.0.0.1:4911", name: "周敏的电脑", role: "owner", last: now - 40_000, waiting: 0,
  files: 0, offset_ms: 0, problem: null, paused: false, small_only: false, sample: false, away: false, second: null,
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
  await page.reload();
  await page.evaluate(() => { location.hash = "#/settings?at=sync"; });
  await page.waitForSelector(id("sync-pane"));
  await page.waitForTimeout(400);
  await then?.(page);
};
const none = { on: false, open: false, port: 0, addresses: [], problem: null };

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
    open: shown((far) => ({ ...far, host: none, problem: { code: "sync_offline", args: {}, detail: null } })),
  },
];
