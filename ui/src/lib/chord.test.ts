import { describe, expect, it } from 'vitest';
import { caps, chordText, fixed, matches, parseChord, plain, sameChord } from './chord';

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

describe('a pressed key', () => {
  it('becomes the text of a binding that it then fires', () => {
    for (const e of [
      press('KeyN', 'n'),
      press('KeyK', 'k', { ctrlKey: true }),
      press('KeyZ', 'Z', { ctrlKey: true, shiftKey: true }),
      press('F6', 'F6'),
      press('Space', ' '),
      press('ArrowUp', 'ArrowUp', { altKey: true }),
      press('Slash', '?', { shiftKey: true }),
      press('Slash', '/'),
      press('Digit4', '$', { shiftKey: true }),
      press('KeyN', 'Process')
    ]) {
      const text = chordText(e);
      expect(text, e.code).not.toBeNull();
      expect(matches(parseChord(text!), e), text!).toBe(true);
    }
  });
  it('is none while only a modifier is held', () => {
    expect(chordText(press('ControlLeft', 'Control', { ctrlKey: true }))).toBeNull();
  });
  it('is the same press however its letter is written', () => {
    expect(sameChord('Ctrl+k', 'Ctrl+K')).toBe(true);
    expect(sameChord('Ctrl+K', 'K')).toBe(false);
  });
  it('leaves keys that mean the same everywhere alone', () => {
    expect(['Enter', 'Esc', 'Up', '3'].every(fixed)).toBe(true);
    expect(['n', 'Ctrl+Enter', 'Alt+Up', 'F8'].some(fixed)).toBe(false);
  });
  it('is shown as on the keyboard', () => {
    expect([caps('Ctrl+k'), caps('Shift+4'), caps('Alt+Up'), caps('+')]).toEqual(['Ctrl K', '$', 'Alt ↑', '+']);
  });
});
