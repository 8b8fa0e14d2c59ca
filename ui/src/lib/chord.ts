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
