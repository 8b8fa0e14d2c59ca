const hushed = new Map<string, number>();

/** Whether a screen that is open shows these actions itself. */
export const isHushed = (op: string): boolean => (hushed.get(op) ?? 0) > 0;

/**
 * No toasts of these actions for as long as this component lives: where every scan is an action, the screen itself shows
 * what each did, and a toast's undo would take the whole run back.
 */
export function hush(...ops: string[]): void {
  $effect(() => {
    for (const op of ops) hushed.set(op, (hushed.get(op) ?? 0) + 1);
    return () => {
      for (const op of ops) hushed.set(op, (hushed.get(op) ?? 1) - 1);
    };
  });
}
