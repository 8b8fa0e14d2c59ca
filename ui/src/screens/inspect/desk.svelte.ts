import type { Answer } from '../../ipc/gen/Answer';
import type { AnswerInput } from '../../ipc/gen/AnswerInput';
import type { AnswersInput } from '../../ipc/gen/AnswersInput';
import type { AnswerValue } from '../../ipc/gen/AnswerValue';
import type { CheckGroup } from '../../ipc/gen/CheckGroup';
import type { CheckItem } from '../../ipc/gen/CheckItem';
import type { Inspection } from '../../ipc/gen/Inspection';
import type { Photo } from '../../ipc/gen/Photo';
import type { CommandName, Commands } from '../../ipc/gen/commands';
import { answered, chosenOf } from './answers';
import { WorkClock } from './clock';
import { afterGroup, choices, flat, nextBlank, normals, step, tally, type Tally } from './walk';

/** What stands for an item here before the store has confirmed it. */
interface Said {
  value: AnswerValue | null;
  note: string;
}

/** How a desk reaches the store: the console's door or a phone's. */
export interface Port {
  call<N extends CommandName>(name: N, input: Commands[N]['input']): Promise<Commands[N]['output']>;
  /** Says what did not work. */
  fail(why: unknown): void;
  /** Waits until a failed write may be tried again; `false` gives it up. */
  again?(why: unknown): Promise<boolean>;
  /** Keeps answers where they outlive the page, and sends them: a phone's line breaks. */
  answer?(input: AnswersInput): Promise<Inspection>;
  /** Answers of an earlier visit that are not in the store yet. */
  kept?(inspection: string): { input: AnswersInput; sent: Promise<Inspection> }[];
  /** The unit's draft as it was last seen, for want of a line. */
  draft?(why: unknown): Promise<Inspection | undefined>;
  /** A draft as the store tells it. */
  seen?(data: Inspection): void;
}

/** Files dropped or picked for an item arrive one after another; so long they count as its own. */
const AIM_MS = 20_000;

/** The inspection of one unit at this screen: every answer is seen at once and is in the store a moment later, in order. */
export class InspectDesk {
  data = $state.raw<Inspection | null>(null);
  error = $state.raw<unknown>(undefined);
  /** The item the keyboard stands on. */
  current = $state<string | null>(null);
  /** Counts up whenever the keyboard should come to the item anew, and where to. */
  focus = $state.raw<{ n: number; on: 'item' | 'note' }>({ n: 0, on: 'item' });
  /** Said here and not confirmed yet. */
  private said = $state.raw<ReadonlyMap<string, Said>>(new Map());
  private last: Promise<unknown> = Promise.resolve();
  /** Writes on their way. */
  waiting = $state(0);
  private stale = false;
  /** Counts the writes: what was read before the last of them is older than its answer. */
  private writes = 0;
  private reading: Promise<unknown> = Promise.resolve();
  private gone = false;
  /** It is being finished: its draft ends, and there is nothing more to read of it. */
  ending = false;
  /** Photographs of the unit, as they arrive. */
  photos = $state.raw<Photo[]>([]);
  /** Whose photographs those are that arrive next: dropped, picked or shot for an item. */
  private aimed: { item: string | null; until: number } = { item: null, until: 0 };
  private seen: Set<string> | null = null;
  readonly clock = new WorkClock();
  private before = 0;

  constructor(
    readonly unit: string,
    private readonly port: Port
  ) {}

  groups: CheckGroup[] = $derived.by(() => {
    const d = this.data;
    if (!d) return [];
    const off = new Set(d.not_applicable);
    return d.checklist.groups
      .map((g) => ({ ...g, items: g.items.filter((i) => !i.hidden && !off.has(i.id)) }))
      .filter((g) => g.items.length > 0);
  });
  items: CheckItem[] = $derived(flat(this.groups));
  private byId = $derived(new Map(this.items.map((i) => [i.id, i])));
  private given: ReadonlyMap<string, Answer> = $derived(new Map((this.data?.answers ?? []).map((a) => [a.item_id, a])));

  item: CheckItem | null = $derived(this.current === null ? null : (this.byId.get(this.current) ?? null));
  group: CheckGroup | null = $derived(
    this.groups.find((g) => g.items.some((i) => i.id === this.current)) ?? this.groups[0] ?? null
  );
  total: Tally = $derived(tally(this.items, (id) => this.has(id)));
  /** Required items without an answer, as far as this screen knows. */
  blanks: boolean = $derived(this.items.some((i) => !this.has(i.id)));
  missing: CheckItem[] = $derived(this.items.filter((i) => i.required && !this.has(i.id)));
  busy: boolean = $derived(this.waiting > 0);

