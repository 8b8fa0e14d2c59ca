import type { IconName } from '../../lib/ui/icons';

/** What a scan did, for the band under the scan field. */
export interface Said {
  tone: 'calm' | 'good' | 'warn' | 'bad';
  icon: IconName;
  big: string;
  small?: string;
}

/** Does one thing after another: a scanner is faster than the store, and the third scan must not pass the second. */
export function inTurn(): (work: () => Promise<void>) => void {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    last = last.then(work, work);
  };
}
