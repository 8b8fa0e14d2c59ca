export type ThemeChoice = 'system' | 'light' | 'dark';

const STORED = 'stall.theme';
const CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark'];
const night = typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-color-scheme: dark)');

function first(): ThemeChoice {
  const kept = typeof localStorage === 'undefined' ? null : localStorage.getItem(STORED);
  return CHOICES.find((c) => c === kept) ?? 'system';
}

let choice = $state<ThemeChoice>(first());

export function theme(): ThemeChoice {
  return choice;
}

function paint(): void {
  const dark = choice === 'dark' || (choice === 'system' && night?.matches === true);
  const root = document.documentElement;
  // A button caught halfway through a fade shows the wrong colour: no transitions for this one frame.
  root.classList.add('no-motion');
  root.dataset['theme'] = dark ? 'dark' : 'light';
  requestAnimationFrame(() => requestAnimationFrame(() => root.classList.remove('no-motion')));
}

export function setTheme(next: ThemeChoice): void {
  choice = next;
  localStorage.setItem(STORED, next);
  paint();
}

/** Paints the chosen theme and follows the system. */
export function startTheme(): () => void {
  paint();
  const follow = () => paint();
  night?.addEventListener('change', follow);
  return () => night?.removeEventListener('change', follow);
}
