// The inbox: no stall alone can have a question, so its pictures are answered with cards made of the sample's own rows.
const id = (x) => `[data-testid="${x}"]`;
const HOUR = 3_600_000;

/** Cards as the store would give them. */
export async function cards(call) {
  const { rows: orders } = await call("orders.list", { limit: 50, stage: ["to_pack", "to_match"], by_deadline: true });
  const { rows: units } = await call("units.list", { limit: 60, status: ["in_stock"] });
  const now = orders[0].deadline.at - 20 * HOUR;
  const order = orders.find((o) => o.units.length > 0);
  const other = orders.find((o) => o.id !== order.id && o.platform !== order.platform) ?? orders[1];
  const unit = order.units[0];
  const [like, second, twin, priced] = units.filter((u) => u.cover);
  const told = (by, ago, here) => ({ by, at: now - ago, here });
  const side = (fact, of, who) => ({
    fact, told: who, unit, order: of, line_id: fact, title: of.title, packed: false, left: false,
  });
  const [a, b] = ["0193f0a0-0000-7000-8000-00000000000a", "0193f0a0-0000-7000-8000-00000000000b"];
  const sales = [side(a, order, told("周敏", 64 * 60_000, true)), side(b, other, told("阿杰", 58 * 60_000, false))];
  const pairs = [[a, b], [b, a]];
  const card = (n, kind, ago, question, choices) => ({
    id: String(n).repeat(64), kind, at: now - ago, again: [], question, choices,
  });
  const list = [
    card(1, "device_double_sold", 58 * 60_000, { about: "sale", unit, sides: sales, likes: [like, second] }, [
      ...pairs.flatMap(([keep, rest]) => [
        { what: "substitute", keep, other: rest, unit_id: like.id },
        { what: "cancel", keep, other: rest },
        { what: "keep", keep },
      ]),
      { what: "neither" },
    ]),
    card(2, "imei_twins", 20 * HOUR, {
      about: "twins",
      code: "353209110000017",
      sides: [
        { unit: twin, told: told("周敏", 22 * HOUR, true), order_no: null },
        { unit: second, told: told("阿杰", 20 * HOUR, false), order_no: null },
      ],
    }, [{ what: "merge", unit_id: twin.id }, { what: "merge", unit_id: second.id }]),
    card(3, "guarded", 100 * 60_000, {
      about: "value",
      unit: priced,
      field: "price_floor",
      sides: [
        { field: "price_floor", seq: 9, value: "295000", told: told("阿杰", 100 * 60_000, false), stands: true },
        { field: "price_floor", seq: 7, value: "290000", told: told("周敏", 130 * 60_000, true), stands: false },
      ],
    }, [{ what: "take", seq: 7 }, { what: "dismiss" }]),
    card(4, "delete_edit", 30 * HOUR, {
      about: "deleted",
      table: "units",
      name: priced.stock_no,
      unit: priced,
      deleted: told("阿杰", 31 * HOUR, false),
      worked: told("周敏", 30 * HOUR, true),
      columns: ["note", "shelf"],
    }, [{ what: "restore" }, { what: "delete" }]),
    card(5, "stock_no_twins", 3 * HOUR, {
      about: "numbers",
      number: twin.stock_no,
      sides: [
        { unit: twin, told: told("周敏", 5 * HOUR, true), order_no: null, label: twin.stock_no, sheet: true, passport: false },
        {
          unit: { ...second, stock_no: twin.stock_no },
          told: told("阿杰", 3 * HOUR, false), order_no: null, label: twin.stock_no, sheet: false, passport: false,
        },
      ],
      next: ["0412"],
    }, [{ what: "keep_number", unit_id: twin.id }, { what: "keep_number", unit_id: second.id }]),
  ];
  return { now, cards: list, total: list.length, others: 0 };
}

const shown = (n) => async ({ page, call }) => {
  const inbox = await cards(call);
  await page.route("**/api/inbox.list", (route) => route.fulfill({ json: inbox }));
  await page.reload();
  await page.evaluate((hash) => { location.hash = hash; }, `#/inbox/${String(n).repeat(64)}`);
  await page.waitForSelector(id("inbox-card"));
  await page.waitForTimeout(300);
};

export const inboxScreens = [
  { name: "81-inbox-sale", open: shown(1) },
  { name: "82-inbox-twins", open: shown(2) },
  { name: "82b-inbox-numbers", open: shown(5) },
  { name: "83-inbox-value", open: shown(3) },
  { name: "84-inbox-deleted", open: shown(4) },
  {
    name: "85-inbox-empty",
    open: async ({ page }) => {
      await page.evaluate(() => { location.hash = "#/inbox"; });
      await page.waitForSelector(id("inbox-empty"));
    },
  },
];
