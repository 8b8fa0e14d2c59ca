import type { Edit } from '../../ipc/gen/Edit';
import type { Report } from '../../ipc/gen/Report';
import type { ReportItem } from '../../ipc/gen/ReportItem';
import type { ReportPhoto } from '../../ipc/gen/ReportPhoto';
import { WHOLE, frameOf, fromList, grown, type Edits, type Size } from '../stock/edits';

/** A place on a picture, in percent of its sides. */
export interface Spot {
  x: number;
  y: number;
}

/** A finding with its number and the photograph that shows it best. */
export interface Flaw {
  n: number;
  item: ReportItem;
  photo: ReportPhoto;
  /** Where it was ringed or pointed at; empty where nobody did. */
  spots: Spot[];
}

/** Where a point of the upright picture comes to lie once it is turned and tilted, in ten-thousandths of the frame. */
function laid(p: Spot, { quarters, tilt }: Edits, size: Size): Spot {
  const frame = frameOf(size, quarters);
  const turn = (v: Spot, degrees: number): Spot => {
    const a = (degrees * Math.PI) / 180;
    return { x: v.x * Math.cos(a) - v.y * Math.sin(a), y: v.x * Math.sin(a) + v.y * Math.cos(a) };
  };
  const grow = grown(frame, tilt);
  const middle = { x: (p.x / WHOLE.w - 0.5) * size.w * grow, y: (p.y / WHOLE.h - 0.5) * size.h * grow };
  const at = turn(middle, quarters * 90 + tilt / 10);
  return { x: (at.x / frame.w + 0.5) * WHOLE.w, y: (at.y / frame.h + 0.5) * WHOLE.h };
}

/** Where rings stand and arrows point on the picture that is shown: what was cropped away has no place there. */
export function spotsOf(list: readonly Edit[], size: Size): Spot[] {
  const edits = fromList(list);
  const c = edits.crop ?? WHOLE;
  const share = (v: number) => Math.round(v * 1000) / 10;
  return edits.marks
    .flatMap((m) => {
      if (m.kind === 'circle') return [{ x: m.rect.x + m.rect.w / 2, y: m.rect.y + m.rect.h / 2 }];
      return m.kind === 'arrow' ? [m.to] : [];
    })
    .map((p) => laid(p, edits, size))
    .map((p) => ({ x: share((p.x - c.x) / c.w), y: share((p.y - c.y) / c.h) }))
    .filter((p) => p.x >= 0 && p.x <= 100 && p.y >= 0 && p.y <= 100);
}

/**
 * The findings in the order a passport tells them: those that bear on the grade, worst first, then the others. What is a number
 * (battery health) is told beside the grade.
 */
export function findings(report: Pick<Report, 'groups' | 'result'>): ReportItem[] {
  const items = report.groups.flatMap((g) => g.items);
  const ranked = report.result.reasons.filter((r) => r.axis !== 'battery').map((r) => r.item_id);
  const first = [...new Set(ranked)].flatMap((id) => items.find((i) => i.id === id) ?? []);
  const others = items.filter((i) => (i.severity ?? 0) > 0 && i.kind !== 'number' && !first.includes(i));
  return [...first, ...others.sort((a, b) => (b.severity ?? 0) - (a.severity ?? 0))];
}

/**
 * The findings that have a photograph, each with its number. A ring belongs to a finding only where its photograph shows no
 * other one; photographs that were edited anew since the report are taken without their rings.
 */
export function flawsOf(found: readonly ReportItem[], spots: ReadonlyMap<string, Spot[]>): Flaw[] {
  const shares = (p: ReportPhoto) => found.filter((i) => i.photos.some((x) => x.photo_id === p.photo_id)).length;
  return found.flatMap((item, at) => {
    const own = item.photos.filter((p) => shares(p) === 1);
    const ringed = own.find((p) => (spots.get(p.shown)?.length ?? 0) > 0);
    const photo = ringed ?? own[0] ?? item.photos[0];
    return photo ? [{ n: at + 1, item, photo, spots: ringed ? (spots.get(ringed.shown) ?? []) : [] }] : [];
  });
}
