import { getContext, setContext, untrack } from 'svelte';
import type { Key } from '../i18n/index.svelte';
import { caps, matches, parseChord, plain, type Chord } from './chord';
import { isChanged, keyOf } from './keymap.svelte';
import { isField } from './field';
import { bursting } from './scan.svelte';

export interface Binding {
  /** `n`, `1`, `Enter`, `Ctrl+K`, `Alt+Up`, `?` */
  key: string;
  /** Said in the list behind `?`; without it the key is not listed. */
  label?: Key;
  run: (e: KeyboardEvent) => void;
  /** Works while the person types in a field, too. */
  inFields?: boolean;
  /** Asked before it fires; `false` leaves the key to others. */
  when?: () => boolean;
  /** Works above any dialogue (undo, palette). */
  everywhere?: boolean;
}

interface Bound extends Binding {
  layer: number;
}

// Plain lists and a count of their changes: a screen that comes and one that goes in the same moment would else write over
// each other's change.
let bound: Bound[] = [];
let layers: number[] = [0];
let changes = $state(0);
let nextLayer = 0;
const LAYER = Symbol('keys layer');

const top = () => layers[layers.length - 1] ?? 0;

const chords = new Map<string, Chord>();

/** The chord a binding answers to now, whoever chose it. */
function chordOf(b: Binding): Chord {
  const text = keyOf(b);
  const known = chords.get(text) ?? parseChord(text);
  chords.set(text, known);
  return known;
}

/** What a keycap says where the person has changed the key it stands for. */
export function capsNow(shown: string): string {
  const b = changes < 0 ? undefined : [...bound].reverse().find((x) => isChanged(x.label) && caps(x.key) === shown);
  return b ? caps(keyOf(b)) : shown;
}

/** Bindings that answer right now, for the list behind `?`. */
export function listed(): Binding[] {
  return (changes < 0 ? [] : bound).filter(
    (b) => b.label !== undefined && (b.everywhere === true || b.layer === top())
  );
}

/** Binds keys for as long as this component lives. Those of a component mounted later win. */
export function bindKeys(list: Binding[]): void {
  const layer = getContext<number | undefined>(LAYER) ?? 0;
  const mine: Bound[] = list.map((b) => ({ ...b, layer }));
  $effect.pre(() => {
    bound = [...bound, ...mine];
    untrack(() => (changes += 1));
    return () => {
      bound = bound.filter((b) => !mine.includes(b));
      untrack(() => (changes += 1));
    };
  });
}

/** Makes this component and all inside it a layer of its own; while `open` says so, keys below are asleep. */
export function keyLayer(open: () => boolean): void {
  const layer = ++nextLayer;
  setContext(LAYER, layer);
  $effect(() => {
    if (!open()) return;
    layers = [...layers, layer];
    untrack(() => (changes += 1));
    return () => {
      layers = layers.filter((l) => l !== layer);
      untrack(() => (changes += 1));
    };
  });
}

/** Enter and Space belong to a focused button or link; at a choice that is made already, Enter goes on. */
function isPressable(target: EventTarget | null, enter: boolean): boolean {
  const pressable = target instanceof HTMLElement && target.closest('button, a[href], summary, [role="menuitem"]');
  return pressable instanceof HTMLElement && !(enter && pressable.matches('[role="radio"][aria-checked="true"]'));
}

function fire(e: KeyboardEvent): void {
  if (e.defaultPrevented || e.isComposing) return;
  const field = isField(e.target);
  const pressing = (e.key === 'Enter' || e.code === 'Space') && !e.ctrlKey && isPressable(e.target, e.key === 'Enter');
  for (const b of [...bound].reverse()) {
    if (b.everywhere !== true && b.layer !== top()) continue;
    if (field && b.inFields !== true) continue;
    if (pressing && b.inFields !== true) continue;
    const chord = chordOf(b);
    if (!matches(chord, e) || b.when?.() === false) continue;
    e.preventDefault();
    if (plain(chord) && !e.repeat) bursting(() => b.run(e));
    else b.run(e);
    return;
  }
}

if (typeof window !== 'undefined') window.addEventListener('keydown', fire);
