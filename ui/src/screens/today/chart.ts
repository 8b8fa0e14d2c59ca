/** A round top of an axis at or above `max`, in fen, and where its lines stand. */
export function axis(max: number): { top: number; lines: number[] } {
  if (max <= 0) return { top: 1, lines: [0] };
  const yuan = max / 100;
  const power = 10 ** Math.floor(Math.log10(yuan));
  const step = [0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s * 3 >= yuan) ?? power * 10;
  const lines: number[] = [];
  for (let v = 0; v < yuan + step * 0.001 && lines.length < 4; v += step) lines.push(Math.round(v * 100));
  return { top: Math.max(max, lines[lines.length - 1] ?? max), lines };
}
