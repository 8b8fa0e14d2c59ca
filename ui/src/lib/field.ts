/** Whether this element takes typed text, so that letters belong to it. */
export function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return (
    target instanceof HTMLInputElement && !/^(button|checkbox|radio|range|submit|reset|file|color)$/.test(target.type)
  );
}
