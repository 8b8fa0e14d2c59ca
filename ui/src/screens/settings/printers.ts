import type { LabelPaper } from '../../ipc/gen/LabelPaper';
import type { LabelPrinter } from '../../ipc/gen/LabelPrinter';
import type { PrinterLanguage } from '../../ipc/gen/PrinterLanguage';

/** Names of languages are the same in every language. */
export const LANGUAGES: readonly { value: PrinterLanguage; label: string }[] = [
  { value: 'tspl', label: 'TSPL' },
  { value: 'zpl', label: 'ZPL' },
  { value: 'escpos', label: 'ESC/POS' }
];

/** A printer as most are set up, without name or address. */
export function newPrinter(paper: string, papers: readonly LabelPaper[]): LabelPrinter {
  const rolls = papers.filter((p) => p.columns === null);
  return {
    id: crypto.randomUUID(),
    name: '',
    language: 'tspl',
    at: { type: 'network', host: '', port: 9100 },
    paper: (rolls.find((p) => p.id === paper) ?? rolls[0])?.id ?? paper,
    dpi: 203,
    gap: 20,
    shift_x: 0,
    shift_y: 0,
    darkness: 8
  };
}
