import { describe, expect, it } from 'vitest';
import type { SyncStatus } from '../ipc/gen/SyncStatus';
import { invitation, lamp, wordCount } from './sync';

const on: SyncStatus = {
  state: 'on',
  line: 'idle',
  hub: 'https://hub.example.com',
  name: '周敏的电脑',
  role: 'owner',
  last: 1_000_000,
  waiting: 0,
  files: 0,
  offset_ms: 0,
  problem: null,
  paused: false,
  small_only: false,
  host: { on: false, open: false, port: 0, addresses: [], problem: null },
  away: false,
  second: null,
  ledger: { state: 'new', laptops: 0, at: null },
  sample: false
};

describe('recovery words', () => {
  it('are counted as they are written', () => {
    expect(['', '的一是', '的 一，是', 'abandon Ability\nable', '1. 的 2. abandon'].map(wordCount)).toEqual([
      0, 3, 3, 3, 2
    ]);
  });
});

describe('the lamp of sync', () => {
  it('says nothing where a laptop stands alone', () => {
    expect(lamp({ ...on, state: 'off' }, 0)).toBeUndefined();
  });
  it('tells since when it is in step', () => {
    expect(lamp(on, 1_000_500)).toMatchObject({ say: 'just', tone: 'ok' });
    expect(lamp(on, 1_000_000 + 240_000)).toMatchObject({ say: 'ago', ago: 240_000 });
  });
  it('counts what waits while there is no line', () => {
    expect(lamp({ ...on, line: 'offline', waiting: 12 }, 0)).toMatchObject({ say: 'offline_n', n: 12, tone: 'due' });
    expect(lamp({ ...on, line: 'offline' }, 0)).toMatchObject({ say: 'offline' });
    expect(lamp({ ...on, line: 'paused', paused: true, waiting: 3 }, 0)).toMatchObject({ say: 'paused_n', n: 3 });
  });
  it('does not flicker with every exchange', () => {
    expect(lamp({ ...on, line: 'busy' }, 1_000_500)).toMatchObject({ say: 'just' });
    expect(lamp({ ...on, line: 'busy', last: null }, 0)).toMatchObject({ say: 'busy' });
  });
  it('puts trouble before everything', () => {
    expect(lamp({ ...on, state: 'asked', line: 'trouble' }, 0)).toMatchObject({ say: 'trouble', tone: 'late' });
    expect(lamp({ ...on, state: 'asked', line: 'idle' }, 0)).toMatchObject({ say: 'asked' });
  });
});

describe('an invitation', () => {
  it('is read whole, with the hub and its fingerprint', () => {
    const pin = 'ab12'.repeat(16);
    expect(invitation(` stallkeeper:https://192.168.1.5:4911/join/${pin}/7K3M-AAAA-BBBB-CCCC `)).toEqual({
      hub: `https://192.168.1.5:4911#${pin}`,
      code: '7K3M-AAAA-BBBB-CCCC'
    });
    expect(invitation('stallkeeper:https://hub.example.com/stalls/join/7K3M-AAAA-BBBB-CCCC')).toEqual({
      hub: 'https://hub.example.com/stalls',
      code: '7K3M-AAAA-BBBB-CCCC'
    });
  });
  it('is a code alone otherwise', () => {
    expect(invitation('7k3m aaaa bbbb cccc')).toEqual({ hub: '', code: '7k3m aaaa bbbb cccc' });
  });
});
