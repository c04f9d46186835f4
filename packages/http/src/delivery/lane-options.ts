/** Options and interface of a delivery lane. */
import type { HttpResponse } from '../response.ts';
import type { LaneItem } from './lane-queue.ts';

/** Items that are sent together. */
export interface LaneBatch<Context, Item extends LaneItem> {
  readonly context: Context;
  /** At least one. */
  readonly items: readonly Item[];
  /** Whether none of its items was sent before. */
  readonly isNew: boolean;
}

/** Why a lane dropped an item. */
export type LaneDrop = 'refused' | 'too-large';

/** Options of a lane. */
export interface LaneOptions<Context, Item extends LaneItem> {
  /** A request is sent when this many items wait. It takes up to a hundred times as many when more wait. */
  readonly batchSize: number;
  /** Longest wait for a batch to fill, in ms. */
  readonly flushIntervalMs: number;
  /** Total for one request, in ms, which `send` enforces. */
  readonly requestTimeoutMs: number;
  /** Whether items of two contexts may share a request. */
  readonly isSameContext: (one: Context, other: Context) => boolean;
  /** Sends a batch and resolves to the response of any status; rejects when there is no response. */
  readonly send: (
    batch: LaneBatch<Context, Item>,
    exchange: { readonly signal: AbortSignal; readonly keepalive: boolean },
  ) => Promise<HttpResponse>;
  /** Called with items that were delivered. */
  readonly onDelivered: (items: readonly Item[]) => void;
  readonly onDropped: (items: readonly Item[], reason: LaneDrop, status: number | undefined) => void;
  /** Called for each request that has to be repeated, with a sentence about the cause unless it never ended. */
  readonly onRetry: (why: string | undefined, cause?: unknown) => void;
  /** Returns the runtime's `waitUntil`; `undefined` when background work continues without it. Read at each use. */
  readonly waitUntil: () => ((work: Promise<unknown>) => void) | undefined;
}

/** See `createDeliveryLane`. */
export interface DeliveryLane<Context, Item extends LaneItem> {
  /** Queues an item and sends what is due. Never throws. */
  add(context: Context, item: Item): void;
  /**
   * Sends queued items; resolves when all of them are delivered or dropped, at the latest after `timeoutMs` or when the
   * lane is stopped. Never rejects; keeps the process alive.
   */
  flush(timeoutMs: number): Promise<void>;
  /**
   * Offers every batch that is not under way. `taken` counts as delivered, `request` sends the batch with `keepalive`,
   * `too-large` offers its halves, and `kept` leaves it in the queue, as does `too-large` for a single item.
   */
  handOver(offer: (batch: LaneBatch<Context, Item>) => 'taken' | 'request' | 'too-large' | 'kept'): void;
  /** Ends requests under way and sends no more. */
  stop(): void;
  /** Number of items that are neither delivered nor dropped. */
  readonly count: number;
  /** Their approximate size in bytes. */
  readonly bytes: number;
}
