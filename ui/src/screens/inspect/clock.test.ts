import { expect, test } from 'vitest';
import { IDLE_MS, WorkClock } from './clock';

test('time counts from the first touch, not from the opening of the screen', () => {
  const clock = new WorkClock();
  expect(clock.spent(5_000)).toBe(0);
  clock.touch(10_000);
  expect(clock.spent(13_000)).toBe(3_000);
});

test('a screen that is covered stands still until it is touched again', () => {
  const clock = new WorkClock();
  clock.touch(0);
  clock.leave(4_000);
  expect(clock.spent(50_000)).toBe(4_000);
  clock.touch(60_000);
  expect(clock.spent(61_000)).toBe(5_000);
});

test('somebody who went away is counted to the end of the grace, once', () => {
  const clock = new WorkClock();
  clock.touch(0);
  clock.touch(10_000);
  expect(clock.spent(600_000)).toBe(10_000 + IDLE_MS);
  clock.leave(700_000);
  clock.touch(800_000);
  expect(clock.spent(801_000)).toBe(10_000 + IDLE_MS + 1_000);
});

test('an inspection that was begun before goes on from its time', () => {
  const clock = new WorkClock(90_000);
  clock.touch(0);
  expect(clock.spent(1_000)).toBe(91_000);
});
