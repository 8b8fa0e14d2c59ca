import { known, t, type Args } from '../i18n/index.svelte';

/** The sentence of an action: one thing by name, or how many. */
export function opText(op: string, args: Args): string {
  // Photographs that have no unit yet.
  if (op === 'add_photos' && !args['what']) return t('op.add_photos_tray', args);
  const many = `op.${op}_many`;
  const several = Number(args['n'] ?? 1) > 1 || !args['what'];
  return t(several && known(many) ? (many as `op.${string}`) : `op.${op}`, args);
}
