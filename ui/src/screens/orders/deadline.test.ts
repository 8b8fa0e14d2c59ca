import { describe, expect, it } from 'vitest';
import { shareLeft, tail, urgency, waiting } from './deadline';

const H = 3_600_000;
const now = 1_000 * H;

describe('a ship-by deadline', () => {
  it('is crimson once past, amber within half a day, calm before', () => {
    expect(urgency(now - 1, now)).toBe('late');
    expect(urgency(now + 2 * H, now)).toBe('due');
    expect(urgency(now + 13 * H, now)).toBe('ok');
  });
  it('shows the share of the promised time that is left', () => {
    expect(shareLeft(now + 12 * H, now - 36 * H, now)).toBe(0.25);
    expect(shareLeft(now + 24 * H, null, now)).toBe(0.5);
    expect(shareLeft(now - H, now - 48 * H, now)).toBe(0);
    expect(shareLeft(now, now, now)).toBe(0);
  });
  it('stops once the parcel has left or the order is held', () => {
    expect(waiting({ stage: 'to_ship' })).toBe(true);
    expect(waiting({ stage: 'shipped' })).toBe(false);
    expect(waiting({ stage: 'held' })).toBe(false);
  });
});

it('reads an order number by its tail', () => {
  expect(tail('2611240000004471')).toBe('…4471');
  expect(tail('12')).toBe('12');
});
