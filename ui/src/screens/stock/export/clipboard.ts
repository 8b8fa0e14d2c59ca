/** Whether this engine can put a picture on the clipboard. */
export const canCopy = (): boolean =>
  typeof ClipboardItem !== 'undefined' && typeof navigator.clipboard?.write === 'function';

/** Clipboards take PNG: the JPEG is drawn once and read back. */
async function png(url: string): Promise<Blob> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  canvas.getContext('2d')?.drawImage(image, 0, 0);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png')
  );
}

/** Puts a JPEG (`data:` address) on the clipboard. The address is asked for inside, while the press still counts. */
export async function copyJpeg(ask: () => Promise<string | null>): Promise<void> {
  const made = ask().then((url) => (url ? png(url) : Promise.reject(new Error('no picture'))));
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': made })]);
}
