// Dragging rows by pointer events: HTML5 drag and drop is unreliable in a Windows WebView.

export interface RowDrag {
  /** The scrolling box that holds `[data-row]` elements. */
  box: HTMLElement;
  rows: number;
  /** Gap under the pointer: 0 above the first row; `null` while nothing is dragged. */
  onmove: (gap: number | null) => void;
  ondrop: (gap: number) => void;
  /** The pointer went up without having moved. */
  onclick: (e: PointerEvent) => void;
}

/** Pixels before a press becomes a drag, and the edge zone that scrolls. */
const SLACK = 5;
const EDGE = 56;

/** Follows the pointer from a press on a row's handle until it is let go. */
export function dragRows(e: PointerEvent, { box, rows, onmove, ondrop, onclick }: RowDrag): void {
  const handle = e.currentTarget as HTMLElement;
  let gap: number | null = null;
  handle.setPointerCapture(e.pointerId);

  const move = (m: PointerEvent) => {
    if (gap === null && Math.abs(m.clientY - e.clientY) < SLACK) return;
    const edge = box.getBoundingClientRect();
    if (m.clientY < edge.top + EDGE) box.scrollTop -= 12;
    if (m.clientY > edge.bottom - EDGE) box.scrollTop += 12;
    gap = [...box.querySelectorAll('[data-row]')].slice(0, rows).filter((el) => {
      const r = el.getBoundingClientRect();
      return m.clientY > r.top + r.height / 2;
    }).length;
    onmove(gap);
  };
  const stop = (m: PointerEvent) => {
    handle.removeEventListener('pointermove', move);
    handle.removeEventListener('pointerup', stop);
    handle.removeEventListener('pointercancel', stop);
    onmove(null);
    if (m.type === 'pointercancel') return;
    if (gap === null) onclick(m);
    else ondrop(gap);
  };
  handle.addEventListener('pointermove', move);
  handle.addEventListener('pointerup', stop);
  handle.addEventListener('pointercancel', stop);
}
