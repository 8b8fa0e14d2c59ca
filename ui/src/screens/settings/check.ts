/** A whole number from `min` to `max` as typed, or `null`. */
export function whole(text: string, min: number, max: number): number | null {
  const bare = text.normalize('NFKC').trim();
  if (!/^\d{1,6}$/.test(bare)) return null;
  const n = Number(bare);
  return n >= min && n <= max ? n : null;
}

/** Words a person set apart by commas of either kind, each once. */
export const list = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,;\uff0c\u3001\uff1b\n]+/)
      .map((w) => w.trim())
      .filter((w) => w !== '')
  )
];
