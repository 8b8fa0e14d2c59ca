// Checks the dictionaries: complete in both languages, every key used, every used key there, no Chinese outside
// the Chinese dictionary. Run by `npm run check`.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const src = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');
const HAN = /[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff09\uff0b-\uff60]/;
/** Words that stay Latin in a Chinese sentence. */
const LATIN =
  /^(IMEI2?|MEID|Excel|xlsx|xlsm|xls|csv|txt|JPG|PNG|WebP|HEIC|AVIF|PDF|UTF-8|GB18030|GBK|A-F|iPhone|iPad|Apple|Mac|SF|SKU|ID|Ctrl|Shift|Alt|Enter|Esc|Space|Delete|Home|End|Z|Y|K|S|V|C|A|GB|TB|MB|KB|k|min|px|OK|App|A4|Pro)$/;

/** These read what people and files write, which is Chinese whatever the language of the screen. */
const READERS = ['screens/shows/grid.ts', 'screens/shows/SheetGrid.svelte', 'screens/shows/SheetScreen.svelte'].concat([
  'screens/stock/form.svelte.ts',
  'screens/stock/unit-words.ts'
]);

const problems = [];
const load = async (lang) => {
  const book = new Map();
  for (const file of readdirSync(join(src, 'i18n', lang))) {
    if (file === 'index.ts') continue;
    const text = readFileSync(join(src, 'i18n', lang, file), 'utf8');
    // The areas are plain objects of string literals, so dropping the type words leaves JavaScript.
    const js = text.replace(/\}\s*(as const|satisfies [^;]+);/, '};');
    const module = await import(`data:text/javascript,${encodeURIComponent(js)}`);
    for (const [key, value] of Object.entries(module.default)) {
      if (book.has(key)) problems.push(`${lang}: ${key} is in two areas`);
      book.set(key, value);
    }
  }
  return book;
};

const zh = await load('zh');
const en = await load('en');
const prefixes = [...readFileSync(join(src, 'i18n', 'dynamic.ts'), 'utf8').matchAll(/^ {2}'([a-z_]+\.)'/gm)].map(
  (m) => m[1]
);

for (const key of zh.keys()) if (!en.has(key)) problems.push(`en lacks ${key}`);
for (const key of en.keys()) if (!zh.has(key)) problems.push(`zh lacks ${key}`);
for (const [key, value] of en) if (HAN.test(value)) problems.push(`en: Chinese in ${key}`);
for (const [key, value] of zh) {
  const bare = value.replace(/\{[^}]*\}/g, ' ');
  for (const word of bare.match(/[A-Za-z][A-Za-z0-9-]*/g) ?? []) {
    if (!LATIN.test(word)) problems.push(`zh: "${word}" in ${key}`);
  }
}
const args = (text) => new Set([...text.matchAll(/\{(\w+)/g)].map((m) => m[1]));
for (const [key, value] of zh) {
  const other = en.get(key);
  if (other === undefined) continue;
  for (const name of args(value))
    if (!args(other).has(name) && name !== 'n') problems.push(`en: ${key} leaves out {${name}}`);
  for (const name of args(other))
    if (!args(value).has(name) && name !== 'n') problems.push(`zh: ${key} leaves out {${name}}`);
}

// Every error code and every action has a sentence.
const codes = readFileSync(join(src, 'ipc', 'gen', 'ErrorCode.ts'), 'utf8').matchAll(/"([a-z0-9_]+)"/g);
for (const [, code] of codes) if (!zh.has(`error.${code}`)) problems.push(`zh lacks error.${code}`);

const files = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter((f) => f.isFile() && /\.(ts|svelte)$/.test(f.name))
  .map((f) => join(f.parentPath ?? f.path, f.name))
  .filter(
    (f) => !relative(src, f).startsWith('i18n/zh') && !relative(src, f).startsWith('i18n/en') && !f.includes('/gen/')
  );

const used = new Set();
const patterns = [];
for (const file of files) {
  const name = relative(src, file);
  const text = readFileSync(file, 'utf8');
  const code = text
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:])\/\/.*$/gm, '$1');
  if (!name.endsWith('.test.ts') && !READERS.includes(name)) {
    const line = code.split('\n').find((l) => HAN.test(l));
    if (line) problems.push(`${name}: Chinese outside the dictionaries: ${line.trim().slice(0, 60)}`);
  }
  for (const [, key] of code.matchAll(/['"`]([a-z_]+\.[a-zA-Z0-9_.]+)['"`]/g)) used.add(key);
  // `stock.sort.${s}`: every key of that shape counts as used.
  for (const [, key] of code.matchAll(/`([a-z_]+\.[^`]*\$\{[^`]*)`/g)) {
    patterns.push(new RegExp(`^${key.replace(/[.]/g, '\\.').replace(/\$\{[^}]*\}/g, '[a-zA-Z0-9_.]+')}$`));
  }
  for (const [, key] of code.matchAll(/\bt\(\s*['"]([^'"]+)['"]/g)) {
    if (!zh.has(key) && !prefixes.some((p) => key.startsWith(p))) problems.push(`${name}: ${key} is in no dictionary`);
  }
}
for (const key of zh.keys()) {
  if (used.has(key) || prefixes.some((p) => key.startsWith(p)) || patterns.some((p) => p.test(key))) continue;
  problems.push(`${key} is used nowhere`);
}

if (problems.length) {
  for (const p of problems) console.error(p);
  console.error(`${problems.length} problems in the dictionaries (${pathToFileURL(src).pathname})`);
  process.exit(1);
}
console.log(`dictionaries: ${zh.size} keys, complete in zh and en`);
