import { describe, expect, it } from 'vitest';
import type { Page } from '../ipc/gen/Page';
import { Pager } from './pager';

/** A list of `n` numbers paged by 100, counting what is asked. */
function source(n: number, cap = 10_000) {
  const asked: (string | null)[] = [];
  const rows = Array.from({ length: n }, (_, i) => i);
  const load = async (after: string | null): Promise<Page<number>> => {
    asked.push(after);
    const from = after === null ? 0 : Number(after);
    const page = rows.slice(from, from + 100);
    const next = from + 100 < rows.length ? String(from + 100) : null;
    return { rows: page, next, total: Math.min(rows.length, cap), total_capped: rows.length > cap };
  };
  return { asked, rows, load };
}

describe('a keyset-paged list', () => {
  it('asks for one page to show the first rows', async () => {
    const s = source(1000);
    const p = new Pager(s.load);
    await p.ensure(0, 20);
    expect(s.asked).toEqual([null]);
    expect(p.length).toBe(1000);
    expect(p.at(99)).toBe(99);
    expect(p.at(100)).toBeUndefined();
  });
  it('walks the pages between when one jumps down', async () => {
    const s = source(1000);
    const p = new Pager(s.load);
    await p.ensure(0, 20);
    await p.ensure(540, 560);
    expect(p.at(550)).toBe(550);
    expect(s.asked).toHaveLength(6);
  });
  it('asks each page once when two parts of a screen want it at the same time', async () => {
    const s = source(1000);
    const p = new Pager(s.load);
    await Promise.all([p.ensure(0, 20), p.ensure(0, 20), p.ensure(50, 120)]);
    expect(s.asked).toEqual([null, '100']);
  });
  it('forgets pages far away and fetches them again from their own cursor', async () => {
    const s = source(5000);
    const p = new Pager(s.load);
    await p.ensure(0, 20);
    await p.ensure(4900, 4920);
    expect(p.at(0)).toBeUndefined();
    expect([...p.loaded()].length).toBeLessThanOrEqual(1200);
    s.asked.length = 0;
    await p.ensure(0, 20);
    expect(p.at(0)).toBe(0);
    expect(s.asked).toEqual([null]);
  });
  it('grows beyond a count that was capped', async () => {
    const s = source(450, 300);
    const p = new Pager(s.load);
    await p.ensure(0, 20);
    expect(p.length).toBe(300);
    expect(p.capped).toBe(true);
    await p.ensure(290, 420);
    expect(p.at(419)).toBe(419);
    await p.ensure(420, 500);
    expect(p.length).toBe(450);
  });
  it('shows changed rows after a refresh and keeps its length right', async () => {
    const s = source(150);
    const p = new Pager(s.load);
    await p.ensure(0, 120);
    s.rows.splice(0, 1);
    await p.refresh(90, 120);
    expect(p.at(0)).toBe(1);
    expect(p.length).toBe(149);
  });
  it('refreshes far down without walking from the top', async () => {
    const s = source(3000);
    const p = new Pager(s.load);
    await p.ensure(2450, 2480);
    s.asked.length = 0;
    s.rows[2460] = -1;
    await p.refresh(2450, 2480);
    expect(p.at(2460)).toBe(-1);
    expect(s.asked).toEqual([null, '2400']);
  });
  it('keeps the old rows when a refresh fails', async () => {
    const s = source(150);
    let broken = false;
    const p = new Pager((after) => (broken ? Promise.reject(new Error('down')) : s.load(after)));
    await p.ensure(0, 50);
    broken = true;
    await expect(p.refresh(0, 50)).rejects.toThrow('down');
    expect(p.at(10)).toBe(10);
  });
  it('can go on after a page that failed', async () => {
    const s = source(250);
    let broken = true;
    const p = new Pager((after) => (after !== null && broken ? Promise.reject(new Error('down')) : s.load(after)));
    await p.ensure(0, 50);
    await expect(p.ensure(100, 150)).rejects.toThrow('down');
    broken = false;
    await p.ensure(100, 150);
    expect(p.at(149)).toBe(149);
  });
});
