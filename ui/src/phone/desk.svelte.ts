// What the photographer has in hand, and what waits. Everything survives a reload; only the laptop makes it true.
import type { Category } from '../ipc/gen/Category';
import type { InspectQueue } from '../ipc/gen/InspectQueue';
import type { Role } from '../ipc/gen/Role';
import type { ShootQueue } from '../ipc/gen/ShootQueue';
import type { ShootUnit } from '../ipc/gen/ShootUnit';
import type { Shot } from '../ipc/gen/Shot';
import type { ShotList } from '../ipc/gen/ShotList';
import type { UnitRow } from '../ipc/gen/UnitRow';
import { AppFailure } from '../ipc/failure';
import { call, follow, put, Refused, thumbUrl } from '../ipc/lan';
import { openAnswerBox } from './answer-box';
import { Answers } from './answers.svelte';
import { openBox, type Picture } from './box';
import { smallCopy } from './camera';
import { newId, newTray } from './ids';
import { Outbox } from './outbox.svelte';
import { nextShot, type Taken } from './plan';

/** The device in hand: a unit of the stall, or one that has no name yet. */
export interface Target {
  unit: ShootUnit | null;
  tray: string | null;
  category: Category;
  /** Stock number, or what was typed for it. */
  label: string;
}

const KEPT = {
  lists: 'stall.phone.lists',
  queue: 'stall.phone.queue',
  target: 'stall.phone.target',
  role: 'stall.phone.role',
  inspect: 'stall.phone.inspect'
};
const QUEUE = 30;

function kept<T>(key: string, otherwise: T): T {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? 'null') as T | null) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full phone: the next answer of the laptop fills it in.
  }
}

export class Desk {
  lists = $state.raw<ShotList[]>(kept(KEPT.lists, []));
  queue = $state.raw<ShootQueue>(kept(KEPT.queue, { units: [], total: 0, capped: false }));
  target = $state.raw<Target | null>(kept(KEPT.target, null));
  /** What this phone was paired as; the technician's has inspections. */
  role = $state<Role | null>(kept(KEPT.role, null));
  inspect = $state.raw<InspectQueue | null>(kept(KEPT.inspect, null));
  /** Counts the changes heard from the laptop. */
  changes = $state(0);
  /** The queue shown is not the laptop's of now. */
  stale = $state(true);
  skipped = $state.raw<ReadonlySet<string>>(new Set());
  shot = $state<string | null>(null);
  /** Pictures of this visit that are on the laptop, by id: their small copies are already here. */
  private arrived = $state.raw<(Taken & { unit: string | null; tray: string | null })[]>([]);
  private byHand = false;
  private copying: Promise<void> = Promise.resolve();
  private visited = $state.raw<ReadonlySet<string>>(new Set());
  private replaced = $state.raw<ReadonlySet<string>>(new Set());

  constructor(
    readonly outbox: Outbox,
    readonly answers: Answers
  ) {
    if (this.target) this.begin(this.target);
  }

  /** Takes up what an earlier visit left. */
  async load(): Promise<void> {
    await Promise.all([this.outbox.load(), this.answers.load()]);
  }
  /** Tries at once to send what waits. */
  poke(): void {
    this.outbox.poke();
    this.answers.poke();
  }
  /** Pictures and answers that are only on this phone. */
  unsent: number = $derived.by(() => this.outbox.waiting.length + this.answers.waiting.length);

  shots: Shot[] = $derived.by(() => {
    const category = this.target?.category ?? 'phone';
    return this.lists.find((l) => l.category === category)?.shots ?? [];
  });

  /** Pictures of the device in hand: on the laptop, just arrived, and waiting here. */
  taken: Taken[] = $derived.by(() => {
    const t = this.target;
    if (!t) return [];
    const mine = (p: { unit: string | null; tray: string | null }) =>
      t.unit ? p.unit === t.unit.id : p.unit === null && p.tray === t.tray;
    const here = this.outbox.pictures
      .filter(mine)
      .map((p) => ({ id: p.id, shot: p.shot, thumb: p.thumb, mark: this.outbox.mark(p) }));
    const arrived = this.arrived.filter((p) => mine(p) && !here.some((h) => h.id === p.id));
    const there = (t.unit?.photos ?? [])
      .filter((p) => !here.some((h) => h.id === p.id) && !arrived.some((a) => a.id === p.id))
      .map((p) => ({ id: p.id, shot: p.shot, thumb: thumbUrl(p.shown), mark: 'stored' as const }));
    return [...there, ...arrived, ...here].filter((p) => !this.replaced.has(p.id));
  });

