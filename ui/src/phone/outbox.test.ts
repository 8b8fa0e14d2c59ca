import { describe, expect, it } from 'vitest';
import { AppFailure } from '../ipc/failure';
import type { ErrorCode } from '../ipc/gen/ErrorCode';
import { Refused } from '../ipc/lan';
import type { Box, Picture } from './box';
import { Outbox, type Line } from './outbox.svelte';

class FakeBox implements Box {
  rows = new Map<string, Picture>();
  files = new Map<string, ArrayBuffer>();
  full = false;
  all = () => Promise.resolve([...this.rows.values()].sort((a, b) => a.seq - b.seq));
  add(p: Picture, bytes: ArrayBuffer): Promise<void> {
    if (this.full) return Promise.reject(new DOMException('full', 'QuotaExceededError'));
    this.rows.set(p.id, p);
    this.files.set(p.id, bytes);
    return Promise.resolve();
  }
  update(p: Picture): Promise<void> {
    this.rows.set(p.id, p);
    return Promise.resolve();
  }
  bytes = (id: string) => Promise.resolve(this.files.get(id));
  remove(id: string): Promise<void> {
    this.rows.delete(id);
    this.files.delete(id);
    return Promise.resolve();
  }
}

const lost = () => new AppFailure({ code: 'internal', args: {}, detail: null }, true);
const refused = (code: ErrorCode, status: number) =>
  new Refused(new AppFailure({ code, args: {}, detail: null }), status);

/** A line that answers what it is told to, then stores. */
class FakeLine implements Line {
  got: string[] = [];
  dropped: string[] = [];
  waits: number[] = [];
  answers: (Error | null)[] = [];
  put({ id }: { id: string }): Promise<void> {
    const answer = this.answers.shift() ?? null;
    if (answer) return Promise.reject(answer);
    this.got.push(id);
    return Promise.resolve();
  }
  drop(id: string): Promise<void> {
    this.dropped.push(id);
    return Promise.resolve();
  }
  sleep(ms: number): Promise<void> {
    this.waits.push(ms);
    return Promise.resolve();
  }
}

const picture = (id: string, replaces: string | null = null) => ({
  id,
  unit: 'u',
  tray: null,
  label: '0001',
  shot: 'back',
  name: 'a.jpg',
  type: 'image/jpeg',
  taken: 1,
  size: 1,
  thumb: '',
  replaces
});
const bytes = () => new ArrayBuffer(1);
const settle = async () => {
  for (let i = 0; i < 60; i += 1) await Promise.resolve();
};

describe('the outbox', () => {
  it('sends in order and forgets a picture only when it is stored', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    const out = new Outbox(box, line);
    for (const id of ['a', 'b', 'c']) await out.add(picture(id), bytes());
    await settle();
    expect(line.got).toEqual(['a', 'b', 'c']);
    expect([box.rows.size, box.files.size, out.pictures.length, out.stored]).toEqual([0, 0, 0, 3]);
  });

  it('waits longer each time while the line is down, and keeps everything', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    line.answers = Array.from({ length: 6 }, lost);
    const out = new Outbox(box, line);
    await out.add(picture('a'), bytes());
    await settle();
    expect(line.waits).toEqual([1000, 2000, 4000, 8000, 15000, 15000]);
    expect(line.got).toEqual(['a']);
    expect(out.state).toBe('up');
  });

  it('takes up after a reload what was left', async () => {
    const box = new FakeBox();
    const before = new Outbox(box, { ...new FakeLine(), put: () => new Promise(() => undefined) } as unknown as Line);
    await before.add(picture('a'), bytes());
    await before.add(picture('b'), bytes());
    const line = new FakeLine();
    const out = new Outbox(box, line);
    await out.load();
    await settle();
    expect(line.got).toEqual(['a', 'b']);
    expect(box.rows.size).toBe(0);
  });

  it('sets a picture aside that the laptop will never have, says why, and goes on', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    line.answers = [refused('not_found', 404)];
    const out = new Outbox(box, line);
    await out.add(picture('a'), bytes());
    await out.add(picture('b'), bytes());
    await settle();
    expect(line.got).toEqual(['b']);
    expect(out.refused.map((p) => [p.id, p.refused?.code])).toEqual([['a', 'not_found']]);
    expect(box.rows.has('a')).toBe(true);
    await out.retry('a', { unit: null, tray: '0001~1' });
    await settle();
    expect(line.got).toEqual(['b', 'a']);
    expect(box.rows.size).toBe(0);
  });

  it('waits while the laptop shows its sample or its disk is full', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    line.answers = [refused('lan_other_stall' as ErrorCode, 409), refused('disk_full', 507)];
    const out = new Outbox(box, line);
    await out.add(picture('a'), bytes());
    await settle();
    expect([line.waits.length, line.got]).toEqual([2, ['a']]);
  });

  it('stops when the laptop no longer knows the phone and keeps the picture', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    line.answers = [refused('no_session', 401)];
    const out = new Outbox(box, line);
    await out.add(picture('a'), bytes());
    await settle();
    expect([out.state, line.got.length, box.rows.size]).toEqual(['unpaired', 0, 1]);
    out.poke();
    await settle();
    expect(line.got).toEqual(['a']);
  });

  it('takes the old picture off only when the new one is stored', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    line.answers = [lost()];
    const out = new Outbox(box, line);
    await out.add(picture('new', 'old'), bytes());
    expect(line.dropped).toEqual([]);
    await settle();
    expect([line.got, line.dropped]).toEqual([['new'], ['old']]);
  });

  it('does not send a picture that was taken again before its turn', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    let release: () => void = () => undefined;
    line.put = (p) =>
      p.id === 'first'
        ? new Promise((done) => (release = () => (line.got.push(p.id), done())))
        : FakeLine.prototype.put.call(line, p);
    const out = new Outbox(box, line);
    await out.add(picture('first'), bytes());
    await out.add(picture('bad'), bytes());
    await out.add(picture('good', 'bad'), bytes());
    release();
    await settle();
    expect(line.got).toEqual(['first', 'good']);
    expect(box.rows.size).toBe(0);
  });

  it('does not write a picture down again whose small copy comes while it is being forgotten', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    const out = new Outbox(box, line);
    const remove = box.remove.bind(box);
    box.remove = async (id) => {
      await remove(id);
      await out.setThumb(id, 'data:late');
    };
    await out.add(picture('a'), bytes());
    await settle();
    expect([box.rows.size, out.pictures.length]).toEqual([0, 0]);
  });

  it('keeps a picture in memory when the phone is full, says so, and sends it', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    box.full = true;
    line.answers = [lost()];
    const out = new Outbox(box, line);
    await out.add(picture('a'), bytes());
    expect(out.phoneFull).toBe(true);
    await settle();
    expect([line.got, out.phoneFull]).toEqual([['a'], false]);
  });
});
