/** The flags of the tests, and clients for them. */
import { createTestClient, type TestClient } from '@sortition/testing';
import {
  type ConfigSource,
  createClient,
  createSnapshot,
  type DecisionSnapshot,
  type Problem,
  projectConfig,
} from 'sortition';
import { vi } from 'vitest';
import type { FlagsClient } from '../src/index.ts';

export interface ShopFlags {
  checkout: { variations: 'classic' | 'one_page' | 'off'; variables: { steps: number; label: string } };
  banner: { variations: 'on' | 'off'; variables: { text: string } };
}

export const CLASSIC = { variationKey: 'classic', variables: { steps: 4, label: 'Order' } } as const;
export const ONE_PAGE = { variationKey: 'one_page', variables: { steps: 1, label: 'Buy' } } as const;
export const BANNER = { variationKey: 'on', variables: { text: 'Hello' } } as const;

/** A client that serves the classic checkout and the banner. */
export function createShopClient(): TestClient<ShopFlags> {
  return createTestClient<ShopFlags>({ flags: { checkout: CLASSIC, banner: BANNER } });
}

/** What a server decided with that client. */
export function shopSnapshot(client: TestClient<ShopFlags> = createShopClient()): DecisionSnapshot {
  return createSnapshot(client.createUserContext('ada').decideAll(['DISABLE_DECISION_EVENT']));
}

/** A source whose config comes when the test says so, as over a slow network. */
export function createLateConfig(source: { current(): ReturnType<ConfigSource['current']> }): ConfigSource & {
  arrive(): void;
  fail(message: string): void;
} {
  let arrived = false;
  const listeners = new Set<Parameters<ConfigSource['subscribe']>[0]>();
  return {
    current: () => (arrived ? source.current() : null),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    arrive() {
      arrived = true;
      const config = source.current();
      if (config) for (const listener of listeners) listener({ type: 'config', config, problems: [] });
    },
    fail(message) {
      const problem: Problem = { code: 'fetch-failed', part: 'config', message };
      for (const listener of listeners) listener({ type: 'problem', problem });
    },
  };
}

/** A client without a config, and what gives it one: that of the shop client. */
export function createLateClient() {
  const shop = createShopClient();
  const late = createLateConfig({ current: () => projectConfig(shop) });
  return { shop, late, client: createClient({ config: late, events: null, logger: false }) };
}

/** The same client to the hooks, and how often it was waited for. */
export function countWaits(client: FlagsClient) {
  const ready = vi.fn((options?: { readonly timeoutMs?: number }) => client.ready(options));
  const counted: FlagsClient = {
    get isReady() {
      return client.isReady;
    },
    ready,
    createUserContext: (...asked) => client.createUserContext(...asked),
    on: (event, listener) => client.on(event, listener),
  };
  return { counted, ready };
}
