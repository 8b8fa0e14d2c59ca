import type { AgeBand } from '../../ipc/gen/AgeBand';
import type { Category } from '../../ipc/gen/Category';
import type { InspectionState } from '../../ipc/gen/InspectionState';
import type { Missing } from '../../ipc/gen/Missing';
import type { PriceBand } from '../../ipc/gen/PriceBand';
import type { UnitFacets } from '../../ipc/gen/UnitFacets';
import type { UnitQuery } from '../../ipc/gen/UnitQuery';
import type { UnitSort } from '../../ipc/gen/UnitSort';
import type { UnitStatus } from '../../ipc/gen/UnitStatus';
import type { ViewState } from '../../ipc/gen/ViewState';
import { cleanColumns, COLUMNS, columnSorts, storedColumns, storeColumns, type ColumnId } from './columns';

/** A view of the stock, kept as a set of filters: the tab is only a name for a set often wanted. */
export type TabId = 'sell' | 'show' | 'nophoto' | 'nograde' | 'ageing' | 'sold' | 'all';
type Flag = 'show' | 'nophoto' | 'nograde' | 'ageing' | null;

export const TABS: TabId[] = ['sell', 'show', 'nophoto', 'nograde', 'ageing', 'sold', 'all'];
/** What the sort menu offers; a head of the table knows its own two. */
export const SORTS: UnitSort[] = [
  'newest',
  'oldest',
  'price_up',
  'price_down',
  'live_up',
  'live_down',
  'stock_no',
  'model_up',
  'grade_up',
  'battery_up',
  'shelf_up'
];
export const STATUSES: UnitStatus[] = ['in_stock', 'sold', 'packed', 'shipped', 'withdrawn'];
export const AGES: AgeBand[] = ['d7', 'd30', 'd60', 'd90', 'older'];
export const PRICES: PriceBand[] = ['p0', 'p1000', 'p2000', 'p3000', 'p5000', 'p8000'];
export const MISSING: Missing[] = ['photo', 'grade', 'price', 'code', 'shelf', 'cost'];
const SOLD: UnitStatus[] = ['sold', 'packed', 'shipped'];
export const DAY = 86_400_000;

// Outside a browser (tests) nothing is remembered.
const memory = () => (typeof localStorage === 'undefined' ? null : localStorage);

const MODE_KEY = 'stall.stock.mode';
const SORT_KEY = 'stall.stock.sort';

/** The sort this laptop had last, if it is still one. */
function storedSort(): UnitSort {
  const kept = memory()?.getItem(SORT_KEY);
  const all = [...SORTS, ...COLUMNS.flatMap((c) => columnSorts(c)), 'stock_no_down', 'model_down'] as UnitSort[];
  return all.find((s) => s === kept) ?? 'newest';
}

/** Filters with several values. */
export const LISTS = [
  'status',
  'category',
  'grade',
  'brand',
  'model',
  'shelf',
  'age',
  'price',
  'missing',
  'inspection'
] as const;
export type ListId = (typeof LISTS)[number];

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((x) => b.includes(x));

/** A filter that stands, with what takes it off. */
export interface Chip {
  list: ListId | 'text' | 'range' | 'flag';
  value: string;
}

/** What is shown of the stock and how; one lives as long as the program, so coming back finds the same view. */
export class StockView {
  flag = $state<Flag>(null);
  status = $state<UnitStatus[]>(['in_stock']);
  category = $state<Category[]>([]);
  grade = $state<string[]>([]);
  brand = $state<string[]>([]);
  model = $state<string[]>([]);
  shelf = $state<string[]>([]);
  age = $state<AgeBand[]>([]);
  price = $state<PriceBand[]>([]);
  missing = $state<Missing[]>([]);
  inspection = $state<InspectionState[]>([]);
  /** Of the price shown, in fen. */
  from = $state<number | null>(null);
  to = $state<number | null>(null);
  text = $state('');
  sort = $state<UnitSort>(storedSort());
  mode = $state<'table' | 'grid'>(memory()?.getItem(MODE_KEY) === 'grid' ? 'grid' : 'table');
  columns = $state<ColumnId[]>(storedColumns());
  /** Chosen columns the window has no room for. */
  noRoom = $state(0);
  costShown = $state(false);
  ageingDays = $state(45);
  /** Whether costs may be asked for: the store refuses others. */
  costs = $state(true);
  /** The saved view these filters came from. */
  saved = $state<string | null>(null);

  /** The tab whose filters are set now. */
  tab: TabId = $derived.by(() => {
    if (this.flag) return this.flag;
    if (same(this.status, ['in_stock'])) return 'sell';
    if (same(this.status, SOLD)) return 'sold';
    return 'all';
  });

  /** What narrows the list beyond the tab. */
  chips: Chip[] = $derived.by(() => {
    const chips: Chip[] = this.text.trim() === '' ? [] : [{ list: 'text', value: this.text.trim() }];
    for (const list of LISTS) {
      if (list === 'status') continue;
      for (const value of this[list]) chips.push({ list, value });
    }
    if (this.from !== null || this.to !== null) chips.push({ list: 'range', value: '' });
    return chips;
  });

  /** True when something beyond the tab narrows the list. */
  narrowed: boolean = $derived(this.chips.length > 0);

  choose(tab: TabId): void {
    this.flag = tab === 'show' || tab === 'nophoto' || tab === 'nograde' || tab === 'ageing' ? tab : null;
    this.status = tab === 'all' ? [] : tab === 'sold' ? [...SOLD] : ['in_stock'];
    this.saved = null;
  }

