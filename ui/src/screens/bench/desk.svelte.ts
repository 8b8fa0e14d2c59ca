import type { AppError } from '../../ipc/gen/AppError';
import type { BenchAnswer } from '../../ipc/gen/BenchAnswer';
import type { Carrier } from '../../ipc/gen/Carrier';
import type { CarrierGuess } from '../../ipc/gen/CarrierGuess';
import type { OrderDetail } from '../../ipc/gen/OrderDetail';
import type { OrderLine } from '../../ipc/gen/OrderLine';
import type { OrderRow } from '../../ipc/gen/OrderRow';
import type { UnitRow } from '../../ipc/gen/UnitRow';
import { call, failureOf } from '../../ipc/client';
import { play } from '../../lib/sound';

/** What the big band says. */
export type View =
  | { kind: 'idle' }
  | { kind: 'opened' }
  | { kind: 'right'; unit: UnitRow; complete: boolean }
  | { kind: 'wrong'; expected: UnitRow[]; scanned: UnitRow | null; code: string; belongs_to: OrderRow | null }
  | { kind: 'waybill' }
  | { kind: 'early' }
  | { kind: 'refused'; error: AppError; order: OrderRow | null }
  | { kind: 'unknown'; code: string }
  /** A unit of ours that is in no order, scanned while the bench was empty. */
  | { kind: 'stray'; unit: UnitRow }
  | { kind: 'shipped'; order: OrderDetail };

/** A scanned waybill and who may carry it. */
export interface Waybill {
  tracking_no: string;
  guesses: CarrierGuess[];
  carrier: Carrier | null;
}

/** Device lines not yet packed. */
export function missing(order: OrderDetail): OrderLine[] {
  return order.lines.filter((l) => l.kind === 'unit' && l.packed_at === null);
}

/** Which step the parcel stands at: 0 parcel, 1 units, 2 waybill, 3 ship. */
export function stepOf(order: OrderDetail | null, waybill: Waybill | null): 0 | 1 | 2 | 3 {
  if (!order) return 0;
  if (missing(order).length > 0) return 1;
  return waybill ? 3 : 2;
}

/** The parcel on the bench. One scan at a time, in the order they came. */
export class Desk {
  order = $state.raw<OrderDetail | null>(null);
  view = $state.raw<View>({ kind: 'idle' });
  waybill = $state.raw<Waybill | null>(null);
  busy = $state(false);
  #line: Promise<void> = Promise.resolve();

  /** A code from the scanner or the field. */
  scan(code: string): Promise<void> {
    return this.#queue(async () => {
      const answer = await call('bench.scan', { order_id: this.order?.row.id ?? null, code });
      this.#hear(answer);
    });
  }

  /** Ships the parcel on the bench with the chosen carrier. */
  ship(): Promise<void> {
    return this.#queue(async () => {
      const { order, waybill } = this;
      if (!order || !waybill?.carrier || missing(order).length > 0) return;
      const shipped = await call('bench.ship', {
        order_id: order.row.id,
        carrier: waybill.carrier.code,
        tracking_no: waybill.tracking_no
      });
      this.order = null;
      this.waybill = null;
      this.view = { kind: 'shipped', order: shipped };
      play('done');
    });
  }

  choose(carrier: Carrier): void {
    if (this.waybill) this.waybill = { ...this.waybill, carrier };
  }

  /** Puts the parcel aside; nothing is lost, it stays in the queue. */
  aside(): void {
    this.order = null;
    this.waybill = null;
    this.view = { kind: 'idle' };
  }

  /** Reads the parcel again after somebody else, or an undo, changed something. */
  async refresh(): Promise<void> {
    const id = this.order?.row.id;
    if (!id || this.busy) {
      if (!id && this.view.kind === 'shipped' && !this.busy) this.view = { kind: 'idle' };
      return;
    }
    try {
      const fresh = await call('orders.get', { id });
      if (this.order?.row.id !== id || this.busy) return;
      const changed = missing(fresh).length !== missing(this.order).length || fresh.row.stage !== this.order.row.stage;
      this.order = fresh;
      if (changed) {
        this.waybill = missing(fresh).length > 0 ? null : this.waybill;
        this.view = { kind: 'opened' };
      }
    } catch {
      this.aside();
    }
  }

  #queue(work: () => Promise<void>): Promise<void> {
    this.#line = this.#line.then(async () => {
      this.busy = true;
      try {
        await work();
      } catch (why) {
        this.view = { kind: 'refused', error: failureOf(why).error, order: null };
        play('wrong');
      } finally {
        this.busy = false;
      }
    });
    return this.#line;
  }

  #hear(a: BenchAnswer): void {
    switch (a.type) {
      case 'opened':
        this.order = a.order;
        this.waybill = null;
        this.view = { kind: 'opened' };
        play('right');
        return;
      case 'right_unit':
        this.order = a.order;
        this.view = { kind: 'right', unit: a.unit, complete: a.complete };
        play('right');
        return;
      case 'wrong_unit':
        if (!this.order && a.scanned) {
          this.view = { kind: 'stray', unit: a.scanned };
          play('wrong');
          return;
        }
        this.waybill = null;
        this.view = { kind: 'wrong', expected: a.expected, scanned: a.scanned, code: a.code, belongs_to: a.belongs_to };
        play('wrong');
        return;
      case 'waybill':
        if (!this.order || missing(this.order).length > 0) {
          this.view = { kind: 'early' };
          play('wrong');
          return;
        }
        this.waybill = { tracking_no: a.tracking_no, guesses: a.carriers, carrier: a.carriers[0]?.carrier ?? null };
        this.view = { kind: 'waybill' };
        play('right');
        return;
      case 'refused':
        // A waybill before the units is a step too early, not a parcel that must not leave.
        this.view =
          a.error.code === 'not_packed' && this.order
            ? { kind: 'early' }
            : { kind: 'refused', error: a.error, order: a.order };
        play('wrong');
        return;
      case 'unknown':
        this.view = { kind: 'unknown', code: a.code };
        play('wrong');
    }
  }
}
