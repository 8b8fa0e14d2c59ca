// What a scanned code names; of several units that wear one number, the one a person says is in their hand.
import { call } from '../ipc/client';
import type { ScanHit } from '../ipc/gen/ScanHit';
import type { UnitRow } from '../ipc/gen/UnitRow';

interface Asked {
  code: string;
  units: UnitRow[];
  done: (unit: UnitRow | null) => void;
}

let asking = $state.raw<Asked | null>(null);

/** The question on the screen. */
export const which = (): Asked | null => asking;

/** Answers it; `null`: none of them, or not now. */
export function meant(unit: UnitRow | null): void {
  const was = asking;
  asking = null;
  was?.done(unit);
}

function whichOf(code: string, units: UnitRow[]): Promise<UnitRow | null> {
  meant(null);
  return new Promise((done) => {
    asking = { code, units, done };
  });
}

export type OneHit = Exclude<ScanHit, { type: 'several' }>;

/** What a code names. `null`: several units, and the person chose none. */
export async function resolveScan(code: string): Promise<OneHit | null> {
  const hit = await call('scan.resolve', { code });
  if (hit.type !== 'several') return hit;
  const unit = await whichOf(code, hit.units);
  return unit && { type: 'unit', unit };
}