  clear(): void {
    this.text = '';
    for (const list of LISTS) if (list !== 'status') this[list] = [];
    this.from = null;
    this.to = null;
  }

  /** Takes one filter off. */
  drop(chip: Chip): void {
    if (chip.list === 'text') this.text = '';
    else if (chip.list === 'range') this.from = this.to = null;
    else if (chip.list !== 'flag') this.toggle(chip.list, chip.value);
  }

  setMode(mode: 'table' | 'grid'): void {
    this.mode = mode;
    memory()?.setItem(MODE_KEY, mode);
  }

  setSort(sort: UnitSort): void {
    this.sort = sort;
    memory()?.setItem(SORT_KEY, sort);
  }

  setColumns(columns: ColumnId[]): void {
    this.columns = columns;
    storeColumns(columns);
  }

  toggle(list: ListId, value: string): void {
    const now: string[] = this[list];
    const next = now.includes(value) ? now.filter((v) => v !== value) : [...now, value];
    // The lists' types differ, the rule does not.
    (this as unknown as Record<ListId, string[]>)[list] = next;
    if (list === 'status') this.flag = null;
  }

  query(after: string | null, limit: number, now: number): UnitQuery {
    return {
      text: this.text.trim(),
      status: [...this.status],
      category: [...this.category],
      grade: [...this.grade],
      brand: [...this.brand],
      model: [...this.model],
      shelf: [...this.shelf],
      age: [...this.age],
      price: [...this.price],
      price_from: this.from,
      price_to: this.to,
      missing: this.missing.filter((m) => this.costs || m !== 'cost'),
      inspection: [...this.inspection],
      no_photos: this.flag === 'nophoto',
      no_grade: this.flag === 'nograde',
      in_show: this.flag === 'show',
      not_in_show: false,
      taken_in_before: this.flag === 'ageing' ? now - this.ageingDays * DAY : null,
      sort: !this.costs && this.sort.startsWith('cost_') ? 'newest' : this.sort,
      after,
      limit
    };
  }

  /** Changes whenever the list must start again from its top. */
  key: string = $derived(JSON.stringify(this.query(null, 0, 0)));

  /** What a saved view keeps. */
  state(): ViewState {
    const { status, category, grade, brand, model, shelf, age, price } = this.query(null, 0, 0);
    const missing = [...this.missing];
    if (this.flag === 'nophoto' && !missing.includes('photo')) missing.push('photo');
    if (this.flag === 'nograde' && !missing.includes('grade')) missing.push('grade');
    return {
      text: this.text.trim(),
      status,
      category,
      grade,
      brand,
      model: model ?? [],
      shelf: shelf ?? [],
      age: age ?? [],
      price: price ?? [],
      price_from: this.from,
      price_to: this.to,
      missing,
      inspection: [...this.inspection],
      in_show: this.flag === 'show',
      ageing: this.flag === 'ageing',
      sort: this.sort,
      mode: this.mode,
      columns: [...this.columns]
    };
  }

  /** Shows a saved view. */
  show(state: ViewState, id: string | null): void {
    this.flag = state.in_show ? 'show' : state.ageing ? 'ageing' : null;
    this.text = state.text;
    this.status = [...state.status];
    this.category = [...state.category];
    this.grade = [...state.grade];
    this.brand = [...state.brand];
    this.model = [...state.model];
    this.shelf = [...state.shelf];
    this.age = [...state.age];
    this.price = [...state.price];
    this.from = state.price_from;
    this.to = state.price_to;
    this.missing = [...state.missing];
    this.inspection = [...state.inspection];
    this.sort = state.sort;
    this.mode = state.mode === 'grid' ? 'grid' : 'table';
    if (state.columns.length > 0) this.columns = cleanColumns(state.columns);
    this.saved = id;
  }
}

/** Views everybody has, beside the tabs: what is worth looking through once a week. */
export const READY: { id: string; state: Partial<ViewState> }[] = [
  { id: 'noprice', state: { missing: ['price'], sort: 'newest' } },
  { id: 'nocode', state: { missing: ['code'], sort: 'newest' } },
  { id: 'noshelf', state: { missing: ['shelf'], sort: 'newest' } },
  { id: 'old', state: { age: ['older'], sort: 'oldest' } },
  { id: 'dear', state: { price: ['p5000', 'p8000'], sort: 'price_down' } }
];

/** A ready view in full. */
export function readyState(part: Partial<ViewState>, now: ViewState): ViewState {
  return {
    text: '',
    status: ['in_stock'],
    category: [],
    grade: [],
    brand: [],
    model: [],
    shelf: [],
    age: [],
    price: [],
    price_from: null,
    price_to: null,
    missing: [],
    inspection: [],
    in_show: false,
    ageing: false,
    sort: 'newest',
    mode: now.mode,
    columns: [],
    ...part
  };
}

/** Counts of the tabs. */
export function tabCounts(f: UnitFacets | null | undefined): Record<TabId, number | null> {
  if (!f) return { sell: null, show: null, nophoto: null, nograde: null, ageing: null, sold: null, all: null };
  const by = (s: string) => f.status.find((x) => x.value === s)?.count ?? 0;
  return {
    sell: by('in_stock'),
    show: f.in_show,
    nophoto: f.no_photos,
    nograde: f.no_grade,
    ageing: f.ageing,
    sold: SOLD.reduce((n, s) => n + by(s), 0),
    all: f.status.reduce((n, s) => n + s.count, 0)
  };
}

export const view = new StockView();
