import { describe, expect, it } from 'vitest';
import type { PresenceMark } from '../ipc/gen/PresenceMark';
import type { PresenceSet } from '../ipc/gen/PresenceSet';
import { NOTHING, others, Teller } from './presence';

const mark = (who: string, editing = false, laptop = `${who}的电脑`): PresenceMark => ({
  at: { kind: 'unit', id: 'u' },
  editing,
  who,
  laptop
});
const at = (id: string, editing = false): PresenceSet => ({ open: { kind: 'unit', id }, editing });

describe('who is at a record', () => {
  it('is nobody, or who looks', () => {
    expect(others([], '周敏')).toBeUndefined();
    expect(others([mark('小李')], '周敏')).toEqual({ names: ['小李'], editing: false });
  });
  it('is who changes it, before all who look', () => {
    expect(others([mark('小李'), mark('阿杰', true)], '周敏')).toEqual({ names: ['阿杰'], editing: true });
  });
  it('is told by the laptop where it is the same person or nobody knows', () => {
    expect(others([mark('周敏'), mark('', false, '打包台')], '周敏')?.names).toEqual(['周敏的电脑', '打包台']);
  });
  it('names a person at two screens once', () => {
    expect(others([mark('小李'), mark('小李', false, '店里')], '周敏')?.names).toEqual(['小李']);
  });
});

/** A program that answers when it is let. */
function slow() {
  const heard: PresenceSet[] = [];
  const waiting: { done: () => void; fail: () => void }[] = [];
  const teller = new Teller((what) => {
    heard.push(what);
    return new Promise<void>((done, fail) => waiting.push({ done, fail: () => fail(new Error('lost')) }));
  });
  const settle = async () => {
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
  };
  return {
    heard,
    teller,
    answer: async () => (waiting.shift()?.done(), await settle()),
    lose: async () => (waiting.shift()?.fail(), await settle())
  };
}

describe('telling', () => {
  it('tells one thing after the other, and leaves out what was passed by', async () => {
    const { heard, teller, answer } = slow();
    teller.want(at('a'));
    teller.want(at('b'));
    teller.want(at('c', true));
    expect(heard).toEqual([at('a')]);
    await answer();
    expect(heard).toEqual([at('a'), at('c', true)]);
    await answer();
    expect(heard).toHaveLength(2);
  });
  it('says nothing twice but with a beat, and nothing of nothing', async () => {
    const { heard, teller, answer } = slow();
    teller.beat();
    teller.want(NOTHING);
    expect(heard).toEqual([]);
    teller.want(at('a'));
    await answer();
    teller.want(at('a'));
    expect(heard).toHaveLength(1);
    teller.beat();
    expect(heard).toHaveLength(2);
    await answer();
    teller.want(NOTHING);
    expect(heard.at(-1)).toEqual(NOTHING);
  });
  it('tells again what was lost', async () => {
    const { heard, teller, lose, answer } = slow();
    teller.want(at('a'));
    await lose();
    teller.beat();
    await answer();
    expect(heard).toEqual([at('a'), at('a')]);
    teller.want(NOTHING);
    await lose();
    // What is shown nowhere is forgotten by the program itself.
    teller.beat();
    expect(heard).toHaveLength(3);
  });
});
