/** What a delivery lane is given, and what it offers. */
import type { HttpResponse } from '../response.ts';
import type { LaneItem } from './lane-queue.ts';

/** Items that are sent together. */
export interface LaneBatch<Context, Item extends LaneItem> {
  readonly context: Context;
  /** At least one. */
  readonly items: readonly Item[];
  /** Whether none of it was sent before. */
  readonly isNew: boolean;
}

/** Why an item was given up by a lane. */
export type LaneDrop = 'refused' | 'too-large';

/** What a lane needs. */
export interface LaneOptions<Context, Item extends LaneItem> {
  /** Items that are sent at once. A request takes more, up to a hundred times as many, when more are waiting. */
  readonly batchSize: number;
  /** Longest wait for a batch to fill, in ms. */
  readonly flushIntervalMs: number;
  /** Total for one request, in ms, as `send` keeps it. */
  readonly requestTimeoutMs: number;
  /** Whether items of two contexts may share a request. */
  readonly isSameContext: (one: Context, other: Context) => boolean;
  /** Sends a batch and resolves with the answer, of any status; rejects when no answer comes. */
  readonly send: (
    batch: LaneBatch<Context, Item>,
    exchange: { readonly signal: AbortSignal; readonly keepalive: boolean },
  ) => Promise<HttpResponse>;
  /** Told of items that are over and done with. */
  readonly onDelivered: (items: readonly Item[]) => void;
  readonly onDropped: (items: readonly Item[], reason: LaneDrop, status: number | undefined) => void;
  /** Told of each request that has to be repeated, with a sentence of the cause unless it just never ended. */
  readonly onRetry: (why: string | undefined, cause?: unknown) => void;
  /** Set where a runtime must know of work under way; `undefined` where work continues without it. Read at each use. */
  readonly waitUntil: () => ((work: Promise<unknown>) => void) | undefined;
}

/** See `createDeliveryLane`. */
export interface DeliveryLane<Context, Item extends LaneItem> {
  /** Queues an item and sends what may be sent. Never throws. */
  add(context: Context, item: Item): void;
  /**
   * Sends what is queued; resolves when everything that was queued before is settled, at the latest after `timeoutMs` or
   * when the lane is stopped. Never rejects; keeps the process alive.
   */
  flush(timeoutMs: number): Promise<void>;
  /**
   * Offers everything that is not under way. `taken` counts as delivered, `request` sends it as a request that outlives the
   * page, `too-large` offers its halves, and `kept` leaves it in the queue, as does `too-large` for a single item.
   */
  handOver(offer: (batch: LaneBatch<Context, Item>) => 'taken' | 'request' | 'too-large' | 'kept'): void;
  /** Ends requests under way and sends no more. */
  stop(): void;
  /** Items that are not settled. */
  readonly count: number;
  /** About how many bytes they take. */
  readonly bytes: number;
}
