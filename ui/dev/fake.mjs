// A stand-in for the program while looking at screens before (or without) it: `node dev/fake.mjs [port] [empty]`.
// Serves ui/dist and made-up answers. It is not part of the product and nothing in src/ knows it.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const port = Number(process.argv[2] ?? 4701);
let empty = process.argv[3] === 'empty';
let sample = false;
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const H = 3_600_000;
const clockAt = Date.parse('2026-11-24T14:36:00+08:00');
const started = Date.now();
const now = () => clockAt + Date.now() - started;
const screens = new Set();
const push = (p) => screens.forEach((r) => r.write(`data: ${JSON.stringify(p)}\n\n`));
const flags = (...on) =>
  Object.fromEntries(
    ['units', 'photos', 'shows', 'orders', 'facts', 'settings', 'members', 'devices'].map((f) => [f, on.includes(f)])
  );

const MODELS = [
  ['苹果', 'iPhone 13', '128GB', '粉色', '#f0cfd0'],
  ['苹果', 'iPhone 13 Pro', '128GB', '石墨色', '#5a5853'],
  ['华为', '华为 Mate 60 Pro', '256GB', '雅丹黑', '#2c2d2f'],
  ['小米', '小米14', '256GB', '白色', '#eeeeec'],
  ['苹果', 'iPhone 16', '128GB', '粉色', '#e9c9cf'],
  ['苹果', 'iPhone 15 Pro', '256GB', '原色钛金属', '#a9a296'],
  ['三星', '三星 Galaxy S23 Ultra', '256GB', '悠野绿', '#54645c'],
  ['红米', 'Redmi K70', '256GB', '竹月蓝', '#86a8b8']
];
const GRADES = ['S', 'A1', 'A2', 'B1', 'B2', null];
const COUNT = 24_000;
const unit = (i, more = {}) => {
  const [brand, model, storage, colour] = MODELS[i % MODELS.length];
  return {
    id: `u${i}`,
    stock_no: String(330 + i).padStart(4, '0'),
    category: 'phone',
    brand,
    model,
    storage,
    colour,
    grade: GRADES[i % 6],
    battery: 80 + ((i * 7) % 20),
    badges: i % 5 === 0 ? ['换电池'] : [],
    price_list: 180000 + (i % 90) * 4900,
    price_live: 170000 + (i % 90) * 4900,
    price_floor: 160000,
    cost: 96800 + (i % 40) * 3100,
    shelf: `A${(i % 4) + 1}-${String(i % 20).padStart(2, '0')}`,
    status: 'in_stock',
    cover: i % 9 === 3 ? null : String(i % MODELS.length).padStart(64, '0'),
    photos: i % 9 === 3 ? 0 : 6,
    show: null,
    taken_in: clockAt - (i % 60) * 24 * H,
    code_tail: String(4182 + i).slice(-4),
    ...more
  };
};
const platforms = ['kuaishou', 'douyin', 'kuaishou', 'taobao', 'kuaishou', 'douyin'];
const hours = [-0.2, 2.4, 4.6, 7.07, 8.9, 9.38];
const order = (i) => ({
  id: `o${i}`,
  platform: platforms[i % 6],
  shop: '',
  order_no: `26112400017${4471 + i * 17}`,
  status: 'to_ship',
  aftersale: 'none',
  stage: 'to_pack',
  title: 'iPhone 13 128G 粉色 95新',
  lines: 1,
  units: [unit(i)],
  paid: 229900,
  created_at: clockAt - 20 * H,
  paid_at: clockAt - 20 * H,
  deadline: { at: clockAt + hours[i % 6] * H, source: 'file' },
  receiver: '张**',
  phone: '1******3318',
  carrier: null,
  tracking_no: null
});
const show = {
  id: 's1',
  title: '周二孤品专场',
  starts_at: clockAt + 4.9 * H,
  planned_minutes: 180,
  host: '小鹿',
  note: '',
  units: 24,
  minutes: 186,
  problems: 3,
  covers: []
};
const item = (i, problems) => ({
  id: `i${i}`,
  segment: 'main',
  unit: unit(i),
  title: '',
  minutes: 5,
  starts_at: show.starts_at,
  price: 200000,
  talk: '',
  flaws: '',
  problems,
  other_show: null
});
const midnight = Date.parse('2026-11-24T00:00:00+08:00');
const week = [2.1, 3.38, 2.86, 5.2, 4.72, 1.87, 1.27].map((w, i) => ({
  start: midnight - (6 - i) * 24 * H,
  orders: Math.round(w * 4.2),
  paid: Math.round(w * 1e6),
  margin: Math.round(w * 125_000)
}));
const members = [
  { id: 'm1', name: '周敏', role: 'owner' },
  { id: 'm2', name: '阿杰', role: 'control' },
  { id: 'm3', name: '李师傅', role: 'technician' }
];
let me = members[0];
let settings = {
  stall_name: '华强北二手孤品',
  ship_hours: { kuaishou: 48, douyin: 48, taobao: 48, pinduoduo: 48, generic: 48 },
  bulk_ship_columns: {
    kuaishou: ['订单编号', '快递公司', '快递单号'],
    douyin: ['订单编号', '快递公司', '快递单号'],
    taobao: ['订单编号', '物流公司', '运单号'],
    pinduoduo: ['订单号', '快递公司', '快递单号'],
    generic: ['订单号', '快递公司', '快递单号']
  },
  gift_line: '送壳膜一套，验机视频已发',
  ageing_days: 45
};
const info = () => ({
  version: '0.1.0',
  door: 'browser',
  stall_name: settings.stall_name,
  sample,
  empty,
  me,
  now: now(),
  folder: '~/stallkeeper/stall'
});
let step = 0;
const changed = (origin, op, args, ...on) =>
  push({ type: 'changed', flags: flags(...on), op, args, by: me.name, origin, step: ++step });
