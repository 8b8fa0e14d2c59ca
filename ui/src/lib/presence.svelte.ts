import { untrack } from 'svelte';
import { t } from '../i18n/index.svelte';
import { call } from '../ipc/client';
import type { Presence } from '../ipc/gen/Presence';
import type { PresenceMark } from '../ipc/gen/PresenceMark';
import type { PresenceSet } from '../ipc/gen/PresenceSet';
import type { RecordKind } from '../ipc/gen/RecordKind';
import { isField } from './field';
import { live, type Live } from './live.svelte';
import { NOTHING, Teller, others, type Others } from './presence';
import { app } from './session.svelte';

/** Well within the time after which the program takes this screen for closed. */
const BEAT = 8_000;

let shared = $state.raw<Live<Presence>>();
let shown = $state.raw<readonly { what: PresenceSet }[]>([]);

/** Starts the one reading of who is where, and tells what this screen shows. Called once, by the shell. */
export function startPresence(): void {
  shared = live(() => call('presence.list', {}), ['presence', 'sync']);
  const teller = new Teller((what) => call('presence.set', what));
  const on = $derived(shared.data?.on === true);
  // What was opened last is what this person is at.
  const want = $derived(on ? (shown.at(-1)?.what ?? NOTHING) : NOTHING);
  $effect(() => {
    const now = want;
    // One screen closes as the next opens: that is one step.
    const soon = setTimeout(() => teller.want(now));
    return () => clearTimeout(soon);
  });
  $effect(() => {
    if (!on) return;
    const timer = setInterval(() => teller.beat(), BEAT);
    return () => clearInterval(timer);
  });
}

/** Those at other laptops who have this record open. */
export function marksOf(kind: RecordKind, id: string): PresenceMark[] {
  return (shared?.data?.here ?? []).filter((m) => m.at.kind === kind && m.at.id === id);
}

/** The same, for one line. */
export function othersAt(kind: RecordKind, id: string): Others | undefined {
  return others(marksOf(kind, id), app()?.me.name ?? '');
}

/** The line: `小李 正在改`. */
export function othersText(who: Others): string {
  const [first = '', second] = who.names;
  const n = who.names.length;
  const names =
    n > 2
      ? t('presence.several', { first, n: n - 1 })
      : second === undefined
        ? first
        : t('presence.two', { first, second });
  return t(who.editing ? 'presence.editing' : 'presence.looking', { who: names, n });
}

/** Says that this screen has a record open while the component stands. Call it while a component is being set up. */
export function attend(kind: RecordKind, id: () => string | undefined, editing: () => boolean = () => false): void {
  $effect(() => {
    const open = id();
    if (open === undefined) return;
    const mine = { what: { open: { kind, id: open }, editing: editing() } };
    shown = [...untrack(() => shown), mine];
    return () => (shown = shown.filter((s) => s !== mine));
  });
}

/** Attachment: tells whether the keyboard is in a field within the element. */
export function inFields(tell: (on: boolean) => void): (node: HTMLElement) => () => void {
  return (node) => {
    // The keyboard also leaves a field that is being taken off the page: a state must not change in the midst of that.
    const later = (on: boolean) => queueMicrotask(() => tell(on));
    const into = (e: FocusEvent) => later(isField(e.target));
    const out = (e: FocusEvent) => later(node.contains(e.relatedTarget as Node | null) && isField(e.relatedTarget));
    node.addEventListener('focusin', into);
    node.addEventListener('focusout', out);
    return () => {
      node.removeEventListener('focusin', into);
      node.removeEventListener('focusout', out);
    };
  };
}
