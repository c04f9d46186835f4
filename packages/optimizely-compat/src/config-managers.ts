/** Config managers: where the datafile comes from. */
import type { ConfigChange, ConfigSource, KeyValueStorage } from '@sortition/core';
import { createDatafileCache, createPollingConfig, createStaticConfig } from '@sortition/datafile';
import { startTimer } from '@sortition/http';
import type { Store } from './contract/caches.ts';
import { createOpaque } from './opaque.ts';
import type { PlatformDefaults } from './platform.ts';

/** Options of `createStaticProjectConfigManager`. */
export type StaticConfigManagerConfig = {
  /** As text. */
  datafile: string;
  /** Rejects a datafile by returning `false` or throwing. */
  jsonSchemaValidator?: (datafile: unknown) => boolean;
};

/** Options of `createPollingProjectConfigManager`. */
export type PollingConfigManagerConfig = {
  /** Used until the first datafile is fetched. */
  datafile?: string;
  sdkKey: string;
  /** Validates `datafile` only; Sortition itself validates a fetched datafile. */
  jsonSchemaValidator?: (datafile: unknown) => boolean;
  /** `false` stops after the first datafile. */
  autoUpdate?: boolean;
  /** In milliseconds; 300,000 by default. */
  updateInterval?: number;
  /** `%s` is the SDK key. */
  urlTemplate?: string;
  datafileAccessToken?: string;
  customHeaders?: Record<string, string>;
  cache?: Store<string>;
};

declare const configManager: unique symbol;

/** A config manager, as `createInstance` takes it. */
export type OpaqueConfigManager = { [configManager]: unknown };

/** The part of a config manager that a client uses. */
export interface ConfigManager {
  readonly source: ConfigSource;
  /** The current datafile, as received. */
  datafile(): string;
  /** The reason why there will never be a datafile, if any. */
  readonly failure: string | undefined;
}

const managers = createOpaque<ConfigManager, OpaqueConfigManager>('config-manager');

/** Returns the content of a config manager; `undefined` when the value is not a config manager. */
export function openConfigManager(opaque: OpaqueConfigManager | undefined): ConfigManager | undefined {
  return managers.open(opaque);
}

/**
 * Creates a config manager from a given datafile. An invalid datafile does not throw here; `onReady` rejects instead.
 */
export function createStaticProjectConfigManager(config: StaticConfigManagerConfig): OpaqueConfigManager {
  const { datafile, jsonSchemaValidator } = config;
  try {
    if (datafile === undefined || datafile === null)
      return managers.wrap(failing('sdkKey or datafile must be provided'));
    if (!passes(datafile, jsonSchemaValidator)) return managers.wrap(failing('got invalid datafile'));
    const source = createStaticConfig({ datafile });
    return managers.wrap({ source, datafile: () => toText(datafile), failure: undefined });
  } catch {
    return managers.wrap(failing('got invalid datafile'));
  }
}

/** Creates a config manager that fetches the datafile. Invalid options do not throw here; `onReady` rejects instead. */
export function createPollingManager(
  platform: PlatformDefaults,
  config: PollingConfigManagerConfig,
): OpaqueConfigManager {
  try {
    const { datafile, jsonSchemaValidator, autoUpdate = platform.autoUpdate, updateInterval, urlTemplate } = config;
    const first = datafile && passes(datafile, jsonSchemaValidator) ? datafile : undefined;
    const source = createPollingConfig({
      sdkKey: config.sdkKey,
      datafile: first,
      updates: autoUpdate ? 'background' : 'manual',
      pollIntervalMs: updateInterval && updateInterval > 0 ? updateInterval : undefined,
      urlTemplate,
      insecureHosts: insecureHostsOf(urlTemplate),
      accessToken: config.datafileAccessToken,
      headers: config.customHeaders,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      cache: config.cache && createDatafileCache(toStorage(config.cache)),
    });
    return managers.wrap(remembering(autoUpdate ? source : fetchedOnce(source), first));
  } catch (cause) {
    return managers.wrap(failing(cause instanceof Error ? cause.message : String(cause)));
  }
}

/** Request timeout in milliseconds, the same as in the official SDK. */
const REQUEST_TIMEOUT_MS = 60_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 300_000;

function passes(datafile: string, validator: StaticConfigManagerConfig['jsonSchemaValidator']): boolean {
  return validator === undefined || validator(typeof datafile === 'string' ? JSON.parse(datafile) : datafile) !== false;
}

/** The type is `string`, but applications also pass parsed datafiles. */
function toText(datafile: unknown): string {
  return typeof datafile === 'string' ? datafile : JSON.stringify(datafile);
}

function failing(failure: string): ConfigManager {
  const source: ConfigSource = { current: () => null, subscribe: () => () => undefined };
  return { source, datafile: () => '', failure };
}

/** Keeps the text of the current datafile. */
function remembering(source: ConfigSource, first: string | undefined): ConfigManager {
  let text = first === undefined ? '' : toText(first);
  return {
    source: {
      ...source,
      subscribe: (listener) =>
        source.subscribe((change) => {
          if (change.type === 'config') text = change.text ?? text;
          listener(change);
        }),
    },
    datafile: () => text,
    failure: undefined,
  };
}

/** Starts to fetch with the first listener, and stops after the first success. */
function fetchedOnce(source: ConfigSource): ConfigSource {
  let isDone = false;
  let listeners = 0;
  let stop = (): void => undefined;
  const attempt = async (delayMs: number): Promise<void> => {
    await source.refresh?.();
    isDone ||= source.failingMs?.() === 0;
    if (!isDone && listeners > 0) stop = startTimer(() => void attempt(Math.min(2 * delayMs, LAST_RETRY_MS)), delayMs);
  };
  return {
    ...source,
    subscribe(listener: (change: ConfigChange) => void) {
      const leave = source.subscribe(listener);
      listeners += 1;
      if (!isDone && listeners === 1) void attempt(FIRST_RETRY_MS);
      return () => {
        leave();
        listeners -= 1;
        if (listeners === 0) stop();
      };
    },
  };
}

/** A template with plain http is taken as consent to plain http for its host. */
function insecureHostsOf(template: string | undefined): readonly string[] | undefined {
  const [, host] = /^http:\/\/([^/?#]+)/.exec(template ?? '') ?? [];
  return host === undefined ? undefined : [host];
}

function toStorage(store: Store<string>): KeyValueStorage {
  return {
    getItem: (key) => store.get(key),
    setItem: (key, value) => store.set(key, value),
    removeItem: (key) => store.remove(key),
  };
}
