import { errorText } from './errors';
import { toast } from './toasts.svelte';

/**
 * Runs a write. On failure the person sees why and `undefined` comes back; on success the toast with undo comes by
 * itself from the push of the change.
 */
export async function act<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (why) {
    toast({ kind: 'error', text: errorText(why) });
    return undefined;
  }
}
