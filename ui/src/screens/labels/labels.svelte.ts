// Asking for labels from anywhere, and what this screen remembers of the last time: printer, paper, the next free place.
import { t } from '../../i18n/index.svelte';
import { call, showFile } from '../../ipc/client';
import type { LabelPaper } from '../../ipc/gen/LabelPaper';
import type { LabelSetup } from '../../ipc/gen/LabelSetup';
import type { LabelWhat } from '../../ipc/gen/LabelWhat';
import { act } from '../../lib/act';
import { toast } from '../../lib/toasts.svelte';

export const DOCUMENT = 'pdf';
const STORED = 'stall.labels';

interface Kept {
  /** A printer's id, or `pdf`. */
  to: string;
  paper: string;
  /** Next free place of a sheet partly used, by paper. */
  start: Record<string, number>;
  /** Print a label as soon as a unit is taken in. */
  auto: boolean;
}

function read(): Kept {
  const none: Kept = { to: '', paper: '', start: {}, auto: false };
  try {
    return { ...none, ...(JSON.parse(localStorage.getItem(STORED) ?? '{}') as Partial<Kept>) };
  } catch {
    return none;
  }
}

let kept = $state<Kept>(read());
let asking = $state.raw<LabelWhat | null>(null);

export const remembered = (): Readonly<Kept> => kept;

export function remember(part: Partial<Kept>): void {
  kept = { ...kept, ...part };
  localStorage.setItem(STORED, JSON.stringify(kept));
}

/** What the open dialog is to print, or `null` while it is closed. */
export const asked = (): LabelWhat | null => asking;

/** Opens the dialog. */
export function askLabels(what: LabelWhat | null): void {
  asking = what;
}

export const labelUnits = (ids: string[]): void => askLabels({ type: 'units', ids });

/** Opens the dialog with every unit that wants a label. */
export async function labelMissing(): Promise<void> {
  const wanted = await act(() => call('labels.wanted', {}));
  if (!wanted) return;
  if (wanted.ids.length > 0) labelUnits(wanted.ids);
  else toast({ kind: 'info', icon: 'check', text: t('labels.none_missing') });
}

export const countOf = (what: LabelWhat): number =>
  what.type === 'units' ? what.ids.length : what.type === 'shelves' ? what.names.length : 1;

/** Where labels go: the printer used last if it is still there, else the first, else a document. */
export function usual(setup: LabelSetup): string {
  const { printers } = setup.settings;
  if (kept.to === DOCUMENT || printers.some((p) => p.id === kept.to)) return kept.to;
  return printers[0]?.id ?? DOCUMENT;
}

export const placesOf = (paper: LabelPaper | undefined): number => (paper?.columns ?? 0) * (paper?.rows ?? 0);

/** Width and height in millimetres, to a tenth. */
export const sizeOf = (p: { width: number; height: number }): string =>
  [p.width, p.height].map((mm) => Math.round(mm * 10) / 10).join(' × ');

/** Millimetres, and how many on a sheet. */
export function paperName(p: LabelPaper): string {
  const size = sizeOf(p);
  return p.columns === null
    ? t('labels.paper_roll', { size })
    : t('labels.paper_sheet', { columns: p.columns, rows: p.rows, size });
}

/** Sends labels to a printer; the job bar goes on from there. */
export async function send(what: LabelWhat, printer: string, copies = 1): Promise<boolean> {
  const job = await act(() => call('labels.print', { what, printer, copies }));
  if (job) toast({ kind: 'info', icon: 'print', text: t('labels.sending', { n: countOf(what) }) });
  return job !== undefined;
}

/** Says that labels were printed, and offers to take that back. */
export async function mark(ids: string[]): Promise<void> {
  if (!(await act(() => call('labels.mark', { ids, printed: true })))) return;
  toast({
    kind: 'done',
    icon: 'print',
    text: t('labels.marked', { n: ids.length }),
    action: {
      label: t('labels.unmark'),
      run: () => void act(() => call('labels.mark', { ids, printed: false }))
    }
  });
}

/** Makes a document and shows it where it can be printed at true size. */
export async function openDocument(
  what: LabelWhat,
  paper: LabelPaper,
  copies: number,
  start: number
): Promise<boolean> {
  const made = await act(async () => {
    const file = await call('labels.make', { what, format: 'pdf', paper: paper.id, copies, start });
    await showFile(file);
    return file;
  });
  if (!made) return false;
  const each = placesOf(paper);
  if (each > 0) {
    const next = (start + countOf(what) * copies) % each;
    remember({ start: { ...kept.start, [paper.id]: next } });
  }
  if (what.type === 'units') await mark(what.ids);
  return true;
}

/** A unit just taken in: straight to the printer used last, else by the dialog. */
export async function labelTakenIn(id: string): Promise<void> {
  const what: LabelWhat = { type: 'units', ids: [id] };
  const setup = await act(() => call('labels.settings', {}));
  if (!setup) return;
  const to = usual(setup);
  if (to === DOCUMENT) askLabels(what);
  else await send(what, to);
}