  value(id: string): AnswerValue | null {
    const said = this.said.get(id);
    return said ? said.value : (this.given.get(id)?.value ?? null);
  }
  note(id: string): string {
    return this.said.get(id)?.note ?? this.given.get(id)?.note ?? '';
  }
  prefilled(id: string): boolean {
    return !this.said.has(id) && (this.given.get(id)?.prefilled ?? false);
  }
  has(id: string): boolean {
    const item = this.byId.get(id);
    if (!item) return false;
    if (item.kind === 'photo_set') return !(this.data?.result.missing.includes(id) ?? true);
    return answered(item, this.value(id));
  }
  tallyOf(group: CheckGroup): Tally {
    return tally(group.items, (id) => this.has(id));
  }
  photosOf(id: string) {
    return (this.data?.photos ?? []).filter((p) => p.item_id === id);
  }
  wantsPhoto(id: string): boolean {
    return this.data?.photos_missing.includes(id) ?? false;
  }

  shots: ReadonlySet<string> = $derived(new Set(this.photos.map((p) => p.shot).filter((s) => s !== '')));

  /** Photographs that come in from now on belong to this item. */
  aim(item: string | null): void {
    this.aimed = { item, until: Date.now() + AIM_MS };
  }
  /** Takes the unit's photographs over; new ones become evidence of the item they were made for. */
  arrived(photos: Photo[]): void {
    const before = this.seen;
    this.seen = new Set(photos.map((p) => p.id));
    this.photos = photos;
    if (before === null || this.data === null) return;
    const fresh = photos.filter((p) => !before.has(p.id));
    // Others went, or say what they show.
    if (fresh.length === 0) {
      this.refresh();
      return;
    }
    const aimed = Date.now() < this.aimed.until ? this.aimed.item : null;
    if (aimed !== null) this.aim(aimed);
    const item = aimed ?? (this.current !== null && this.wantsPhoto(this.current) ? this.current : null);
    const one = item === null ? undefined : this.byId.get(item);
    if (!one || one.kind === 'photo_set') {
      this.refresh();
      return;
    }
    // A view of the shot list that is evidence by itself needs no tying.
    for (const p of fresh) if (!one.evidence_shots.includes(p.shot)) this.tie(p.id, one.id, true);
    if (fresh.some((p) => one.evidence_shots.includes(p.shot))) this.refresh();
  }

  /** Opens the unit's draft, made if there is none. */
  async open(again = false): Promise<void> {
    try {
      const data = await this.port.call('inspections.open', { unit_id: this.unit, again });
      if (this.gone) return;
      this.before = data.worked_ms;
      this.port.seen?.(data);
      this.begin(data);
    } catch (why) {
      const draft = this.data ? undefined : await this.port.draft?.(why);
      if (draft && !this.gone) this.begin(draft);
      else this.error = why;
    }
  }
  private begin(data: Inspection): void {
    this.data = data;
    this.error = undefined;
    for (const { input, sent } of this.port.kept?.(data.id) ?? []) {
      this.say(input.answers);
      void this.write(() => sent);
    }
    if (this.current === null || !this.byId.has(this.current))
      this.current = this.missing[0]?.id ?? this.items[0]?.id ?? null;
    this.come();
  }

  /** Reads anew what a phone or an undo changed; after the writes on their way. */
  refresh(): void {
    if (this.waiting > 0) {
      this.stale = true;
      return;
    }
    const id = this.data?.id;
    if (!id || this.ending) return;
    const at = this.writes;
    this.reading = this.port.call('inspections.get', { id }).then(
      (data) => {
        if (this.waiting === 0 && this.writes === at && !this.gone) this.take(data);
      },
      // Finished, thrown away or undone elsewhere: the unit is opened anew.
      () => this.gone || this.ending || void this.open()
    );
  }

  private take(data: Inspection): void {
    this.port.seen?.(data);
    this.data = data;
    this.said = new Map();
    if (this.current !== null && !this.byId.has(this.current)) this.current = this.items[0]?.id ?? null;
  }

  /** The screen is left. Answers on their way still arrive; each told the time spent so far. */
  close(): void {
    this.gone = true;
  }

  /** Working time in all, earlier sittings included. */
  worked(): number {
    return Math.round(this.before + this.clock.spent(Date.now()));
  }
  touch(): void {
    this.clock.touch(Date.now());
  }
  leave(): void {
    this.clock.leave(Date.now());
  }

  /** One write after another; the last answer is what the screen shows. */
  write(work: (inspection: string) => Promise<Inspection | undefined>): Promise<boolean> {
    const id = this.data?.id;
    if (!id) return Promise.resolve(false);
    this.waiting += 1;
    this.writes += 1;
    this.touch();
    const done = this.last.then(async () => {
      for (;;) {
        try {
          const data = await work(id);
          this.waiting -= 1;
          if (this.waiting === 0 && !this.gone) {
            if (data && !this.stale) this.take(data);
            else this.refresh();
            this.stale = false;
          }
          return true;
        } catch (why) {
          if (await this.port.again?.(why)) continue;
          this.waiting -= 1;
          this.port.fail(why);
          // What the store refused must not stay on the screen.
          if (this.waiting === 0) this.said = new Map();
          this.stale = false;
          this.refresh();
          return false;
        }
      }
    });
    this.last = done;
    return done;
  }