const bad = (code, args = {}) => {
  throw { code, args, detail: null };
};

function job(origin) {
  const j = {
    id: 'j1',
    kind: 'photos',
    state: 'running',
    done: 0,
    total: 40,
    started: now(),
    problems: [],
    error: null,
    unit: 'u1'
  };
  const timer = setInterval(() => {
    j.done += 1;
    if (j.done === 9)
      j.problems.push({ name: 'IMG_0231.HEIC', error: { code: 'photo_truncated', args: {}, detail: null } });
    if (j.done >= j.total) {
      j.state = 'done';
      clearInterval(timer);
      changed(origin, 'add_photos', { n: '39', what: '0331' }, 'photos', 'units');
    }
    push({ type: 'job', job: j });
  }, 250);
  return j;
}

const api = {
  'app.info': info,
  'undo.state': () => ({
    undo: { id: step, op: 'edit_units', args: { n: '1', what: '0387' }, at: now(), by: me.name },
    redo: null
  }),
  'undo.undo': (_, origin) => {
    changed(origin, 'undo', {}, 'units');
    return { id: step, op: 'edit_units', args: { n: '1', what: '0387' }, at: now(), by: me.name };
  },
  'undo.redo': () => bad('undo_nothing'),
  'jobs.list': () => ({ jobs: [] }),
  'jobs.cancel': () => ({}),
  'settings.get': () => settings,
  'settings.set': (input, origin) => {
    settings = input;
    changed(origin, 'set_settings', {}, 'settings');
    return settings;
  },
  'members.list': () => ({ members }),
  'members.use': ({ id }) => (me = members.find((m) => m.id === id)),
  'members.add': (input, origin) => {
    const m = { id: `m${members.length + 1}`, ...input };
    members.push(m);
    changed(origin, 'add_member', { what: m.name }, 'members');
    return m;
  },
  'sample.open': () => ((sample = true), (empty = false), info()),
  'sample.remove': () => ((sample = false), (empty = true), info()),
  'find.all': ({ text, limit }) => ({
    units: /z/.test(text) ? [] : [5, 6, 7].slice(0, limit).map((i) => unit(i)),
    orders: /z/.test(text) ? [] : [order(1), order(2)],
    shows: /z/.test(text) ? [] : [show]
  }),
  'scan.resolve': ({ code }) =>
    code.startsWith('03')
      ? { type: 'unit', unit: unit(5) }
      : { type: 'unknown', kind: /^\d{15}$/.test(code) ? 'imei' : 'waybill', code },
  'today.get': () =>
    empty
      ? {
          now: now(),
          parcels: [],
          parcels_total: 0,
          parcels_late: 0,
          parcels_today: 0,
          parcels_by_platform: [],
          to_match: [],
          to_match_total: 0,
          held_total: 0,
          shows: [],
          no_photos: [],
          no_photos_total: 0,
          no_grade_total: 0,
          ageing: [],
          ageing_total: 0,
          labels_missing: 0,
          week: week.map((d) => ({ ...d, orders: 0, paid: 0 })),
          in_stock: 0
        }
      : {
          now: now(),
          parcels: [0, 1, 2, 3, 4, 5].map(order),
          parcels_total: 12,
          parcels_late: 1,
          parcels_today: 12,
          parcels_by_platform: [
            { value: 'kuaishou', count: 7 },
            { value: 'douyin', count: 3 },
            { value: 'taobao', count: 2 }
          ],
          to_match: [order(7)],
          to_match_total: 3,
          held_total: 0,
          shows: [{ show, ready: 21, lacking: [item(12, ['no_photos']), item(15, ['no_grade']), item(18, ['sold'])] }],
          no_photos: [unit(12), unit(21), unit(30)],
          no_photos_total: 5,
          no_grade_total: 3,
          ageing: [unit(52), unit(50), unit(47), unit(46), unit(49)],
          ageing_total: 5,
          labels_missing: 0,
          week,
          in_stock: 110
        },
  'units.list': ({ after, limit }) => {
    const from = Number(after ?? 0);
    const to = Math.min(COUNT, from + limit);
    const rows = [];
    for (let i = from; i < to; i += 1) rows.push(unit(i));
    return { rows, next: to < COUNT ? String(to) : null, total: Math.min(COUNT, 10_000), total_capped: COUNT > 10_000 };
  },
  'units.facets': () => ({
    status: [{ value: 'in_stock', count: COUNT }],
    category: [{ value: 'phone', count: COUNT }],
    grade: [],
    brand: [],
    no_photos: 5,
    no_grade: 3,
    in_show: 24,
    ageing: 5
  }),
  'shows.list': () => ({ shows: [show] }),
  'photos.add': (_, origin) => job(origin)
};

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const picture = (n) => {
  const c = MODELS[n % MODELS.length][4];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" fill="#dcd6ca"/><g transform="translate(14 8)"><rect width="72" height="150" rx="14" fill="${c}" stroke="#0003"/><rect x="5" y="5" width="32" height="33" rx="9" fill="#0002"/><circle cx="15" cy="15" r="7" fill="#111"/><circle cx="27" cy="27" r="7" fill="#111"/></g></svg>`;
};

createServer(async (req, res) => {
  const url = new URL(req.url, 'http://x');
  const json = (code, value) => res.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (url.pathname === '/api/events') {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
    screens.add(res);
    req.on('close', () => screens.delete(res));
    return;
  }
  if (url.pathname.startsWith('/api/')) {
    const chunks = [];
    for await (const c of req) chunks.push(c);
    const name = url.pathname.slice(5);
    try {
      if (!api[name]) bad('unknown_command');
      json(200, api[name](JSON.parse(Buffer.concat(chunks).toString() || '{}'), req.headers['x-origin'] ?? null) ?? {});
    } catch (error) {
      json(400, error.code ? error : { code: 'internal', args: {}, detail: String(error) });
    }
    return;
  }
  if (url.pathname.startsWith('/media/')) {
    res.writeHead(200, { 'content-type': 'image/svg+xml' }).end(picture(Number(url.pathname.split('/')[2])));
    return;
  }
  const file = url.pathname === '/' ? 'index.html' : url.pathname.slice(1);
  try {
    res
      .writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
      .end(await readFile(join(dist, file)));
  } catch {
    res.writeHead(404).end();
  }
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/`));
