// Edits of a photograph as the editor holds them. Places are ten-thousandths, as in core's photo_edit.rs.
import type { Edit } from '../../ipc/gen/Edit';
import type { EditPoint } from '../../ipc/gen/EditPoint';
import type { EditRect } from '../../ipc/gen/EditRect';
import type { MarkColour } from '../../ipc/gen/MarkColour';

export const FULL = 10_000;
export const MOST_TILT = 150;
/** A drag shorter than this is a click. */
const LEAST = 120;
const LEAST_CROP = 500;

export type Mark = Extract<Edit, { kind: 'blur' | 'arrow' | 'circle' }>;
export type MarkKind = Mark['kind'];

export interface Edits {
  /** Quarter turns clockwise, 0-3. */
  quarters: number;
  /** Tenths of a degree clockwise. */
  tilt: number;
  crop: EditRect | null;
  marks: Mark[];
}

export interface Size {
  w: number;
  h: number;
}

export const COLOURS: Record<MarkColour, string> = {
  red: 'rgb(228 40 40)',
  yellow: 'rgb(255 205 25)',
  green: 'rgb(40 175 85)',
  blue: 'rgb(40 110 235)',
  white: 'rgb(255 255 255)',
  black: 'rgb(20 20 20)'
};

/** The rim that keeps a mark visible on any ground. */
export const rim = (c: MarkColour): string =>
  c === 'white' || c === 'yellow' ? 'rgb(30 30 30 / 0.85)' : 'rgb(255 255 255 / 0.85)';

export const NONE: Edits = { quarters: 0, tilt: 0, crop: null, marks: [] };
export const WHOLE: EditRect = { x: 0, y: 0, w: FULL, h: FULL };

export function fromList(list: readonly Edit[]): Edits {
  const out: Edits = { quarters: 0, tilt: 0, crop: null, marks: [] };
  for (const e of list) {
    if (e.kind === 'turn') out.quarters = e.quarters;
    else if (e.kind === 'tilt') out.tilt = e.tenths;
    else if (e.kind === 'crop') out.crop = e.rect;
    else out.marks.push(e);
  }
  return out;
}

export function toList(e: Edits): Edit[] {
  const out: Edit[] = [];
  if (e.quarters !== 0) out.push({ kind: 'turn', quarters: e.quarters });
  if (e.tilt !== 0) out.push({ kind: 'tilt', tenths: e.tilt });
  if (e.crop) out.push({ kind: 'crop', rect: e.crop });
  return [...out, ...e.marks];
}

export const same = (a: Edits, b: Edits): boolean => JSON.stringify(toList(a)) === JSON.stringify(toList(b));

/** The picture's size after its quarter turns. */
export function frameOf(size: Size, quarters: number): Size {
  return quarters % 2 === 1 ? { w: size.h, h: size.w } : size;
}

/** How much the tilted picture grows so that no corner is empty. */
export function grown(frame: Size, tilt: number): number {
  const a = (Math.abs(tilt) / 10) * (Math.PI / 180);
  return Math.cos(a) + Math.sin(a) * Math.max(frame.w / frame.h, frame.h / frame.w);
}

/** Turns everything a quarter; the crop goes along. */
export function turned(e: Edits, by: 1 | -1): Edits {
  const c = e.crop;
  const crop =
    c === null
      ? null
      : by === 1
        ? { x: FULL - c.y - c.h, y: c.x, w: c.h, h: c.w }
        : { x: c.y, y: FULL - c.x - c.w, w: c.h, h: c.w };
  return { ...e, quarters: (e.quarters + by + 4) % 4, crop };
}

const clamp = (v: number, low: number, high: number): number => Math.min(Math.max(Math.round(v), low), high);

export function moved(r: EditRect, dx: number, dy: number): EditRect {
  return { ...r, x: clamp(r.x + dx, 0, FULL - r.w), y: clamp(r.y + dy, 0, FULL - r.h) };
}

/** The largest rectangle of a shape (width over height, in pixels) with the same middle, inside the frame. */
export function shaped(r: EditRect, ratio: number, frame: Size): EditRect {
  const inUnits = (ratio * frame.h) / frame.w;
  const w = Math.min(r.w, Math.round(r.h * inUnits));
  const h = Math.min(r.h, Math.round(r.w / inUnits));
  return moved({ x: Math.round(r.x + (r.w - w) / 2), y: Math.round(r.y + (r.h - h) / 2), w, h }, 0, 0);
}

export type Handle = 'nw' | 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w';

