import { call } from '../ipc/client';

/**
 * The name of another laptop that is giving the unit to an order in this moment; while this one asks, it holds the unit itself.
 * `null` where it may go on, and where nobody could be asked: that keeps no one from working.
 */
export function claim(unit: string): Promise<string | null> {
  return call('units.claim', { id: unit }).then(
    (said) => said.by,
    () => null
  );
}
