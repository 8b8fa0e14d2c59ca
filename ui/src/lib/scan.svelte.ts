import { isField } from './field';
import { Burst, MEAN_GAP_MS } from './scan-burst';

/** Answers `true` when it has dealt with the code. */
export type ScanHandler = (code: string) => boolean;

let handlers: ScanHandler[] = [];
let last = $state.raw<{ code: string; at: number } | null>(null);
let waiting: ReturnType<typeof setTimeout> | undefined;
const burst = new Burst();

type Typed = HTMLInputElement | HTMLTextAreaElement;
let field: { el: Typed; value: string; start: number | null; end: number | null } | null = null;

/** The last code scanned at this screen, for the lamp. */
export function lastScan(): { code: string; at: number } | null {
  return last;
}

/** Hears scans for as long as this component lives. The one mounted last is asked first. */
export function onScan(handler: ScanHandler): void {
  $effect(() => {
    handlers = [...handlers, handler];
    return () => (handlers = handlers.filter((h) => h !== handler));
  });
}

/** Gives a code to the handlers, as if it had been scanned (a code typed by hand and sent to the router). */
export function offer(code: string): boolean {
  last = { code, at: Date.now() };
  return [...handlers].reverse().some((h) => h(code));
}

/** Runs a one-letter key only when it turns out not to be the first stroke of a scan. */
export function bursting(run: () => void): void {
  clearTimeout(waiting);
  waiting = undefined;
  if (burst.length > 1 && burst.fast) return;
  waiting = setTimeout(run, MEAN_GAP_MS + 10);
}

function remember(target: EventTarget | null): void {
  const typed = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ? target : null;
  field = typed && { el: typed, value: typed.value, start: typed.selectionStart, end: typed.selectionEnd };
}

/** Takes back what the scanner typed into the field that had the focus. */
function giveBack(): void {
  if (!field) return;
  const { el, value, start, end } = field;
  field = null;
  if (el.value === value) return;
  const proto = el instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
  Object.getOwnPropertyDescriptor(proto, 'value')?.set?.call(el, value);
  el.dispatchEvent(new InputEvent('input', { bubbles: true }));
  if (start !== null && end !== null) el.setSelectionRange(start, end);
}

/** The code with its start, where a slow machine cut it: any code in a field made for scans, if nothing else stood in it; an IMEI also where nothing takes letters. */
function whole(target: EventTarget | null, code: string): string {
  const forScans = target instanceof HTMLInputElement && target.dataset.scan !== undefined;
  if (!forScans && isField(target)) {
    giveBack();
    return code;
  }
  const { imei, head } = burst;
  const all = imei?.endsWith(code) ? imei : forScans && field?.value === head ? head + code : code;
  if (forScans && field?.value === all.slice(0, all.length - code.length))
    field = { ...field, value: '', start: 0, end: 0 };
  giveBack();
  return all;
}

function hear(e: KeyboardEvent): void {
  if (e.ctrlKey || e.metaKey || e.altKey) {
    burst.reset();
    return;
  }
  // A key held down is not a scanner.
  if (e.repeat) return;
  const target = e.target;
  const before = burst.length;
  const code = burst.feed({
    code: e.code,
    key: e.key,
    shift: e.shiftKey,
    caps: e.getModifierState('CapsLock'),
    at: e.timeStamp
  });
  if (burst.length === 1 && (before === 0 || burst.length <= before)) remember(target);
  if (burst.length > 1) {
    clearTimeout(waiting);
    waiting = undefined;
  }
  // An IMEI in pieces; in a field its own Enter takes what stands there.
  const found = code ?? (isField(target) ? null : burst.imei);
  if (found === null) return;
  // The Enter of a scan presses nothing and sends no form.
  e.preventDefault();
  e.stopImmediatePropagation();
  if (target instanceof HTMLElement && e.isComposing) {
    target.blur();
    target.focus();
  }
  offer(whole(target, found));
}

if (typeof window !== 'undefined') window.addEventListener('keydown', hear, { capture: true });
