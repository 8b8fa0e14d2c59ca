import type { UnitQuery } from '../../../ipc/gen/UnitQuery';

/** What an export is made of: picked units, what a query finds, or the units of a show. */
export interface ExportTarget {
  ids: string[];
  query: UnitQuery | null;
  show: string | null;
  /** How many units, as the person sees it. */
  count: string;
}
