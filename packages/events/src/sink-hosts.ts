/** The clients that share a sink: all of them are told what becomes of its events. */
import type { EventSinkHost, LogEvent } from '@sortition/core';

/** See the file. */
export interface SinkHosts {
  add(host: EventSinkHost): void;
  problem(code: string, message: string, cause?: unknown): void;
  /** Tells a problem of this code only the first time, until it is forgotten. */
  problemOnce(code: string, message: string, cause?: unknown): void;
  /** Problems of this code are news again. */
  forget(code: string): void;
  logEvent(event: LogEvent): void;
  waitUntil(work: Promise<unknown>): void;
  /** Whether one of them wants to be told of work under way. */
  readonly hasWaiting: boolean;
}

/** Creates the list of hosts. */
export function createSinkHosts(): SinkHosts {
  const hosts: EventSinkHost[] = [];
  let hasWaiting = false;
  const told = new Set<string>();

  function problem(code: string, message: string, cause?: unknown): void {
    for (const host of hosts) host.problem({ code, part: 'events', message, ...(cause !== undefined && { cause }) });
  }

  return {
    add(host) {
      hosts.push(host);
      hasWaiting ||= host.waitUntil !== undefined;
    },
    problem,
    problemOnce(code, message, cause) {
      if (told.has(code)) return;
      told.add(code);
      problem(code, message, cause);
    },
    forget: (code) => void told.delete(code),
    logEvent(event) {
      for (const host of hosts) host.logEvent(event);
    },
    waitUntil(work) {
      for (const host of hosts) host.waitUntil?.(work);
    },
    get hasWaiting() {
      return hasWaiting;
    },
  };
}
