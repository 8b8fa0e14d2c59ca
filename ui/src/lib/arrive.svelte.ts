import { onPush } from '../ipc/client';

/** A picture that is not here yet is asked for again when files of another laptop have come. */
export function again(missing: () => boolean, ask: () => void): void {
  $effect(() => {
    if (!missing()) return;
    return onPush((push) => {
      if (push.type === 'sync') ask();
    });
  });
}