/** Pulls one handle of the crop; with a shape the opposite corner stays and the shape is kept. */
export function pulled(
  r: EditRect,
  handle: Handle,
  dx: number,
  dy: number,
  ratio: number | null,
  frame: Size
): EditRect {
  let [x0, y0, x1, y1] = [r.x, r.y, r.x + r.w, r.y + r.h];
  if (handle.includes('w')) x0 = clamp(x0 + dx, 0, x1 - LEAST_CROP);
  if (handle.includes('e')) x1 = clamp(x1 + dx, x0 + LEAST_CROP, FULL);
  if (handle.includes('n')) y0 = clamp(y0 + dy, 0, y1 - LEAST_CROP);
  if (handle.includes('s')) y1 = clamp(y1 + dy, y0 + LEAST_CROP, FULL);
  if (ratio === null) return { x: x0, y: y0, w: x1 - x0, h: y1 - y0 };
  const inUnits = (ratio * frame.h) / frame.w;
  const byWidth = handle !== 'n' && handle !== 's';
  const roomX = handle.includes('w') ? x1 : FULL - x0;
  const roomY = handle.includes('n') ? y1 : FULL - y0;
  let w = byWidth ? x1 - x0 : (y1 - y0) * inUnits;
  w = Math.min(w, roomX, roomY * inUnits);
  const h = w / inUnits;
  const [rw, rh] = [Math.round(w), Math.round(h)];
  return moved({ x: handle.includes('w') ? x1 - rw : x0, y: handle.includes('n') ? y1 - rh : y0, w: rw, h: rh }, 0, 0);
}

const point = (p: EditPoint): EditPoint => ({ x: clamp(p.x, 0, FULL), y: clamp(p.y, 0, FULL) });

/** A mark drawn from one point to another; `null` when they are too near for one. */
export function drawn(kind: MarkKind, a: EditPoint, b: EditPoint, colour: MarkColour): Mark | null {
  const [from, to] = [point(a), point(b)];
  if (kind === 'arrow') return Math.hypot(to.x - from.x, to.y - from.y) < LEAST ? null : { kind, from, to, colour };
  const rect = {
    x: Math.min(from.x, to.x),
    y: Math.min(from.y, to.y),
    w: Math.abs(to.x - from.x),
    h: Math.abs(to.y - from.y)
  };
  if (rect.w < LEAST && rect.h < LEAST) return null;
  const sized = moved({ ...rect, w: Math.max(rect.w, LEAST), h: Math.max(rect.h, LEAST) }, 0, 0);
  return kind === 'blur' ? { kind, rect: sized } : { kind, rect: sized, colour };
}

/** A mark of a useful size at a place, for those who do not draw with a pointer. */
export function placed(kind: MarkKind, at: EditPoint, colour: MarkColour): Mark | null {
  const [dx, dy] = kind === 'blur' ? [1_500, 400] : [900, 900];
  return drawn(kind, { x: at.x - dx, y: at.y - dy }, { x: at.x + dx, y: at.y + dy }, colour);
}

export function shifted(m: Mark, dx: number, dy: number): Mark {
  if (m.kind !== 'arrow') return { ...m, rect: moved(m.rect, dx, dy) };
  const mx = clamp(dx, -Math.min(m.from.x, m.to.x), FULL - Math.max(m.from.x, m.to.x));
  const my = clamp(dy, -Math.min(m.from.y, m.to.y), FULL - Math.max(m.from.y, m.to.y));
  const go = (p: EditPoint): EditPoint => ({ x: p.x + mx, y: p.y + my });
  return { ...m, from: go(m.from), to: go(m.to) };
}

/** Makes a mark larger or smaller: its far corner, or an arrow's head, moves. */
export function resized(m: Mark, dx: number, dy: number): Mark {
  if (m.kind === 'arrow') return { ...m, to: point({ x: m.to.x + dx, y: m.to.y + dy }) };
  const { x, y, w, h } = m.rect;
  return { ...m, rect: { x, y, w: clamp(w + dx, LEAST, FULL - x), h: clamp(h + dy, LEAST, FULL - y) } };
}

/** The two barbs of an arrow, in pixels: as `marks.rs` draws them. */
export function barbs(tail: EditPoint, head: EditPoint, half: number): EditPoint[] {
  const [dx, dy] = [head.x - tail.x, head.y - tail.y];
  const length = Math.max(Math.hypot(dx, dy), 1e-6);
  const barb = Math.min(half * 9, length * 0.6);
  const [ux, uy] = [dx / length, dy / length];
  return [0.52, -0.52].map((sin) => ({
    x: head.x - barb * (ux * 0.85 - uy * sin),
    y: head.y - barb * (uy * 0.85 + ux * sin)
  }));
}
