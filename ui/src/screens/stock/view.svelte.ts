import type { Category } from '../../ipc/gen/Category';
import type { UnitFacets } from '../../ipc/gen/UnitFacets';
import type { UnitQuery } from '../../ipc/gen/UnitQuery';
import type { UnitSort } from '../../ipc/gen/UnitSort';
import type { UnitStatus } from '../../ipc/gen/UnitStatus';

/** A view of the stock, kept as a set of filters: the tab is only a name for a set often wanted. */
export type TabId = 'sell' | 'show' | 'nophoto' | 'nograde' | 'ageing' | 'sold' | 'all';
type Flag = 'show' | 'nophoto' | 'nograde' | 'ageing' | null;

export const TABS: TabId[] = ['sell', 'show', 'nophoto', 'nograde', 'ageing', 'sold', 'all'];
export const SORTS: UnitSort[] = ['newest', 'oldest', 'price_up', 'price_down', 'stock_no'];
export const STATUSES: UnitStatus[] = ['in_stock', 'sold', 'packed', 'shipped', 'withdrawn'];
const SOLD: UnitStatus[] = ['sold', 'packed', 'shipped'];
export const DAY = 86_400_000;

const MODE_KEY = 'stall.stock.mode';
const SORT_KEY = 'stall.stock.sort';

function stored<T extends string>(key: string, allowed: readonly T[], otherwise: T): T {
  // Outside a browser (tests) nothing is remembered.
  const value = typeof localStorage === 'undefined' ? null : (localStorage.getItem(key) as T | null);
  return value !== null && allowed.includes(value) ? value : otherwise;
}

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((x) => b.includes(x));

/** What is shown of the stock and how; one lives as long as the program, so coming back finds the same view. */
export class StockView {
  flag = $state<Flag>(null);
  status = $state<UnitStatus[]>(['in_stock']);
  category = $state<Category[]>([]);
  grade = $state<string[]>([]);
  brand = $state<string[]>([]);
  text = $state('');
  sort = $state<UnitSort>(stored(SORT_KEY, SORTS, 'newest'));
  mode = $state<'table' | 'grid'>(stored(MODE_KEY, ['table', 'grid'] as const, 'table'));
  costShown = $state(false);
  ageingDays = $state(45);

  /** The tab whose filters are set now. */
  tab: TabId = $derived.by(() => {
    if (this.flag) return this.flag;
    if (same(this.status, ['in_stock'])) return 'sell';
    if (same(this.status, SOLD)) return 'sold';
    return 'all';
  });

  /** True when something beyond the tab narrows the list. */
  narrowed: boolean = $derived(
    this.text.trim() !== '' || this.category.length + this.grade.length + this.brand.length > 0
  );

  choose(tab: TabId): void {
    this.flag = tab === 'show' || tab === 'nophoto' || tab === 'nograde' || tab === 'ageing' ? tab : null;
    this.status = tab === 'all' ? [] : tab === 'sold' ? [...SOLD] : ['in_stock'];
  }

  clear(): void {
    this.text = '';
    this.category = [];
    this.grade = [];
    this.brand = [];
  }

  setMode(mode: 'table' | 'grid'): void {
    this.mode = mode;
    localStorage.setItem(MODE_KEY, mode);
  }

  setSort(sort: UnitSort): void {
    this.sort = sort;
    localStorage.setItem(SORT_KEY, sort);
  }

  toggle(list: 'status' | 'category' | 'grade' | 'brand', value: string): void {
    const now: string[] = this[list];
    const next = now.includes(value) ? now.filter((v) => v !== value) : [...now, value];
    // One assignment a list: the types differ, the rule does not.
    if (list === 'status') this.status = next as UnitStatus[];
    else if (list === 'category') this.category = next as Category[];
    else this[list] = next;
    if (list === 'status') this.flag = null;
  }

  query(after: string | null, limit: number, now: number): UnitQuery {
    return {
      text: this.text.trim(),
      status: [...this.status],
      category: [...this.category],
      grade: [...this.grade],
      brand: [...this.brand],
      no_photos: this.flag === 'nophoto',
      no_grade: this.flag === 'nograde',
      in_show: this.flag === 'show',
      not_in_show: false,
      taken_in_before: this.flag === 'ageing' ? now - this.ageingDays * DAY : null,
      sort: this.sort,
      after,
      limit
    };
  }

  /** Changes whenever the list must start again from its top. */
  key: string = $derived(JSON.stringify(this.query(null, 0, 0)));
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
