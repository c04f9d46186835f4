/** The clients that share a sink: each of them hears what happens to its events. */
import type { EventSinkHost, LogEvent } from '@sortition/core';
import { tryPart } from '@sortition/core/internal';
import { monotonicNow } from '@sortition/http';

/** See the file. */
export interface SinkHosts {
  add(host: EventSinkHost): void;
  problem(code: string, message: string, cause?: unknown): void;
  /** Tells a problem of this code only the first time, until it is forgotten. */
  problemOnce(code: string, message: string, cause?: unknown): void;
  /** Called when the queue is empty: what ended with it is news again, failing requests not before some minutes. */
  forget(): void;
  logEvent(event: LogEvent): void;
  /** Tells all of them of work under way; absent unless one of them wants to know. */
  readonly waitUntil: ((work: Promise<unknown>) => void) | undefined;
}

/** Intermittent request failures are reported at most once in this time, in ms. */
const TELL_AGAIN_MS = 300_000;

/** Creates the list of hosts. */
export function createSinkHosts(): SinkHosts {
  const hosts: EventSinkHost[] = [];
  /** Code to when it was told, on the monotonic clock. */
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
