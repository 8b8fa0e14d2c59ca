import { expect, test } from 'vitest';
import type { InspectQueueUnit } from '../../ipc/gen/InspectQueueUnit';
import { Sitting } from './queue.svelte';

const unit = (id: string) => ({ unit: { id }, draft: null }) as unknown as InspectQueueUnit;

test('next and previous go over what still waits, round once', () => {
  const s = new Sitting();
  s.hear([unit('a'), unit('b'), unit('c')]);
  expect(s.near('a', 1)).toBe('b');
  expect(s.near('a', -1)).toBe('c');
  s.finish('b');
  expect(s.near('a', 1)).toBe('c');
  expect(s.near('zz', 1)).toBe('a');
  s.finish('c');
  expect(s.near('a', 1)).toBeNull();
});

test('places stay while units are finished, and newcomers go behind', () => {
  const s = new Sitting();
  s.hear([unit('a'), unit('b')]);
  s.finish('a');
  s.hear([unit('b'), unit('n')]);
  expect(s.order.map((u) => u.unit.id)).toEqual(['a', 'b', 'n']);
  expect(s.place('b')).toBe(1);
});

test('a unit whose report was undone waits again', () => {
  const s = new Sitting();
  s.hear([unit('a'), unit('b')]);
  s.finish('a');
  s.hear([unit('a'), unit('b')]);
  expect(s.near('b', 1)).toBe('a');
});
