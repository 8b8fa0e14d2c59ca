// Draws the photographs of the sample stall: node xtask/sample-art/render.mjs
// Writes assets/sample/photos/<design>-<view>.jpg and assets/sample/designs.json. Wants a Chromium (CHROMIUM, or
// /usr/bin/chromium) and the UI's packages. The pictures are committed: this runs again only when a design changes.
import { createRequire } from 'node:module'
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { photo } from './art.mjs'
import { designs } from './designs.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const { chromium } = createRequire(here('../../ui/package.json'))('playwright-core')
const out = here('../../assets/sample/photos/')
const SIDE = 1200

// Small differences from picture to picture, the same on every run.
function dice(text) {
  let s = [...text].reduce((h, c) => Math.imul(h ^ c.codePointAt(0), 16777619) >>> 0, 2166136261)
  return () => {
    s = (Math.imul(s ^ (s >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return s / 4294967296
  }
}

// What a camera adds: a lamp from one side, darker corners, a soft contact shadow and grain.
function scene(design, view) {
  const roll = dice(design.id + view)
  const flat = ['phone', 'watch'].includes(design.kind ?? 'phone')
  const close = view.startsWith('flaw')
  const options = close
    ? { f: Number(view.slice(4) || 1) - 1, bg: design.bg }
    : {
        bg: view === 'imei' || view === 'battery' ? 'grey' : design.bg,
        rot: (design.rot ?? 0) + (roll() - 0.5) * (flat ? 5 : 1.5),
        dx: (roll() - 0.5) * 7,
        dy: (roll() - 0.5) * 5,
        sc: (flat ? 1.08 : 1.22) * (['top', 'bottom'].includes(view) ? 1.6 : 1),
      }
  const shadow = close ? '' : 'style="filter:drop-shadow(2px 4px 3px rgba(20,14,6,.30)) drop-shadow(6px 12px 12px rgba(20,14,6,.22))" '
  // The drawing's own blot of shadow is for things that stand; what lies flat has the contact shadow alone.
  const drawn = photo(design, close ? 'macro' : view, options)
  const svg = (design.kind === 'camera' ? drawn : drawn.replace(/<ellipse cx="38" cy="142"[^>]*>/, '')).replace('<g transform="translate(', `<g ${shadow}transform="translate(`)
  const left = roll() < 0.7
  return `<!doctype html><style>
    body { margin: 0; width: ${SIDE}px; height: ${SIDE}px; overflow: hidden; position: relative }
    body > * { position: absolute; inset: 0; width: 100%; height: 100% }
    .lens { filter: blur(${close ? 1.1 : 0.55}px) contrast(1.03) saturate(1.04) }
    .lamp { background: linear-gradient(${left ? 128 : 232}deg, rgba(255,246,226,.30), rgba(255,246,226,0) 46%, rgba(28,24,40,.20)); mix-blend-mode: soft-light }
    .edge { background: radial-gradient(circle at ${left ? 44 : 56}% 42%, transparent 52%, rgba(18,14,8,.20) 104%) }
    .grain { mix-blend-mode: soft-light; opacity: .38 }
  </style><body><div class="lens">${svg.replace('<svg ', `<svg width="${SIDE}" height="${SIDE}" `)}</div><div class="lamp"></div><div class="edge"></div>
  <svg class="grain"><filter id="n"><feTurbulence type="fractalNoise" baseFrequency=".55" numOctaves="2" seed="${Math.floor(roll() * 999)}"/>
  <feColorMatrix type="saturate" values=".25"/></filter><rect width="100%" height="100%" filter="url(#n)"/></svg></body>`
}

function views(design) {
  const flaws = (design.flaws ?? []).map((_, n) => `flaw${n + 1}`)
  return [...(design.views ?? ['back', 'front', 'left', 'bottom', 'imei']), ...flaws]
}

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
const page = await browser.newPage({ viewport: { width: SIDE, height: SIDE } })
const list = []
for (const design of designs) {
  const files = []
  for (const view of views(design)) {
    const file = `${design.id}-${view}.jpg`
    await page.setContent(scene(design, view), { waitUntil: 'load' })
    await page.screenshot({ path: out + file, type: 'jpeg', quality: 74 })
    files.push({ view, file })
  }
  const { id, category, brand, model, storage, colour } = design
  list.push({ id, category, brand, model, storage, colour, files })
}
await browser.close()
writeFileSync(here('../../assets/sample/designs.json'), JSON.stringify(list, null, 2) + '\n')
const bytes = readdirSync(out).reduce((sum, file) => sum + statSync(out + file).size, 0)
process.stdout.write(`${list.length} designs, ${readdirSync(out).length} files, ${(bytes / 1e6).toFixed(2)} MB\n`)
