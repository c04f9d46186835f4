/** ODP managers: segments and events of the customer-data platform. */
import type { Odp, OdpValue } from '@sortition/core';
import { createOdp } from '@sortition/odp';
import type { Cache } from './contract/caches.ts';
import { createOpaque } from './opaque.ts';

/** Information about the device, for ODP events. */
export interface UserAgentParser {
  parseUserAgentInfo(): {
    os: { name?: string; version?: string };
    device: { type?: string; model?: string };
  };
}

/** Options of `createOdpManager`; times are in milliseconds, and 0 stands for the default. */
export type OdpManagerOptions = {
  segmentsCache?: Cache<string[]>;
  /** 10,000 users by default. */
  segmentsCacheSize?: number;
  /** 600,000 by default. */
  segmentsCacheTimeout?: number;
  /** 10,000 by default. */
  segmentsApiTimeout?: number;
  /** 1,000 by default. */
  eventFlushInterval?: number;
  /** 10 by default. */
  eventBatchSize?: number;
  /** 10,000 by default. */
  eventApiTimeout?: number;
  userAgentParser?: UserAgentParser;
  /**
   * Not in the official SDK: hosts that a datafile may name in addition to those of the vendor, such as `localhost`.
   */
  allowedHosts?: readonly string[];
};

declare const odpManager: unique symbol;

/** An ODP manager, as `createInstance` takes it. */
export type OpaqueOdpManager = { [odpManager]: unknown };

/** The part of an ODP manager that a client uses. */
export interface OdpManager {
  readonly odp: Odp;
  /** Facts about the device that go with each event. */
  readonly device: Readonly<Record<string, OdpValue>>;
}

const managers = createOpaque<OdpManager, OpaqueOdpManager>('odp-manager');

/** Returns the content of an ODP manager; `undefined` when the value is not an ODP manager. */
export function openOdpManager(opaque: OpaqueOdpManager | undefined): OdpManager | undefined {
  return managers.open(opaque);
}

/**
 * Creates an ODP manager. The host and the key come from the datafile.
 *
 * @throws SdkError `invalid-option`; Error `Invalid cache` or `Invalid cache method …`
 */
export function createOdpManager(options: OdpManagerOptions = {}): OpaqueOdpManager {
  const { segmentsCache, userAgentParser, allowedHosts } = options;
  if (segmentsCache !== undefined) checkCache(segmentsCache);
  const odp = createOdp({
    segmentsCacheSize: options.segmentsCacheSize || undefined,
    segmentsCacheTimeoutMs: options.segmentsCacheTimeout || undefined,
    segmentsTimeoutMs: options.segmentsApiTimeout || undefined,
    eventsTimeoutMs: options.eventApiTimeout || undefined,
    batchSize: options.eventBatchSize || undefined,
    flushIntervalMs: options.eventFlushInterval || undefined,
    // The official SDK retries immediately after a failure.
    segmentsFailureMemoryMs: 0,
    allowedHosts,
    insecureHosts: allowedHosts,
    segmentsCache: segmentsCache && {
      lookup: (key) => segmentsCache.lookup(key),
      save: async (key, segments) => void (await segmentsCache.save(key, [...segments])),
      reset: async () => void (await segmentsCache.reset()),
    },
  });
  return managers.wrap({ odp, device: userAgentParser ? readDevice(userAgentParser) : {} });
}

function checkCache(cache: Cache<string[]>): void {
  if (typeof cache !== 'object' || cache === null) throw new Error('Invalid cache');
  for (const method of ['save', 'lookup', 'reset'] as const)
    if (typeof cache[method] !== 'function') throw new Error(`Invalid cache method ${method}`);
}

function readDevice(parser: UserAgentParser): Record<string, OdpValue> {
  const { os, device } = parser.parseUserAgentInfo();
  const facts = { os: os.name, os_version: os.version, device_type: device.type, model: device.model };
  return Object.fromEntries(Object.entries(facts).flatMap(([key, value]) => (value ? [[key, value]] : [])));
}
