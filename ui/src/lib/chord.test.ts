import { describe, expect, it } from 'vitest';
import { matches, parseChord, plain } from './chord';

const press = (
  code: string,
  key: string,
  mods: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}
) => ({
  code,
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...mods
});

describe('a key binding', () => {
  it('finds a letter by its physical key while an input method is on', () => {
    expect(matches(parseChord('n'), press('KeyN', 'Process'))).toBe(true);
  });
  it('does not fire for the letter with Ctrl', () => {
    expect(matches(parseChord('n'), press('KeyN', 'n', { ctrlKey: true }))).toBe(false);
  });
  it('tells undo from redo by Shift', () => {
    const shifted = press('KeyZ', 'Z', { ctrlKey: true, shiftKey: true });
    expect(matches(parseChord('Ctrl+Z'), shifted)).toBe(false);
    expect(matches(parseChord('Ctrl+Shift+Z'), shifted)).toBe(true);
  });
  it('takes the command key of a Mac for Ctrl', () => {
    expect(matches(parseChord('Ctrl+K'), press('KeyK', 'k', { metaKey: true }))).toBe(true);
  });
  it('reads ? as a shifted slash', () => {
    expect(matches(parseChord('?'), press('Slash', '?', { shiftKey: true }))).toBe(true);
    expect(matches(parseChord('/'), press('Slash', '?', { shiftKey: true }))).toBe(false);
  });
  it('takes a digit from the number pad, too', () => {
    expect(matches(parseChord('2'), press('Numpad2', '2'))).toBe(true);
  });
  it('names arrows and Escape shortly', () => {
    expect(matches(parseChord('Alt+Up'), press('ArrowUp', 'ArrowUp', { altKey: true }))).toBe(true);
    expect(matches(parseChord('Esc'), press('Escape', 'Escape'))).toBe(true);
  });
  it('waits for a scanner only where a scanner could be typing', () => {
    expect(plain(parseChord('n'))).toBe(true);
    expect(plain(parseChord('Ctrl+Z'))).toBe(false);
    expect(plain(parseChord('Enter'))).toBe(false);
    expect(plain(parseChord('Space'))).toBe(false);
  });
});
