/** The checks of docs/passport.md that a page can make on itself. Pure: what the page shows is handed in. */
import * as ed from '@noble/ed25519';
import { blake3 } from '@noble/hashes/blake3.js';
import { sha512 } from '@noble/hashes/sha2.js';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Tree = { [key: string]: Json };

export interface Fault {
  kind: 'signature' | 'section' | 'photo' | 'photoMissing' | 'page' | 'opening' | 'number' | 'form';
  /** A section's or part's name, or the place of a photograph. */
  part: string;
}

export interface Shown {
  /** Text of the slot. */
  slot: string;
  /** What stands between the tags of each part, by name. */
  parts: Map<string, string>;
  /** `src` of each photograph, by place. */
  photos: Map<number, string>;
}

export interface Verdict {
  faults: Fault[];
  key: string;
  seal: string;
  /** Titles of the photographs. */
  titles: { zh: string; en: string }[];
}

const SECTIONS = ['device', 'grade', 'flaws', 'badges', 'checks', 'photos', 'history', 'terms', 'stall'];
const utf8 = new TextEncoder();

/** RFC 8785. All numbers of a passport are whole. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const keys = Object.keys(value).sort();
    return `{${keys.map((k) => `${JSON.stringify(k)}:${canonical(value[k] ?? null)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
export const hash = (data: string | Uint8Array): string =>
  hex(blake3(typeof data === 'string' ? utf8.encode(data) : data));

function unhex(text: string, length: number): Uint8Array<ArrayBuffer> | null {
  if (text.length !== length * 2 || !/^[0-9a-f]*$/.test(text)) return null;
  return Uint8Array.from({ length }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

function unbase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const raw = atob(text);
    // One way to write it only.
    if (btoa(raw) !== text) return null;
    return Uint8Array.from(raw, (c) => c.charCodeAt(0));
  } catch {
    return null;
  }
}

/** The browser's own Ed25519 where it has one, else ours. */
async function signed(key: string, message: string, signature: string): Promise<boolean> {
  const [k, s] = [unhex(key, 32), unhex(signature, 64)];
  if (!k || !s) return false;
  const bytes = utf8.encode(message);
  try {
    const imported = await crypto.subtle.importKey('raw', k, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', imported, s, bytes);
  } catch {
    ed.hashes.sha512 = sha512;
    return ed.verify(s, bytes, k, { zip215: false });
  }
}

/** Damm's check digit over all digits is zero. */
function fits(number: string): boolean {
  const table = [
    '0317598642',
    '7092154863',
    '4206871359',
    '1750983426',
    '6123045978',
    '3674209581',
    '5869720134',
    '8945362017',
    '9438617205',
    '2581436790'
  ];
  if (!/^\d{4}-\d{4,9}-\d$/.test(number)) return false;
  let at = 0;
  for (const c of number.replace(/-/g, '')) at = Number(table[at]?.[Number(c)]);
  return at === 0;
}

const tree = (v: Json | undefined): Tree => (v !== null && typeof v === 'object' && !Array.isArray(v) ? v : {});
const text = (v: Json | undefined): string => (typeof v === 'string' ? v : '');
const list = (v: Json | undefined): Json[] => (Array.isArray(v) ? v : []);

export const spaced = (digits: string): string => digits.replace(/(.{4})(?=.)/g, '$1 ');

export async function check(shown: Shown): Promise<Verdict | null> {
  const raw = unbase64(shown.slot);
  if (!raw) return null;
  let slot: Json;
  const written = new TextDecoder().decode(raw);
  try {
    slot = JSON.parse(written) as Json;
  } catch {
    return null;
  }
  const faults: Fault[] = [];
  const say = (kind: Fault['kind'], part = '') => faults.push({ kind, part });
  if (canonical(slot) !== written) say('form');
  const { document: doc, page, page_signature: pageSignature } = tree(slot);
  const [document, statement] = [tree(doc), tree(page)];
  const [seal, sections] = [tree(document['seal']), tree(document['sections'])];
  const key = text(seal['key']);

  const hashes = tree(seal['sections']);
  for (const name of SECTIONS) {
    const section = sections[name];
    if (section === undefined || hash(canonical(section)) !== hashes[name]) say('section', name);
  }
  const sealed = canonical(seal);
  if (seal['format'] !== 'stallkeeper-passport/1' || !(await signed(key, sealed, text(document['signature']))))
    say('signature');
  if (!fits(text(seal['number']))) say('number');
  opening(document, tree(sections['device']), say);

  const fitting =
    statement['format'] === 'stallkeeper-passport-page/1' &&
    statement['seal'] === hash(sealed) &&
    (statement['copy'] === 'buyer') === (document['opening'] !== undefined) &&
    (await signed(key, canonical(statement), text(pageSignature)));
  if (!fitting) say('page', 'statement');
  for (const [name, want] of Object.entries(tree(statement['parts']))) {
    const inner = shown.parts.get(name);
    if (inner === undefined || hash(inner) !== want) say('page', name);
  }

  const photos = list(sections['photos']).map(tree);
  photos.forEach((photo, n) => {
    if (photo['private'] === true && statement['copy'] !== 'buyer') return;
    const source = shown.photos.get(n);
    if (source === undefined) return say('photoMissing', String(n));
    const jpeg = unbase64(source.replace('data:image/jpeg;base64,', ''));
    if (!jpeg || hash(jpeg) !== photo['copy']) say('photo', String(n));
  });
  const titles = photos.map((p) => ({ zh: text(tree(p['title'])['zh']), en: text(tree(p['title'])['en']) }));
  const publicKey = unhex(key, 32);
  return {
    faults,
    key: publicKey ? spaced(hash(publicKey).slice(0, 16)) : '',
    seal: spaced(hash(sealed).slice(0, 12)),
    titles
  };
}

/** Full codes against their commitments: BLAKE3(salt || code). */
function opening(document: Tree, device: Tree, say: (kind: Fault['kind']) => void): void {
  if (document['opening'] === undefined) return;
  const open = tree(document['opening']);
  const salt = unhex(text(open['salt']), 16);
  const [codes, closed] = [list(open['codes']).map(tree), list(device['codes']).map(tree)];
  const right =
    salt !== null &&
    codes.length === closed.length &&
    codes.every((c, n) => {
      const code = utf8.encode(text(c['code']));
      const all = new Uint8Array(16 + code.length);
      all.set(salt);
      all.set(code, 16);
      return c['kind'] === closed[n]?.['kind'] && hash(all) === closed[n]?.['commitment'];
    });
  if (!right) say('opening');
}
