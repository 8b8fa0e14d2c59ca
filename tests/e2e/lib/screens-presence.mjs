// Who has what open: the sample stall has no other laptops, so these are answered as a stall of three would be.
const id = (x) => `[data-testid="${x}"]`;
const mark = (kind, at, who, editing = false) => ({ at: { kind, id: at }, who, editing, laptop: `${who}的电脑` });

/** Opens `hash(rows)` with what `here` says. */
const with_ = (here, hash, ready) => async ({ page, call }) => {
  const units = (await call("units.list", { limit: 20, status: ["in_stock"] })).rows;
  const orders = (await call("orders.list", {})).rows.filter((o) => o.stage === "to_pack");
  const { shows } = await call("shows.list", {});
  const of = { units, orders, shows, unit: units.find((u) => u.photos > 3) ?? units[0] };
  const said = here(of);
  await page.route("**/api/presence.*", (route) => route.fulfill({ json: { on: true, here: said } }));
  await page.reload();
  await page.evaluate((h) => { location.hash = h; }, hash(of));
  await page.waitForSelector(ready);
  await page.waitForTimeout(400);
};

export const presenceScreens = [
  {
    name: "91-presence-unit",
    open: with_(
      ({ unit, units }) => [
        mark("unit", unit.id, "小李", true),
        mark("unit", units[2].id, "阿杰"),
        mark("unit", units[4].id, "小李", true),
      ],
      ({ unit }) => `#/stock/${unit.id}`,
      `${id("unit-drawer")} ${id("others")}`,
    ),
  },
  {
    name: "92-presence-several",
    open: async (given) => {
      await with_(
        ({ unit }) => [mark("unit", unit.id, "小李", true), mark("unit", unit.id, "阿杰", true), mark("unit", unit.id, "陈姐", true)],
        ({ unit }) => `#/stock/${unit.id}`,
        `${id("unit-drawer")} ${id("others")}`,
      )(given);
      await given.page.click(id("unit-edit"));
      await given.page.waitForSelector(`${id("take-in-form")} ${id("others")}`);
    },
  },
  {
    name: "93-presence-order",
    open: with_(
      ({ orders }) => [mark("order", orders[0].id, "打包台", true), mark("order", orders[2].id, "小李")],
      ({ orders }) => `#/orders/${orders[0].id}`,
      `${id("order-drawer")} ${id("others")}`,
    ),
  },
  {
    name: "94-presence-show",
    open: with_(
      ({ shows }) => [mark("show", shows[0].id, "小李", true)],
      ({ shows }) => `#/shows/${shows[0].id}`,
      id("others"),
    ),
  },
  {
    name: "96-presence-take",
    open: async (given) => {
      const { takes } = await given.call("takes.list");
      const take = takes[0] ?? (await given.call("takes.start", { scope: "all", value: "" }));
      await with_(
        () => [mark("take", take.id, "阿杰", true), mark("take", take.id, "小李")],
        () => `#/stock/take/${take.id}`,
        id("others"),
      )(given);
    },
  },
  {
    name: "95-value-history",
    open: async ({ page, call }) => {
      const { now } = await call("app.info", {});
      const unit = (await call("units.list", { limit: 20, status: ["in_stock"] })).rows.find((u) => u.price_list);
      const price = (ago, what, fen, by, old = "") => ({
        at: now - ago * 60_000, by, what, args: { field: "price_list", old, new: String(fen) },
      });
      const [stands, lost, first] = [unit.price_list, unit.price_list - 20_000, unit.price_list + 30_000];
      await page.route("**/api/units.get", async (route) => {
        const answer = await route.fetch();
        const body = await answer.json();
        const told = [
          price(20, "value_heard", stands, "小李"),
          price(50, "value_lost", lost, "周敏"),
          price(51, "edit_units", lost, "周敏", String(first)),
          price(1600, "edit_units", first, "周敏", String(first + 20_000)),
        ];
        await route.fulfill({ json: { ...body, timeline: [...told, ...body.timeline] } });
      });
      await page.evaluate((h) => { location.hash = h; }, `#/stock/${unit.id}`);
      await page.click(id("history-price_list"));
      await page.waitForSelector(id("history"));
      await page.waitForTimeout(300);
    },
  },
];