  answer(list: AnswerInput[]): void {
    const id = this.data?.id;
    if (list.length === 0 || !id) return;
    this.say(list);
    // Kept at once, not only when the writes before it are through.
    const sent = this.port.answer?.({ inspection_id: id, answers: list, worked_ms: this.worked() });
    void this.write(
      (inspection_id) =>
        sent ?? this.port.call('inspections.answer', { inspection_id, answers: list, worked_ms: this.worked() })
    );
  }
  private say(list: AnswerInput[]): void {
    const next = new Map(this.said);
    for (const a of list)
      next.set(a.item_id, { value: a.value, note: a.note ?? (a.value === null ? '' : this.note(a.item_id)) });
    this.said = next;
  }

  /** Puts the keyboard on an item. */
  stand(id: string | null, on: 'item' | 'note' = 'item'): void {
    if (id === null) return;
    this.current = id;
    this.come(on);
  }
  come(on: 'item' | 'note' = 'item'): void {
    this.focus = { n: this.focus.n + 1, on };
  }
  move(by: number): void {
    this.stand(step(this.items, this.current, by));
  }
  /** On to the next open item; answers whether there was one. */
  next(required = true): boolean {
    const id = nextBlank(this.items, (x) => this.has(x), this.current, required);
    if (id === null) {
      this.come();
      return false;
    }
    this.stand(id);
    return true;
  }
  toGroup(n: number): void {
    const group = this.groups[n];
    if (!group) return;
    this.stand((group.items.find((i) => i.required && !this.has(i.id)) ?? group.items[0])?.id ?? null);
  }

  /** The value under a number key. A finding stays for its note and its photograph; what is in order goes on by itself. */
  choose(n: number): void {
    const item = this.item;
    const value = item && choices(item.values)[n - 1];
    if (item && value) this.pick(item, value.value);
  }
  pick(item: CheckItem, value: string): void {
    if (item.kind === 'multi') {
      const now = chosenOf(this.value(item.id));
      const next = now.includes(value) ? now.filter((v) => v !== value) : [...now, value];
      // "None of them" and the others exclude each other.
      const list = value === 'none' ? next.filter((v) => v === 'none') : next.filter((v) => v !== 'none');
      this.answer([{ item_id: item.id, value: list.length > 0 ? list : null }]);
      return;
    }
    this.answer([{ item_id: item.id, value }]);
    const severity = item.values.find((v) => v.value === value)?.severity ?? 0;
    const evident =
      item.evidence === 'always' && this.photosOf(item.id).length === 0 && this.data?.checklist.photos_needed;
    if (severity === 0 && !evident) this.next();
    else this.come();
  }
  /** Enter: what was brought along is confirmed as it stands; on to the next open item. */
  confirm(): void {
    const item = this.item;
    if (item && this.prefilled(item.id)) this.answer([{ item_id: item.id, value: this.value(item.id) }]);
    this.next();
  }
  clear(): void {
    if (this.current !== null && this.item?.kind !== 'photo_set')
      this.answer([{ item_id: this.current, value: null, note: '' }]);
  }

  /** "All normal" of the group in hand: open items only, then exceptions by hand. */
  groupNormal(): void {
    const group = this.group;
    if (!group) return;
    this.answer(normals(group.items, (id) => this.has(id)).map((x) => ({ item_id: x.item, value: x.value })));
    const id = afterGroup(this.groups, group.id, (x) => this.has(x));
    if (id === null) this.come();
    else this.stand(id);
  }
  /** Everything still open that goes without saying. */
  allNormal(): void {
    this.answer(normals(this.items, (id) => this.has(id)).map((x) => ({ item_id: x.item, value: x.value })));
    const id = this.missing[0]?.id ?? null;
    if (id === null) this.come();
    else this.stand(id);
  }

  tie(photo: string, item: string, tied: boolean): void {
    void this.write((inspection_id) =>
      this.port.call('inspections.photo', { inspection_id, item_id: item, photo_id: photo, tied })
    );
  }
  grade(grade: string | null, reason = ''): Promise<boolean> {
    return this.write((inspection_id) => this.port.call('inspections.grade', { inspection_id, grade, reason }));
  }
  /** Waits until every answer is in the store and reads what stands there: before an end, nothing may be a moment old. */
  async settled(): Promise<Inspection | null> {
    await this.last;
    await this.reading;
    const id = this.data?.id;
    if (!id) return null;
    const at = this.writes;
    try {
      const data = await this.port.call('inspections.get', { id });
      if (this.writes === at && !this.gone) this.take(data);
    } catch (why) {
      this.port.fail(why);
    }
    return this.data;
  }
}
