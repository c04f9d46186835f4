/** VUID managers: the visitor id of a browser. */
import type { VuidSource } from '@sortition/core';
import { createVuidSource } from '@sortition/odp';
import type { Store } from './contract/caches.ts';
import { createOpaque } from './opaque.ts';

/** Options of `createVuidManager`. */
export type VuidManagerOptions = {
  /** Where the id is kept; `localStorage` by default. */
  vuidCache?: Store<string>;
  /** Visitors get an id only when this is `true`; otherwise a stored id is removed. */
  enableVuid?: boolean;
};

declare const vuidManager: unique symbol;

/** A VUID manager, as `createInstance` takes it. */
export type OpaqueVuidManager = { [vuidManager]: unknown };

const managers = createOpaque<VuidSource | undefined, OpaqueVuidManager>('vuid-manager');

/**
 * Returns the content of a VUID manager; `undefined` when the value is not a VUID manager, and on servers, which have
 * no visitors.
 */
export function openVuidManager(opaque: OpaqueVuidManager | undefined): VuidSource | undefined {
  return managers.open(opaque);
}

/** Creates the manager for a server, which has no visitor ids. */
export function createServerVuidManager(_options?: VuidManagerOptions): OpaqueVuidManager {
  return managers.wrap(undefined);
}

/** Creates the manager of a browser's visitor id. */
export function createVisitorVuidManager(options: VuidManagerOptions = {}): OpaqueVuidManager {
  const { vuidCache, enableVuid } = options;
  const storage = vuidCache && {
    getItem: (key: string) => vuidCache.get(key),
    setItem: (key: string, value: string) => vuidCache.set(key, value),
    removeItem: (key: string) => vuidCache.remove(key),
  };
  return managers.wrap(createVuidSource({ enableVuid: enableVuid === true, storage }));
}