  has: ReadonlySet<string> = $derived(new Set(this.taken.map((p) => p.shot)));
  /** Of the device in hand, on the laptop. */
  storedHere: number = $derived(this.taken.filter((p) => p.mark === 'stored').length);

  /** The next in the queue that was not in hand yet since the page was opened. */
  next: ShootUnit | null = $derived(this.queue.units.find((u) => !this.visited.has(u.id)) ?? null);

  take(unit: ShootUnit): void {
    this.begin({ unit, tray: null, category: unit.category, label: unit.stock_no });
  }

  /** A device without a name: its pictures stay together. */
  takeNew(label = '', category: Category = 'phone'): void {
    this.begin({ unit: null, tray: newTray(label), category, label });
  }

  setCategory(category: Category): void {
    if (!this.target || this.target.unit) return;
    this.target = { ...this.target, category };
    keep(KEPT.target, this.target);
    this.shot = null;
    this.goOn();
  }

  private begin(target: Target): void {
    this.target = target;
    if (target.unit) this.visited = new Set([...this.visited, target.unit.id]);
    this.skipped = new Set();
    keep(KEPT.target, target);
    this.shot = null;
    this.goOn();
  }

  /** A person wants this view now. */
  choose(shot: string): void {
    this.byHand = true;
    this.shot = shot;
  }

  /** Leaves the view in hand for the next that is not there. */
  goOn(): void {
    this.byHand = false;
    this.shot = nextShot(this.shots, this.has, this.skipped, this.shot);
  }

  skip(): void {
    if (this.shot === null) return;
    this.skipped = new Set([...this.skipped, this.shot]);
    this.goOn();
  }

  /** Keeps a picture of the view in hand and goes on to the next. */
  async keepPicture(file: Blob, shot: string, replaces: string | null = null): Promise<void> {
    const t = this.target;
    if (!t) return;
    const bytes = await file.arrayBuffer();
    const id = newId();
    const taken = Date.now();
    const type = file.type || 'image/jpeg';
    const ending = type.split('/')[1]?.replace('jpeg', 'jpg') ?? 'jpg';
    const name = [t.label || 'new', shot || 'photo', taken].join('-') + `.${ending}`;
    const where = { unit: t.unit?.id ?? null, tray: t.tray, label: t.label };
    if (replaces !== null) this.replaced = new Set([...this.replaced, replaces]);
    await this.outbox.add(
      { id, ...where, shot, name, type, taken, size: bytes.byteLength, thumb: '', replaces },
      bytes
    );
    // One after another: a phone has no memory for forty decoded pictures.
    this.copying = this.copying.then(async () => {
      const thumb = await smallCopy(new Blob([bytes], { type }));
      await this.outbox.setThumb(id, thumb);
      this.arrived = this.arrived.map((p) => (p.id === id ? { ...p, thumb } : p));
    });
    if (!this.shots.some((s) => s.id === shot && s.repeats)) this.goOn();
  }

  /** Keeps a picture that is evidence of an inspected item. */
  async keepEvidence(file: Blob, unit: UnitRow, evidence: NonNullable<Picture['evidence']>): Promise<void> {
    const bytes = await file.arrayBuffer();
    const [id, taken, type] = [newId(), Date.now(), file.type || 'image/jpeg'];
    const ending = type.split('/')[1]?.replace('jpeg', 'jpg') ?? 'jpg';
    const name = `${unit.stock_no}-${evidence.item}-${taken}.${ending}`;
    const where = { unit: unit.id, tray: null, label: unit.stock_no, shot: '' };
    await this.outbox.add(
      { id, ...where, name, type, taken, size: bytes.byteLength, thumb: '', replaces: null, evidence },
      bytes
    );
    this.copying = this.copying.then(async () => {
      await this.outbox.setThumb(id, await smallCopy(new Blob([bytes], { type })));
    });
  }

