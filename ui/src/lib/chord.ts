// What a key binding says and what an event presses. Letters and digits go by the physical key, so that an input
// method that swallows `event.key` changes nothing.

export interface Chord {
  code?: string;
  key?: string;
  ctrl: boolean;
  shift: boolean | null;
  alt: boolean;
}

type Pressed = Pick<KeyboardEvent, 'code' | 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

const NAMED: Record<string, string> = {
  space: 'Space',
  esc: 'Escape',
  up: 'ArrowUp',
  down: 'ArrowDown',
  left: 'ArrowLeft',
  right: 'ArrowRight',
  del: 'Delete'
};

/** Reads `n`, `1`, `?`, `/`, `Enter`, `Esc`, `Ctrl+K`, `Alt+Up`, `Ctrl+Shift+Z`. */
export function parseChord(text: string): Chord {
  const parts = text.split('+').map((p) => p.trim());
  const last = parts.pop() ?? '';
  const mods = parts.map((p) => p.toLowerCase());
  const chord: Chord = { ctrl: mods.includes('ctrl'), shift: mods.includes('shift'), alt: mods.includes('alt') };
  if (/^[a-z]$/i.test(last)) chord.code = `Key${last.toUpperCase()}`;
  else if (/^\d$/.test(last)) chord.code = `Digit${last}`;
  else if (last === '?') return { ...chord, code: 'Slash', shift: true };
  else if (last === '/') chord.code = 'Slash';
  else chord.key = NAMED[last.toLowerCase()] ?? last;
  if (chord.key === 'Space') return { ...chord, code: 'Space', key: undefined };
  return chord;
}

export function matches(chord: Chord, e: Pressed): boolean {
  const ctrl = e.ctrlKey || e.metaKey;
  if (ctrl !== chord.ctrl || e.altKey !== chord.alt) return false;
  if (chord.shift !== null && e.shiftKey !== chord.shift) return false;
  if (chord.code !== undefined) return e.code === chord.code || e.code === chord.code.replace('Digit', 'Numpad');
  return e.key === chord.key || (e.key === 'Process' && e.code === chord.key);
}

/** A plain letter or digit: the only keys a scanner could be typing. */
export function plain(chord: Chord): boolean {
  return !chord.ctrl && !chord.alt && chord.code !== undefined && chord.code !== 'Space';
}

const ARROWS: Record<string, string> = { Up: '↑', Down: '↓', Left: '←', Right: '→', Del: 'Delete' };

/** How a binding is shown on keycaps: `Ctrl+k` gives `Ctrl K`. */
export function caps(text: string): string {
  const parts = text === '+' ? ['+'] : text.split('+');
  return parts
    .join('+')
    .replace('Shift+4', '$')
    .split(/(?<=.)\+/)
    .map((k) => (k.length === 1 ? k.toUpperCase() : (ARROWS[k] ?? k)))
    .join(' ');
}

const MODIFIERS = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Fn', 'Dead', 'Process']);

/** What was pressed as a binding's text, or `null` for a modifier alone. Goes by the physical key, as bindings do. */
export function chordText(e: Pressed): string | null {
  if (MODIFIERS.has(e.key) && !/^(Key|Digit)/.test(e.code)) return null;
  const mods = [...(e.ctrlKey || e.metaKey ? ['Ctrl'] : []), ...(e.altKey ? ['Alt'] : [])];
  if (e.code === 'Slash') return [...mods, e.shiftKey ? '?' : '/'].join('+');
  if (e.shiftKey) mods.push('Shift');
  const letter = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(e.code)?.[1];
  const names = Object.entries(NAMED).find(([, key]) => key === (e.code === 'Space' ? 'Space' : e.key));
  const named = names && names[0][0]?.toUpperCase() + names[0].slice(1);
  return [...mods, letter ?? named ?? e.key].join('+');
}

/** Enter, Esc, Tab, arrows and plain digits mean the same everywhere: they are neither given away nor taken. */
export function fixed(text: string): boolean {
  return /^(Shift\+)?(Enter|Esc|Tab|Up|Down|Left|Right|Home|End|PageUp|PageDown|Backspace|\d)$/.test(text);
}

/** Whether two bindings' texts are the same press. */
export function sameChord(a: string, b: string): boolean {
  const [x, y] = [parseChord(a), parseChord(b)];
  return x.ctrl === y.ctrl && x.alt === y.alt && x.shift === y.shift && x.code === y.code && x.key === y.key;
}
