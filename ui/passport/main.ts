/** Runs inside a passport's page: checks it, says so at the top, and frames what was altered. */
import { check, type Fault, type Verdict } from './check';
import { words, type Lang } from './words';

const lang: Lang = document.documentElement.dataset['lang'] === 'en' ? 'en' : 'zh';
const say = words[lang];
const box = document.getElementById('verdict');

/** Where a section of the data is shown on the page. */
const SHOWN: Record<string, string> = {
  device: 'grade',
  badges: 'grade',
  history: 'facts',
  terms: 'facts',
  stall: 'head'
};

const part = (name: string) => document.querySelector(`[data-part="${name}"]`);
const photo = (n: string) => document.querySelector(`[data-photo="${n}"]`)?.closest('figure');

function sentence(fault: Fault, verdict: Verdict): string {
  const name = say.parts[fault.part] ?? fault.part;
  const title = verdict.titles[Number(fault.part)]?.[lang] ?? fault.part;
  switch (fault.kind) {
    case 'section':
      return say.section(name);
    case 'page':
      return say.page(name);
    case 'photo':
      return say.photo(title);
    case 'photoMissing':
      return say.photoMissing(title);
    default:
      return say[fault.kind];
  }
}

function show(verdict: Verdict | null): void {
  if (!box) return;
  const line = (tag: string, words: string) => {
    const e = document.createElement(tag);
    e.textContent = words;
    return e;
  };
  const good = verdict !== null && verdict.faults.length === 0;
  box.className = good ? 'ok' : 'bad';
  if (!verdict) return box.replaceChildren(line('b', `✗ ${say.bad}`), line('p', say.broken));
  if (good) return box.replaceChildren(line('b', `✓ ${say.ok}`), line('p', say.okMore(verdict.key, verdict.seal)));
  const list = document.createElement('ul');
  for (const fault of verdict.faults) {
    list.append(line('li', sentence(fault, verdict)));
    const at = fault.kind.startsWith('photo') ? photo(fault.part) : part(SHOWN[fault.part] ?? fault.part);
    at?.classList.add('altered');
  }
  box.replaceChildren(line('b', `✗ ${say.bad}`), line('p', say.badMore), list);
}

async function run(): Promise<void> {
  // Before anything is added to the page: its parts are hashed as they were written.
  const parts = new Map<string, string>();
  for (const e of document.querySelectorAll('[data-part]')) parts.set(e.getAttribute('data-part') ?? '', e.innerHTML);
  parts.set('style', document.querySelector('style')?.textContent ?? '');
  const photos = new Map<number, string>();
  for (const e of document.querySelectorAll('img[data-photo]'))
    photos.set(Number(e.getAttribute('data-photo')), e.getAttribute('src') ?? '');
  const slot = document.getElementById('passport')?.textContent ?? '';
  if (box) box.textContent = say.checking;
  show(await check({ slot, parts, photos }));
}

run().catch(() => show(null));