  /** Called for every picture the laptop confirmed. */
  arrive(p: Picture): void {
    const { id, shot, unit, tray } = p;
    const thumb = this.outbox.pictures.find((x) => x.id === id)?.thumb ?? p.thumb;
    this.arrived = [...this.arrived.filter((x) => x.id !== id), { id, shot, unit, tray, thumb, mark: 'stored' }];
  }

  /** Asks the laptop anew for the lists and the queue. Without a line what was known stays. */
  async refresh(): Promise<void> {
    try {
      const [lists, queue] = await Promise.all([call('shoot.lists', {}), call('shoot.queue', { limit: QUEUE })]);
      this.lists = lists.lists;
      this.queue = queue;
      this.stale = false;
      if (this.outbox.state === 'lost' || this.outbox.state === 'sample') this.outbox.state = 'up';
      keep(KEPT.lists, this.lists);
      keep(KEPT.queue, queue);
      await this.refreshInspections();
      await this.refreshTarget();
    } catch (why) {
      if (!(why instanceof AppFailure)) throw why;
      this.stale = true;
      if (!(why instanceof Refused)) return;
      if (why.error.code === 'no_session') this.outbox.state = 'unpaired';
      else if ((why.error.code as string) === 'lan_other_stall') this.outbox.state = 'sample';
    }
  }

  private async refreshInspections(): Promise<void> {
    const role = (await call('app.info', {})).me.role;
    if (role !== this.role) keep(KEPT.role, role);
    this.role = role;
    if (role !== 'technician') return;
    this.inspect = await call('inspections.queue', { limit: QUEUE });
    keep(KEPT.inspect, this.inspect);
    this.changes += 1;
  }

  private async refreshTarget(): Promise<void> {
    const unit = this.target?.unit;
    if (!unit) return;
    const { units } = await call('shoot.find', { code: unit.stock_no });
    const now = units.find((u) => u.id === unit.id);
    if (!now || this.target?.unit?.id !== unit.id) return;
    this.target = { ...this.target, unit: now };
    keep(KEPT.target, this.target);
    // What was shot on another phone, or before a reload, is not asked for again.
    if (!this.byHand && (this.shot === null || this.has.has(this.shot))) this.goOn();
  }
}

/** Opens the phone's box and sets everything going; answers the desk. */
export async function openDesk(): Promise<Desk> {
  const box = await openBox();
  let desk: Desk | null = null;
  const outbox = new Outbox(
    box,
    {
      put,
      drop: async (id) => {
        try {
          await call('photos.delete', { ids: [id] });
        } catch (why) {
          if (!(why instanceof AppFailure) || why.error.code !== 'not_found') throw why;
        }
      },
      tie: async (id, { inspection, item }) => {
        try {
          await call('inspections.photo', { inspection_id: inspection, item_id: item, photo_id: id, tied: true });
        } catch (why) {
          // The picture is with its unit; the inspection has ended without it.
          if (!(why instanceof AppFailure) || why.error.code !== 'not_found') throw why;
        }
      },
      sleep: (ms) => new Promise((done) => setTimeout(done, ms))
    },
    (p) => desk?.arrive(p)
  );
  const answers = new Answers(
    await openAnswerBox(),
    {
      answer: (input) => call('inspections.answer', input),
      open: (unit_id) => call('inspections.open', { unit_id, again: true }),
      sleep: (ms) => new Promise((done) => setTimeout(done, ms))
    },
    (state) => (outbox.state = state)
  );
  desk = new Desk(outbox, answers);
  return desk;
}

/** Follows the line and the laptop's changes for as long as the page is open. */
export function startLine(desk: Desk): () => void {
  const { outbox } = desk;
  let queued: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    clearTimeout(queued);
    queued = setTimeout(() => void desk.refresh(), 400);
  };
  const stop = follow((up) => {
    if (!up && outbox.state === 'up') outbox.state = 'lost';
    if (up) desk.poke();
    // A line that broke may mean that this phone is no longer wanted: the question tells.
    soon();
  }, soon);
  const poke = () => {
    desk.poke();
    soon();
  };
  const seen = () => document.visibilityState === 'visible' && poke();
  addEventListener('online', poke);
  document.addEventListener('visibilitychange', seen);
  return () => {
    stop();
    clearTimeout(queued);
    removeEventListener('online', poke);
    document.removeEventListener('visibilitychange', seen);
  };
}
