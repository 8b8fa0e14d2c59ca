// Reading codes with the browser's own reader, where it has one.

interface Reader {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}
interface ReaderMaker {
  new (options: { formats: string[] }): Reader;
  getSupportedFormats?(): Promise<string[]>;
}

const FORMATS = ['qr_code', 'code_128', 'code_39', 'ean_13', 'data_matrix'];

const maker = (): ReaderMaker | undefined => (window as { BarcodeDetector?: ReaderMaker }).BarcodeDetector;

/** Whether this browser reads codes. */
export const canRead = (): boolean => maker() !== undefined;

/** The browser's reader for the formats it knows. */
export async function openReader(): Promise<Reader | null> {
  const Maker = maker();
  if (!Maker) return null;
  const known = (await Maker.getSupportedFormats?.()) ?? FORMATS;
  const formats = FORMATS.filter((f) => known.includes(f));
  return formats.length > 0 ? new Maker({ formats }) : null;
}

/** A label's QR may hold an address that ends in the number. */
export function codeIn(raw: string): string {
  const text = raw.trim();
  if (!/^https?:\/\//i.test(text)) return text;
  const last =
    text
      .replace(/[?#].*$/, '')
      .split('/')
      .filter(Boolean)
      .pop() ?? text;
  return decodeURIComponent(last);
}
