import { describe, expect, it } from 'vitest';
import type { SyncStatus } from '../ipc/gen/SyncStatus';
import { invitation, isOwn, lamp, lostWays, unreached, wordCount } from './sync';

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
    const lost = { ...on, problem: { code: 'sync_offline' as const, args: {}, detail: null }, waiting: 2 };
    expect(lamp({ ...lost, line: 'busy' }, 1_000_500)).toMatchObject({ say: 'offline_n', n: 2 });
    const wrong = { ...on, problem: { code: 'sync_refused' as const, args: {}, detail: null } };
    expect(lamp({ ...wrong, line: 'busy' }, 1_000_500)).toMatchObject({ say: 'trouble' });
  });
  it('puts trouble before everything', () => {
    expect(lamp({ ...on, state: 'asked', line: 'trouble' }, 0)).toMatchObject({ say: 'trouble', tone: 'late' });
    expect(lamp({ ...on, state: 'asked', line: 'idle' }, 0)).toMatchObject({ say: 'asked' });
  });
});

describe('a hub that is lost', () => {
  const gone: SyncStatus = { ...on, line: 'offline', problem: { code: 'sync_offline', args: {}, detail: null } };
  const second = (hub: string) => ({ hub, last: null, problem: null });
  const host = { ...on.host, on: true, port: 4911 };

  it('is not reached, also while it is tried again or the second one helps', () => {
    expect([gone, { ...gone, line: 'busy' as const }, { ...on, away: true }].map(unreached)).toEqual([
      true,
      true,
      true
    ]);
  });
  it('is not one that is reached, paused, or of a laptop that is not in yet; nor is it a full disk', () => {
    const full = { code: 'disk_full' as const, args: {}, detail: null };
    const fine: SyncStatus[] = [
      on,
      { ...gone, line: 'paused' },
      { ...gone, state: 'asked' },
      { ...gone, problem: full }
    ];
    expect(fine.map(unreached)).toEqual([false, false, false, false]);
  });
  it('gives way to the second one, to this laptop, or to a server, as an owner says', () => {
    expect(lostWays(gone, true)).toEqual(['here', 'server', 'move']);
    expect(lostWays({ ...gone, second: second('https://cloud.example.com') }, true)[0]).toBe('second');
  });
  it('leaves a helper, and the laptop that has a hub of its own, to go to the new one', () => {
    expect(lostWays(gone, false)).toEqual(['move']);
    expect(lostWays({ ...gone, hub: 'https://127.0.0.1:4911', host }, true)).toEqual(['move']);
  });
  it('is told from the second one on this laptop', () => {
    const here = { ...gone, host, second: second('https://127.0.0.1:4911') };
    expect(isOwn(here, here.hub)).toBe(false);
    expect(lostWays(here, true)).toEqual(['second', 'server', 'move']);
    expect(lostWays({ ...here, host: { ...host, on: false } }, true)).toEqual(['here', 'server', 'move']);
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
