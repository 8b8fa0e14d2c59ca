export type Args = Record<string, string | number | null | undefined>;

const grouped = (n: number) => n.toLocaleString('en-US', { maximumFractionDigits: 2 });

/**
 * Fills `{name}` and the plural form `{n|one|other}` of a sentence. An argument that is missing leaves nothing; words that
 * come in both languages are `name_zh` and `name_en`.
 */
export function fill(text: string, args: Args = {}, lang?: 'zh' | 'en'): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, name: string, one?: string, other?: string) => {
    const value = args[name] ?? args[`${name}_${lang}`];
    if (one !== undefined) return Number(value) === 1 ? one : (other ?? '');
    if (value == null) return '';
    return typeof value === 'number' ? grouped(value) : value;
  });
}
