/** The clients that share a sink: each receives its problems and batches. */
import type { EventSinkHost, LogEvent } from '@sortition/core';
import { tryPart } from '@sortition/core/internal';
import { monotonicNow } from '@sortition/http';

/** The hosts of a sink. */
export interface SinkHosts {
  add(host: EventSinkHost): void;
  problem(code: string, message: string, cause?: unknown): void;
  /** Reports a problem of this code only the first time, until `forget`. */
  problemOnce(code: string, message: string, cause?: unknown): void;
  /** Called when the queue is empty: problems are then reported again, failing requests only after some minutes. */
  forget(): void;
  logEvent(event: LogEvent): void;
  /** Passes work under way to all hosts; absent unless one of them has `waitUntil`. */
  readonly waitUntil: ((work: Promise<unknown>) => void) | undefined;
}

/** Intermittent request failures are reported at most once in this time, in ms. */
const TELL_AGAIN_MS = 300_000;

/** Creates the list of hosts. */
export function createSinkHosts(): SinkHosts {
  const hosts: EventSinkHost[] = [];
  /** Problem code to the time it was reported, on the monotonic clock. */
  const told = new Map<string, number>();

  function problem(code: string, message: string, cause?: unknown): void {
    for (const host of hosts) host.problem({ code, part: 'events', message, ...(cause !== undefined && { cause }) });
  }

  function waitUntil(work: Promise<unknown>): void {
    for (const host of hosts) tryPart(() => host.waitUntil?.(work));
  }

  return {
    add: (host) => void hosts.push(host),
    problem,
    problemOnce(code, message, cause) {
      if (told.has(code)) return;
      told.set(code, monotonicNow());
      problem(code, message, cause);
    },
    forget() {
      told.delete('event-queue-full');
      for (const code of ['events-delayed', 'events-refused']) {
        if (Number(told.get(code)) + TELL_AGAIN_MS < monotonicNow()) told.delete(code);
      }
    },
    logEvent(event) {
      for (const host of hosts) host.logEvent(event);
    },
    get waitUntil() {
      return hosts.some((host) => host.waitUntil !== undefined) ? waitUntil : undefined;
    },
  };
}
