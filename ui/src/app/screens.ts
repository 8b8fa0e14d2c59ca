import type { Route } from '../lib/route.svelte';

type Module = { default: unknown };
const FILES = import.meta.glob<Module>('../screens/*/*Screen.svelte');

export interface Place {
  file: string;
  /** Another key makes the screen anew (another show, another import). */
  key: string;
  props: Record<string, unknown>;
  load: () => Promise<Module>;
}

function name(r: Route): [path: string, props: Record<string, unknown>] {
  const [id, then, last] = r.rest;
  switch (r.area) {
    case 'stock':
      if (id === 'tray') return ['stock/Tray', {}];
      // Lots and stock-takes read their ids themselves: a lot gets its own while scans are on their way.
      if (id === 'lot') return ['lots/Lot', {}];
      if (id === 'move') return ['lots/Move', {}];
      if (id === 'take') return ['takes/Take', {}];
      if (id === 'photos') return ['batch/Batch', {}];
      // The queue stays while one unit after another is in hand.
      if (id === 'inspect') return ['inspect/Inspect', {}];
      if (id === 'verify') return ['passport/Verify', {}];
      if (id === 'compare') return ['inspect/Compare', { left: then, right: last }];
      return id === 'import' ? ['imports/Import', { kind: 'units' }] : ['stock/Stock', {}];
    case 'orders':
      return id === 'import' ? ['imports/Import', { kind: 'orders' }] : ['orders/Orders', {}];
    case 'shows':
      if (id === undefined) return ['shows/Shows', {}];
      return [then === 'print' ? 'shows/Print' : 'shows/Sheet', { id }];
    case 'bench':
      return ['bench/Bench', {}];
    case 'inbox':
      return ['inbox/Inbox', {}];
    case 'settings':
      return ['settings/Settings', {}];
    default:
      return ['today/Today', {}];
  }
}

/** The screen of a route, or `null` when there is none. */
export function screenOf(r: Route): Place | null {
  const [path, props] = name(r);
  const file = `../screens/${path}Screen.svelte`;
  const load = FILES[file];
  if (!load) return null;
  return { file, props, load, key: `${path} ${Object.values(props).join(' ')}` };
}

/** Brings every screen into memory while nothing else is wanted, so that going there takes no waiting. */
export function warmScreens(): () => void {
  const timer = setTimeout(() => {
    for (const load of Object.values(FILES)) load().catch(() => undefined);
  }, 1500);
  return () => clearTimeout(timer);
}
