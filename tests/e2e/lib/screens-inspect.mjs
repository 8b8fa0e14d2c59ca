// Pictures of inspection and passports: the desk, reports, the comparison, the checklists, the technician's phone.
import { bigFile } from "./files.mjs";
import { answerAll } from "./inspect.mjs";
import { invite } from "./phone.mjs";

const id = (x) => `[data-testid="${x}"]`;
const go = (page, hash) =>
  page.evaluate((h) => {
    location.hash = h;
  }, hash);

/** A unit in stock with many photographs; the same one for every picture. */
async function unitOf(call, place = 0) {
  const { rows } = await call("units.list", {
    limit: 100,
    status: ["in_stock"],
    category: ["phone"],
  });
  const good = rows.filter((u) => u.photos > 4);
  return (good[place] ?? rows[place] ?? rows[0]).id;
}
/** A unit that has a report, made if there is none. */
async function reported(app, call, place, more = []) {
  const unit = await unitOf(call, place);
  const { reports } = await call("inspections.reports", { unit_id: unit });
  if (reports.length > 0) return unit;
  const draft = await answerAll(app, unit, more);
  await call("inspections.finish", {
    inspection_id: draft,
    worked_ms: 312_000,
    without_photos: true,
    take_codes: true,
  }).catch(() => {});
  return unit;
}
const desk = async ({ page, call }, place, group) => {
  await go(page, `#/stock/inspect/${await unitOf(call, place)}`);
  await page.waitForSelector(id("item-open"));
  if (group) await page.keyboard.press(group);
  await page.waitForTimeout(400);
};

let phone = null;
async function techHome(page, app) {
  if (phone) {
    await page.context().addCookies(phone.cookies);
    await page.addInitScript(
      (kept) =>
        kept.forEach(({ name, value }) => localStorage.setItem(name, value)),
      phone.kept,
    );
  }
  await page.goto(phone?.url ?? (await invite(app, "李师傅", "technician")));
  await page.waitForSelector(id("tech-home"));
  const { cookies, origins } = await page.context().storageState();
  phone ??= {
    url: page.url(),
    cookies,
    kept: origins[0].localStorage.filter((x) => /token|who|role/.test(x.name)),
  };
  await page.waitForTimeout(500);
}

