import type { Event } from '../ipc/gen/Event';

/** One value a field had, or was to have. */
export interface Written {
  /** As the store has it; empty for none. */
  value: string;
  by: string;
  /** `null`: since the unit was taken in. */
  at: number | null;
  /** Written on this laptop, as far as that is known. */
  here: boolean;
  /** The other laptop, as `sync.laptops` numbers it; empty for this one. */
  laptop: string;
  /** It stands, it stood, or a later one from another laptop held the cell. */
  state: 'now' | 'was' | 'lost';
}

/** What a field was, newest first, out of a unit's timeline; `now` is what it is. */
export function valueHistory(events: readonly Event[], field: string, now: string): Written[] {
  const all = events.filter((e) => e.args['field'] === field);
  // A change of ours that lost is told twice: as we wrote it, and as the hub ordered it. They are one.
  const twice = new Set<Event>();
  const ours = new Set<Event>();
  const heard = (e: Event) => e.what === 'value_heard' || e.what === 'value_lost';
  for (const lost of all.filter((e) => e.what === 'value_lost')) {
    const mine = all
      .filter((e) => !heard(e) && !twice.has(e) && e.by === lost.by && e.args['new'] === lost.args['new'])
      .sort((a, b) => Math.abs(a.at - lost.at) - Math.abs(b.at - lost.at))[0];
    if (!mine) continue;
    twice.add(mine);
    ours.add(lost);
  }
  const told = all.filter((e) => !twice.has(e));
  const out = told.map((e): Written => {
    const lost = e.what === 'value_lost';
    return {
      value: e.args['new'] ?? '',
      by: e.by,
      at: e.at,
      here: !heard(e) || ours.has(e),
      laptop: e.args['laptop'] ?? '',
      state: lost ? 'lost' : 'was'
    };
  });
  const first = all.filter((e) => !heard(e)).at(-1)?.args['old'] ?? '';
  // Before the first change it was what the unit was taken in with, unless another laptop wrote it meanwhile.
  const known = first !== '' && !out.some((w, i) => i > 0 && w.value === first && w.state !== 'lost');
  if (known) out.push({ value: first, by: '', at: null, here: true, laptop: '', state: 'was' });
  const stands = out.find((w) => w.state !== 'lost' && w.value === now);
  if (stands) stands.state = 'now';
  return out;
}
