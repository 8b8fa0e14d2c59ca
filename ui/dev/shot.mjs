// Pictures of screens: `node dev/shot.mjs <address> <out dir> [zh|en] [light|dark] [hash …]`
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const [address, out, lang = 'zh', theme = 'light', ...hashes] = process.argv.slice(2);
await mkdir(out, { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, colorScheme: theme });
page.on('console', (m) => m.type() === 'error' && console.log('console:', m.text()));
page.on('pageerror', (e) => console.log('error:', e.message));
await page.addInitScript((l) => localStorage.setItem('stall.lang', l), lang);
await page.goto(address);
for (const hash of hashes.length ? hashes : ['/today']) {
  const [path, keys = ''] = hash.split('!');
  await page.goto(`${address}#${path}`);
  await page.waitForTimeout(900);
  for (const key of keys.split(',').filter(Boolean))
    await (key.startsWith('"') ? page.keyboard.type(key.slice(1)) : page.keyboard.press(key));
  await page.waitForTimeout(500);
  const name = `${
    hash
      .replace('?', 'help')
      .replace(/[^a-z0-9]+/gi, '-')
      .replace(/^-|-$/g, '') || 'today'
  }-${lang}-${theme}.png`;
  await page.screenshot({ path: `${out}/${name}` });
  console.log(`${out}/${name}`);
}
await browser.close();
