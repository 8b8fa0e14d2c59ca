/** A whole number from `min` to `max` as typed, or `null`. */
export function whole(text: string, min: number, max: number): number | null {
  const bare = text.normalize('NFKC').trim();
  if (!/^\d{1,6}$/.test(bare)) return null;
  const n = Number(bare);
  return n >= min && n <= max ? n : null;
}
