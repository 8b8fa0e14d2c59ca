import { describe, expect, it } from 'vitest';
import { AppFailure } from '../ipc/failure';
import type { AnswersInput } from '../ipc/gen/AnswersInput';
import type { ErrorCode } from '../ipc/gen/ErrorCode';
import type { Inspection } from '../ipc/gen/Inspection';
import { Refused } from '../ipc/lan';
import type { AnswerBox, Kept } from './answer-box';
import { Answers, type AnswerLine } from './answers.svelte';
import type { State } from './post';

class FakeBox implements AnswerBox {
  rows = new Map<number, Kept>();
  drafts = new Map<string, Inspection>();
  full = false;
  all = () => Promise.resolve([...this.rows.values()].sort((a, b) => a.seq - b.seq));
  put(k: Kept): Promise<void> {
    if (this.full) return Promise.reject(new DOMException('full', 'QuotaExceededError'));
    this.rows.set(k.seq, k);
    return Promise.resolve();
  }
  remove(seq: number): Promise<void> {
    this.rows.delete(seq);
    return Promise.resolve();
  }
  draft = (unit: string) => Promise.resolve(this.drafts.get(unit));
  keepDraft(d: Inspection): Promise<void> {
    this.drafts.set(d.unit.id, d);
    return Promise.resolve();
  }
  dropDraft(unit: string): Promise<void> {
    this.drafts.delete(unit);
    return Promise.resolve();
  }
}

const lost = () => new AppFailure({ code: 'internal', args: {}, detail: null }, true);
const refused = (code: ErrorCode, status: number) =>
  new Refused(new AppFailure({ code, args: {}, detail: null }), status);
const draft = (id: string) => ({ id, unit: { id: 'u' } }) as Inspection;

/** A line that answers what it is told to, then takes everything. */
class FakeLine implements AnswerLine {
  got: string[] = [];
  waits: number[] = [];
  answers: (Error | null)[] = [];
  now = 'i';
  answer(input: AnswersInput): Promise<Inspection> {
    const answer = this.answers.shift() ?? null;
    if (answer) return Promise.reject(answer);
    this.got.push(...input.answers.map((a) => `${input.inspection_id}:${a.item_id}=${String(a.value)}`));
    return Promise.resolve(draft(input.inspection_id));
  }
  open = () => Promise.resolve(draft(this.now));
  sleep(ms: number): Promise<void> {
    this.waits.push(ms);
    return Promise.resolve();
  }
}

const given = (item: string, value = 'ok') => ({
  unit: 'u',
  label: '0401',
  name: { zh: item, en: item },
  input: { inspection_id: 'i', answers: [{ item_id: item, value }], worked_ms: 1 }
});
const settle = async () => {
  for (let i = 0; i < 60; i += 1) await Promise.resolve();
};

describe('answers that wait', () => {
  it('go in order, and each is forgotten only when the laptop has it', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    const queue = new Answers(box, line);
    const got = ['a', 'b', 'a'].map((item, i) => queue.add(given(item, String(i))));
    expect(queue.count).toBe(2);
    expect((await Promise.all(got)).map((d) => d.id)).toEqual(['i', 'i', 'i']);
    await settle();
    expect(line.got).toEqual(['i:a=0', 'i:b=1', 'i:a=2']);
    expect([box.rows.size, queue.list.length, queue.sent]).toEqual([0, 0, 3]);
  });

  it('wait longer each time while the line is down, say so, and are kept', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    const states: State[] = [];
    line.answers = Array.from({ length: 6 }, lost);
    const queue = new Answers(box, line, (s) => states.push(s));
    const got = queue.add(given('a'));
    await got;
    expect(line.waits).toEqual([1000, 2000, 4000, 8000, 15000, 15000]);
    expect([states[0], states.at(-1)]).toEqual(['lost', 'up']);
    await settle();
    expect(box.rows.size).toBe(0);
  });

  it('are taken up after a reload, and stand on the screen of their inspection again', async () => {
    const box = new FakeBox();
    const stuck = { answer: () => new Promise<never>(() => undefined) };
    const before = new Answers(box, Object.assign(new FakeLine(), stuck));
    void before.add(given('a'));
    void before.add(given('b'));
    await settle();
    const line = new FakeLine();
    line.answers = [lost()];
    line.sleep = () => new Promise(() => undefined);
    const queue = new Answers(box, line);
    await queue.load();
    await settle();
    expect([...queue.waits('i')]).toEqual(['a', 'b']);
    const kept = queue.of('i');
    expect(kept.map((k) => k.input.answers[0]?.item_id)).toEqual(['a', 'b']);
    expect(queue.of('another')).toEqual([]);
    queue.poke();
    await Promise.all(kept.map((k) => k.sent));
    expect(line.got).toEqual(['i:a=ok', 'i:b=ok']);
    // What is given now comes after what was left.
    await queue.add(given('c'));
    expect(line.got.at(-1)).toBe('i:c=ok');
  });

  it('are set aside with the reason when the laptop will never have them; the others go on', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    line.answers = [refused('not_found', 404)];
    const queue = new Answers(box, line);
    const failed = queue.add(given('a')).catch((why: AppFailure) => why.error.code);
    await queue.add(given('b'));
    expect(await failed).toBe('not_found');
    expect([queue.refused.map((k) => k.seq), line.got]).toEqual([[1], ['i:b=ok']]);
    expect(box.rows.get(1)?.refused?.code).toBe('not_found');
    line.now = 'next';
    await queue.retry(1);
    await settle();
    expect([line.got.at(-1), box.rows.size]).toEqual(['next:a=ok', 0]);
  });

  it('stop when the laptop no longer knows the phone, and are kept', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    const states: State[] = [];
    line.answers = [refused('no_session', 401)];
    const queue = new Answers(box, line, (s) => states.push(s));
    void queue.add(given('a'));
    await settle();
    expect([states, line.got, box.rows.size]).toEqual([['unpaired'], [], 1]);
    queue.poke();
    await settle();
    expect(line.got).toEqual(['i:a=ok']);
  });

  it('say so when the phone is too full to keep them, and go all the same', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    box.full = true;
    line.answers = [lost()];
    line.sleep = () => new Promise(() => undefined);
    const queue = new Answers(box, line);
    void queue.add(given('a'));
    await settle();
    expect(queue.unkept).toBe(true);
    queue.poke();
    await settle();
    expect([line.got, queue.unkept]).toEqual([['i:a=ok'], false]);
  });

  it('leave the draft as the laptop last told it, to be opened without a line', async () => {
    const [box, line] = [new FakeBox(), new FakeLine()];
    const queue = new Answers(box, line);
    await queue.add(given('a'));
    await settle();
    expect((await queue.draft('u'))?.id).toBe('i');
    queue.ended('u');
    await settle();
    expect(await queue.draft('u')).toBeUndefined();
  });
});
