import { describe, expect, it } from 'vitest';
import { DAY, StockView, tabCounts } from './view.svelte';

describe('tabs are names for sets of filters', () => {
  it('for sale asks for what is in stock, sold for all that left by an order', () => {
    const view = new StockView();
    expect([view.tab, view.query(null, 50, 0).status]).toEqual(['sell', ['in_stock']]);
    view.choose('sold');
    expect([view.tab, view.query(null, 50, 0).status]).toEqual(['sold', ['sold', 'packed', 'shipped']]);
    view.choose('all');
    expect([view.tab, view.query(null, 50, 0).status]).toEqual(['all', []]);
  });

  it('ageing asks for what came in before the stall’s number of days', () => {
    const view = new StockView();
    view.ageingDays = 30;
    view.choose('ageing');
    expect(view.query(null, 50, 40 * DAY).taken_in_before).toBe(10 * DAY);
  });

  it('a status pressed by hand leaves the flag and finds its tab again', () => {
    const view = new StockView();
    view.choose('nophoto');
    view.toggle('status', 'sold');
    expect([view.flag, view.tab]).toEqual([null, 'all']);
    view.toggle('status', 'sold');
    expect(view.tab).toBe('sell');
  });

  it('clearing takes off words and facets but stays on the tab', () => {
    const view = new StockView();
    view.choose('sold');
    view.text = '13';
    view.toggle('brand', 'Apple');
    expect(view.narrowed).toBe(true);
    view.clear();
    expect([view.narrowed, view.tab]).toEqual([false, 'sold']);
  });

  it('a saved view brings back what was asked and how it was shown', () => {
    const view = new StockView();
    view.choose('ageing');
    view.text = '13pm';
    view.toggle('missing', 'shelf');
    view.from = 100_000;
    view.sort = 'grade_up';
    view.columns = ['grade', 'live'];
    const kept = JSON.parse(JSON.stringify(view.state()));
    const other = new StockView();
    other.show(kept, 'id');
    expect(other.state()).toEqual(kept);
    expect([other.tab, other.saved, other.key === view.key]).toEqual(['ageing', 'id', true]);
  });

  it('who may not see costs never asks for them', () => {
    const view = new StockView();
    view.sort = 'cost_up';
    view.missing = ['cost', 'photo'];
    view.costs = false;
    const q = view.query(null, 50, 0);
    expect([q.sort, q.missing]).toEqual(['newest', ['photo']]);
  });

  it('every chip takes itself off', () => {
    const view = new StockView();
    view.text = 'k70';
    view.toggle('brand', 'Apple');
    view.toggle('age', 'd7');
    view.to = 5;
    expect(view.chips.map((c) => c.list)).toEqual(['text', 'brand', 'age', 'range']);
    for (const chip of view.chips) view.drop(chip);
    expect(view.narrowed).toBe(false);
  });

  it('counts come from the facets', () => {
    const status = ['in_stock', 'sold', 'packed', 'shipped', 'withdrawn'].map((value, i) => ({ value, count: i + 1 }));
    const counts = tabCounts({
      status,
      category: [],
      grade: [],
      brand: [],
      no_photos: 7,
      no_grade: 8,
      in_show: 9,
      ageing: 10
    });
    expect(counts).toEqual({ sell: 1, sold: 9, all: 15, nophoto: 7, nograde: 8, show: 9, ageing: 10 });
  });
});