export const inspectScreens = [
  {
    name: "50-inspect-queue",
    open: async ({ page }) => {
      await go(page, "#/stock/inspect");
      await page.waitForSelector(id("inspect-queue"));
      await page.waitForTimeout(400);
    },
  },
  { name: "51-inspect", open: (x) => desk(x, 3) },
  {
    name: "52-inspect-look",
    open: async (x) => {
      const { app, page, call } = x;
      await answerAll(app, await unitOf(call, 4), [
        { item_id: "back", value: "hairline", note: "约 9 mm，手摸不到" },
        { item_id: "battery_health", value: 89 },
        { item_id: "engraving", value: null },
        { item_id: "polish", value: null },
      ]);
      await desk(x, 4, "F5");
      await page.click(id("item-frame"));
      await page.waitForTimeout(200);
      await page.keyboard.press("3");
      await page.waitForTimeout(200);
      await page.keyboard.press("n");
      await page.keyboard.type("右下角，约 2 mm");
      await page.waitForTimeout(300);
    },
  },
  {
    name: "53-inspect-blocked",
    open: async (x) => {
      const { app, call } = x;
      await answerAll(app, await unitOf(call, 5), [
        { item_id: "account_lock", value: "locked" },
      ]);
      await desk(x, 5, "F2");
    },
  },
  {
    name: "54-inspection-drawer",
    open: async ({ page, app, call }) => {
      const unit = await reported(app, call, 0, [
        { item_id: "frame", value: "light", note: "右下角" },
        { item_id: "battery_origin", value: "third" },
      ]);
      await go(page, `#/stock/${unit}`);
      await page.waitForSelector(id("unit-inspection"));
      await page.locator(id("unit-third")).scrollIntoViewIfNeeded();
      await page.waitForTimeout(500);
    },
  },
  {
    name: "55-report",
    open: async ({ page, app, call }) => {
      await go(page, `#/stock/${await reported(app, call, 0)}`);
      await page.locator('[data-testid^="report-"]').first().click();
      await page.waitForSelector(id("report"));
      await page.waitForTimeout(400);
    },
  },
  {
    name: "56-compare",
    open: async ({ page, app, call }) => {
      const [a, b] = [
        await reported(app, call, 0),
        await reported(app, call, 1, [
          { item_id: "screen_glass", value: "hairline" },
        ]),
      ];
      const of = async (unit_id) =>
        (await call("inspections.reports", { unit_id })).reports[0].id;
      await go(page, `#/stock/compare/${await of(a)}/${await of(b)}`);
      await page.waitForSelector(id("compare"));
      await page.waitForTimeout(400);
    },
  },
  {
    name: "57-checklists",
    open: async ({ page }) => {
      await go(page, "#/settings?at=checklists");
      await page.waitForSelector(id("checklist-group-appearance"));
      await page.click(id("checklist-group-appearance"));
      await page.waitForTimeout(300);
    },
  },
  {
    name: "58-passport",
    open: async ({ page, app, call }) => {
      const unit = await reported(app, call, 0);
      if (
        (await call("passports.list", { unit_id: unit })).passports.length === 0
      )
        await call("passports.issue", { unit_id: unit });
      await go(page, `#/stock/${unit}`);
      await page.locator(id("passport-open")).click();
      await page.waitForSelector(`${id("passport-picture")} img`, {
        timeout: 30_000,
      });
      await page.waitForTimeout(400);
    },
  },
  {
    name: "59-verify",
    open: async ({ page, app, call }) => {
      const unit = await reported(app, call, 0);
      const { passports } = await call("passports.list", { unit_id: unit });
      const made = await call("passports.file", {
        id: passports[0].id,
        form: "html",
        lang: "zh",
        copy: "public",
      });
      const got = await fetch(`${app.origin}/files/${made.id}`, {
        headers: { authorization: `Bearer ${app.token}` },
      });
      const text = await got.text();
      await go(page, "#/stock/verify");
      await page.setInputFiles(id("verify-file"), {
        name: "报告.html",
        mimeType: "text/html",
        buffer: Buffer.from(
          text.replace(/<div class="gr"><b>[^<]*/, '<div class="gr"><b>充新'),
        ),
      });
      await page.waitForSelector(id("verdict"));
    },
  },
  {
    name: "60-passport-settings",
    open: async ({ page }) => {
      await go(page, "#/settings?at=passport");
      await page.waitForSelector(id("passport-pane"));
      await page.waitForTimeout(500);
    },
  },
  {
    name: "61-inspect-time",
    open: async ({ page }) => {
      await go(page, "#/settings");
      await page.locator(id("inspect-stats")).scrollIntoViewIfNeeded();
      await page.waitForTimeout(400);
    },
  },
  {
    name: "62-inspect-finish",
    open: async (x) => {
      const { app, page, call } = x;
      await answerAll(app, await unitOf(call, 6), [
        { item_id: "back", value: "obvious", note: "摄像头下方" },
      ]);
      await desk(x, 6);
      await page.keyboard.press("Control+Enter");
      await page.waitForSelector(id("inspect-ask"));
      await page.waitForTimeout(300);
    },
  },
  {
    name: "63-inspect-raise",
    open: async (x) => {
      const { app, page, call } = x;
      await answerAll(app, await unitOf(call, 4), [
        { item_id: "back", value: "hairline" },
        { item_id: "battery_health", value: 89 },
      ]);
      await desk(x, 4);
      await page.keyboard.press("Alt+=");
      await page.waitForSelector(id("raise"));
      await page.keyboard.press("Control+Enter");
      await page.waitForTimeout(300);
    },
  },
  {
    name: "64-lot-sheet",
    open: async ({ page, app, call }) => {
      for (const place of [0, 1]) await reported(app, call, place);
      await go(page, "#/stock");
      for (const place of [0, 1])
        await page.locator('[data-testid^="pick-"]').nth(place).click();
      await page.waitForSelector(id("bulk-bar"));
      if (!(await page.isVisible(id("bulk-sheet"))))
        await page.click(id("bulk-more"));
      await page.click(id("bulk-sheet"));
      await page.waitForSelector(id("lot-sheet"));
      await page.waitForTimeout(300);
    },
  },
  {
    name: "68-third-party",
    open: async ({ page, app, call }) => {
      await go(page, `#/stock/${await reported(app, call, 0)}`);
      await page.click(id("third-add"));
      await page.setInputFiles(
        id("third-file"),
        bigFile("检测报告-扫描件.pdf", 21),
      );
      await page.waitForSelector(id("third-bad-file"));
      await page.locator(id("third-save")).scrollIntoViewIfNeeded();
      await page.waitForTimeout(300);
    },
  },
  {
    name: "65-tech-home",
    phone: true,
    open: ({ page, app }) => techHome(page, app),
  },
  {
    name: "66-tech-check",
    phone: true,
    open: async ({ page, app }) => {
      await techHome(page, app);
      await page.tap(id("tech-start"));
      await page.waitForSelector(id("check-list"));
      await page.tap(id("check-group-appearance"));
      await page.waitForTimeout(400);
    },
  },
  {
    name: "67-tech-offline",
    phone: true,
    open: async ({ page, app }) => {
      await techHome(page, app);
      await page.tap(id("tech-start"));
      await page.waitForSelector(id("check-list"));
      await page.route("**/api/**", (route) => route.abort());
      await page.route("**/lan/**", (route) => route.abort());
      await page.tap(id("check-group-appearance"));
      await page.waitForTimeout(200);
      if (
        (await page.getAttribute(
          `${id("check-frame")} .row`,
          "aria-expanded",
        )) !== "true"
      )
        await page.tap(`${id("check-frame")} .row`);
      await page.tap(`${id("check-frame")} ${id("check-value-light")}`);
      await page.waitForSelector('[data-queued="true"]');
      await page.tap(id("check-finish"));
      await page.waitForSelector(id("check-held"));
      await page.waitForTimeout(300);
    },
  },
  {
    name: "69-tech-outbox",
    phone: true,
    open: async ({ page, app }) => {
      await techHome(page, app);
      await page.tap(id("tech-start"));
      await page.waitForSelector(id("check-list"));
      await page.route("**/api/**", (route) => route.abort());
      await page.tap(id("check-group-appearance"));
      await page.waitForTimeout(200);
      if (
        (await page.getAttribute(
          `${id("check-frame")} .row`,
          "aria-expanded",
        )) !== "true"
      )
        await page.tap(`${id("check-frame")} .row`);
      await page.tap(`${id("check-frame")} ${id("check-value-hairline")}`);
      await page.waitForSelector('[data-queued="true"]');
      await page.tap(id("phone-line"));
      await page.waitForSelector(id("outbox-answer"));
      await page.waitForTimeout(300);
    },
  },
];
