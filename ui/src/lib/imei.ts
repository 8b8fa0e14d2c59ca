/** Fifteen digits whose last one checks the others. */
export function isImei(digits: string): boolean {
  if (!/^\d{15}$/.test(digits)) return false;
  const sum = [...digits].reduce((n, c, i) => {
    const d = Number(c) * (i % 2 === 1 ? 2 : 1);
    return n + (d > 9 ? d - 9 : d);
  }, 0);
  return sum % 10 === 0;
}
