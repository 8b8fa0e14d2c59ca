import type { OrderRow } from '../../ipc/gen/OrderRow';

const HOUR = 3_600_000;
/** Closer than this a deadline is amber. */
export const SOON_MS = 12 * HOUR;

export type Urgency = 'late' | 'due' | 'ok';

/** Stages in which the clock still runs. */
const RUNNING: readonly OrderRow['stage'][] = ['to_match', 'to_pack', 'to_ship'];

/** Whether the parcel still has to leave. */
export function waiting(order: Pick<OrderRow, 'stage'>): boolean {
  return RUNNING.includes(order.stage);
}

/** How close a deadline is. */
export function urgency(at: number, now: number): Urgency {
  return at < now ? 'late' : at - now < SOON_MS ? 'due' : 'ok';
}

/** Share of the promised time that is left, 0 to 1. A promise without a start counts from two days before. */
export function shareLeft(at: number, from: number | null, now: number): number {
  const whole = at - (from ?? at - 48 * HOUR);
  return whole <= 0 ? 0 : Math.max(0, Math.min(1, (at - now) / whole));
}

/** The tail people read aloud: `…4471`. */
export function tail(no: string): string {
  return no.length > 4 ? `…${no.slice(-4)}` : no;
}
