/** Visitor ids: they identify a browser to the customer-data platform before the visitor signs in. */
import type { KeyValueStorage, OdpEvent, VuidSource } from '@sortition/core';
import { checkOptionsObject, readBoolean, readFunction, readMethods } from '@sortition/core/internal';
import { limitTime, randomUuid } from '@sortition/http';
import { guardIds } from './guarded-ids.ts';

/** Options of `createVuidSource`. */
export interface VuidSourceOptions {
  /** Visitors get an id only when this is `true`; otherwise an id stored earlier is removed. */
  readonly enableVuid?: boolean | undefined;
  /** Where the id is kept; the browser's `localStorage` by default. */
  readonly storage?: KeyValueStorage | undefined;
  /** Random texts with at least 27 hexadecimal digits; version 4 UUIDs by default. */
  readonly randomId?: (() => string) | undefined;
}

/** The same key as the official SDK, so that a visitor keeps the id when a site switches the SDK. */
const STORAGE_KEY = 'optimizely-vuid';
const PREFIX = 'vuid_';
const VUID_LENGTH = 32;
const STORAGE_TIMEOUT_MS = 1_000;
const OWNER = 'createVuidSource';
const STORAGE_METHODS = ['getItem', 'setItem', 'removeItem'];
const STORAGE_EXPECTED = 'an object with the methods getItem, setItem and removeItem';

/** Whether an id is a visitor id. */
export function isVuid(id: string): boolean {
  return id.startsWith(PREFIX) && id.length > PREFIX.length;
}

/**
 * Creates the source of this browser's visitor id. When storage fails, the id is for this page only; without any
 * storage, as on a server, there is no id, because all visitors would share it.
 *
 * @throws SdkError `invalid-option` for an invalid option, such as a storage without the methods.
 * @example
 * const client = createClient({ config, odp: createOdp(), vuid: createVuidSource({ enableVuid: true }) });
 */
export function createVuidSource(options: VuidSourceOptions = {}): VuidSource {
  checkOptionsObject(OWNER, options);
  // Visitor ids need consent, so a text such as "false" must not count as `true`.
  const enableVuid = readBoolean(OWNER, options, 'enableVuid', false);
  const randomId = readFunction(OWNER, options, 'randomId') ?? randomUuid;
  const storage = readMethods(OWNER, options, 'storage', STORAGE_METHODS, STORAGE_EXPECTED);
  let current: string | null = null;
  let loading: Promise<string | null> | undefined;

  async function load(): Promise<string | null> {
    const found = storage ?? browserStorage();
    if (found === 'none') return null;
    const created = `${PREFIX}${guardIds(randomId)().replaceAll('-', '')}`.slice(0, VUID_LENGTH);
    if (found === 'refused') {
      current = enableVuid ? created : null;
      return current;
    }
    try {
      current = await limitTime({ timeoutMs: STORAGE_TIMEOUT_MS, what: 'The visitor id storage' }, () =>
        enableVuid ? loadOrCreate(found, created) : remove(found),
      );
    } catch {
      current = enableVuid ? created : null; // the storage failed: the id is for this page only
    }
    return current;
  }

  /** The `send` functions of clients whose start was announced. */
  const announced = new WeakSet<object>();

  return {
    load: () => (loading ??= load()),
    current: () => current,
    announce(send, userId) {
      if (current === null) return;
      if (userId !== null) {
        // A user id that is itself a visitor id is not a second identifier.
        if (userId !== '' && !isVuid(userId)) send(automatic('identified', { vuid: current, fs_user_id: userId }));
      } else if (!announced.has(send)) {
        announced.add(send);
        send(automatic('client_initialized', { vuid: current }));
      }
    },
  };
}

function automatic(action: string, identifiers: OdpEvent['identifiers']): OdpEvent {
  return { action, type: 'fullstack', identifiers, data: {} };
}

async function loadOrCreate(storage: KeyValueStorage, created: string): Promise<string> {
  const stored = await storage.getItem(STORAGE_KEY);
  if (typeof stored === 'string' && isVuid(stored)) return stored;
  await storage.setItem(STORAGE_KEY, created);
  // Another tab may have written at the same time; both use the id that is stored now.
  const kept = await storage.getItem(STORAGE_KEY);
  return typeof kept === 'string' && isVuid(kept) ? kept : created;
}

async function remove(storage: KeyValueStorage): Promise<null> {
  await storage.removeItem(STORAGE_KEY);
  return null;
}

/** `refused`: the page may not use the storage; reading the property throws. */
function browserStorage(): KeyValueStorage | 'none' | 'refused' {
  try {
    return (globalThis as { localStorage?: KeyValueStorage }).localStorage ?? 'none';
  } catch {
    return 'refused';
  }
}
