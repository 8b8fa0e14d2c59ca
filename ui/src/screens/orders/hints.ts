import type { OrderLine } from '../../ipc/gen/OrderLine';

/**
 * Words of an order line worth searching the stock for, the most telling first: the number in 【】, a bare stock
 * number, the SKU code, then the model without sizes, and the model's first word.
 */
export function hintsOf(line: Pick<OrderLine, 'title' | 'sku_text' | 'sku_code'>): string[] {
  const text = `${line.title} ${line.sku_text}`.normalize('NFKC');
  const hints: string[] = [];
  const add = (s: string | undefined) => {
    const v = s?.trim();
    if (v && v.length > 1 && !hints.includes(v)) hints.push(v);
  };
  for (const m of text.matchAll(/[\u3010[]\s*([A-Za-z0-9-]{2,12})\s*[\]\u3011]/g)) add(m[1]);
  add(line.sku_code);
  for (const m of text.matchAll(/(?<![\dA-Za-z])(\d{4})(?![\dA-Za-z])/g)) add(m[1]);
  const bare = line.title
    .normalize('NFKC')
    .replace(/[\u3010[][^\]\u3011]*[\]\u3011]/g, ' ')
    .replace(/\b\d{2,4}\s?(gb?|tb?)\b/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const words = bare.split(' ').filter(Boolean);
  add(words.slice(0, 3).join(' '));
  add(words.slice(0, 2).join(' '));
  add(words[0]);
  return hints.slice(0, 6);
}
