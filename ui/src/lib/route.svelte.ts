import type { Role } from '../ipc/gen/Role';

export type Area = 'today' | 'stock' | 'shows' | 'orders' | 'bench' | 'inbox' | 'settings';
export const AREAS: readonly Area[] = ['today', 'stock', 'shows', 'orders', 'bench', 'inbox', 'settings'];

/** Areas only some may enter; the store refuses the rest. */
export const CLOSED: Partial<Record<Area, readonly Role[]>> = {
  orders: ['owner', 'control', 'packer'],
  bench: ['owner', 'control', 'packer']
};

/** The areas this role has work in. */
export function areasOf(role: Role | undefined): Area[] {
  return AREAS.filter((a) => role === undefined || (CLOSED[a]?.includes(role) ?? true));
}

export interface Route {
  /** `/stock/0192…` without the question mark part. */
  path: string;
  area: Area;
  /** What follows the area: `['<id>', 'print']`. */
  rest: string[];
  query: URLSearchParams;
}

/** Reads `#/area/rest?query`; anything unknown is Today. */
export function parseHash(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const [area = '', ...rest] = path.split('/').filter(Boolean).map(decodeURIComponent);
  const found = AREAS.find((a) => a === area);
  return {
    path: `/${found ? path : 'today'}`,
    area: found ?? 'today',
    rest: found ? rest : [],
    query: new URLSearchParams(query)
  };
}

const here = () => (typeof location === 'undefined' ? '' : location.hash);
let current = $state.raw<Route>(parseHash(here()));

if (typeof window !== 'undefined') {
  window.addEventListener('hashchange', () => (current = parseHash(here())));
}

export function route(): Route {
  return current;
}

/** Goes to `/stock`, `#/stock/<id>` or `stock?new=…`. `replace` leaves no step for the back button. */
export function go(path: string, replace = false): void {
  const hash = `#/${path.replace(/^#?\/?/, '')}`;
  if (hash === location.hash) return;
  if (replace) {
    history.replaceState(null, '', hash);
    current = parseHash(hash);
  } else {
    location.hash = hash;
  }
}
