import type { ItemProblem } from '../../ipc/gen/ItemProblem';
import type { IconName } from '../../lib/ui/icons';

/** How a problem looks: crimson blocks the sale, amber wants work before the show. */
export const PROBLEMS: Record<ItemProblem, { icon: IconName; kind: 'late' | 'due' }> = {
  sold: { icon: 'lock', kind: 'late' },
  withdrawn: { icon: 'octo', kind: 'late' },
  other_show: { icon: 'lock', kind: 'late' },
  below_floor: { icon: 'octo', kind: 'late' },
  twice: { icon: 'tri', kind: 'due' },
  no_price: { icon: 'tag', kind: 'due' },
  no_photos: { icon: 'cam', kind: 'due' },
  no_grade: { icon: 'clip', kind: 'due' }
};

/** Icons of segment types; a type the list does not know gets the flag. */
const SEGMENTS: Record<string, IconName> = {
  pre_check: 'clip',
  opening: 'mega',
  warmup: 'msg',
  welfare: 'tag',
  traffic: 'flash',
  main: 'star',
  profit: 'money',
  single: 'phone',
  live_inspect: 'search',
  flaw_first: 'eye',
  compare: 'split',
  repair: 'tool',
  recycle: 'swap',
  guess: 'help',
  quiz: 'help',
  lottery: 'box',
  tease: 'hourglass',
  auction: 'up',
  request: 'hand',
  qa: 'msg',
  packing: 'box',
  aftersale_open: 'after',
  story: 'user',
  encore: 'redo',
  closing: 'flag',
  break: 'clock'
};

/** The picture of a segment type. */
export function segmentIcon(id: string): IconName {
  return SEGMENTS[id] ?? 'flag';
}
