/** Places at most of one order; more is a slip of the fingers. */
const MOST = 500;
// A person types ASCII or Chinese separators.
const SEPARATORS = /[\n,;\u3001\uff0c\uff1b]+/;
const RANGE = /^(.*?)(\d+)\s*(?:\.\.|~|\u2026|\uff5e|\u2014)\s*(.*?)(\d+)$/;

/** `A-01..A-12, B` as names: a range counts up and keeps its leading zeros. */
export function places(text: string): string[] {
  const names: string[] = [];
  for (const part of text.split(SEPARATORS).map((p) => p.trim())) {
    const range = RANGE.exec(part);
    const [, head = '', from = '', again = '', to = ''] = range ?? [];
    const first = Number(from);
    const last = Number(to);
    if (range && (again === '' || again === head) && first <= last && last - first < MOST) {
      for (let n = first; n <= last; n += 1) names.push(head + String(n).padStart(from.length, '0'));
    } else if (part !== '') names.push(part);
  }
  return [...new Set(names)].slice(0, MOST);
}
