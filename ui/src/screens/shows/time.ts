import { isoDay, parseDayClock } from '../../i18n/format';

const DAY = 86_400_000;

/** This evening at 19:30 of the stall's day, or tomorrow's when that has passed. */
export function nextEvening(now: number): number {
  const tonight = parseDayClock(isoDay(now), '19:30') ?? now;
  return tonight > now ? tonight : tonight + DAY;
}
