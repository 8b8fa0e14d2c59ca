import { t } from '../i18n/index.svelte';
import { call, onPush, origin } from '../ipc/client';
import { act } from './act';
import { isHushed } from './hush.svelte';
import { opText } from './ops';
import { toast } from './toasts.svelte';

/** Undoes the last action of the stall. With `step`, only if that is still the last one. */
export async function undo(step?: number): Promise<void> {
  const done = await act(async () => {
    if (step !== undefined) {
      const state = await call('undo.state', {});
      if (state.undo?.id !== step) {
        toast({ kind: 'info', icon: 'undo', text: t('shell.undo_newer') });
        return undefined;
      }
    }
    return call('undo.undo', {});
  });
  if (!done) return;
  toast({
    kind: 'info',
    icon: 'undo',
    text: t('shell.undone', { what: opText(done.op, done.args) }),
    action: { label: t('shell.redo'), key: 'Ctrl Shift Z', run: () => void redo() }
  });
}

/** Does the last undone action again. */
export async function redo(): Promise<void> {
  const done = await act(() => call('undo.redo', {}));
  if (!done) return;
  toast({
    kind: 'done',
    icon: 'redo',
    text: t('shell.redone', { what: opText(done.op, done.args) }),
    action: { label: t('shell.undo'), key: 'Ctrl Z', run: () => void undo(done.id) }
  });
}

/** Shows what this screen just did, with undo beside it. */
export function announceChanges(): () => void {
  return onPush((push) => {
    if (push.type !== 'changed' || push.origin !== origin || push.step === null) return;
    if (push.op === 'undo' || push.op === 'redo' || isHushed(push.op)) return;
    const step = push.step;
    toast({
      kind: 'done',
      text: opText(push.op, push.args),
      action: { label: t('shell.undo'), key: 'Ctrl Z', run: () => void undo(step) }
    });
  });
}
