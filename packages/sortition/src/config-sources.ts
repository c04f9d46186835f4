/**
 * Config sources with every feature: checks, and for polling the options `stream` and `cache`, whose code is included
 * here.
 */
import type { ConfigSource, KeyValueStorage } from '@sortition/core';
import {
  createDatafileCache,
  createPollingConfig as createLeanPollingConfig,
  createStaticConfig as createLeanStaticConfig,
  datafileCheck,
  type PollingConfigOptions as LeanPollingConfigOptions,
  type StaticConfigOptions as LeanStaticConfigOptions,
  readWhenNeeded,
} from '@sortition/datafile';
import { versionStream } from '@sortition/datafile/stream';

/**
 * Keeps the last accepted datafile for a start without network. localStorage and AsyncStorage can be passed directly.
 */
export type DatafileCache = KeyValueStorage;

/** Options of `createPollingConfig`. */
export interface PollingConfigOptions extends Omit<LeanPollingConfigOptions, 'stream' | 'cache' | 'check'> {
  /**
   * Also listens to server-sent events that announce versions. `true`: at the datafile's URL with `/events` instead of
   * `.json`.
   */
  readonly stream?: boolean | { readonly url: string } | undefined;
  /** Read once at the start, written after each accepted datafile; best effort. */
  readonly cache?: DatafileCache | undefined;
}

/**
 * Creates a source that keeps a project config up to date.
 *
 * Several clients may share it: it starts with the first one and stops with the last one, which aborts requests. Its
 * timers do not keep the process alive.
 *
 * @throws SdkError `invalid-option`
 * @example
 * const client = createClient({ config: createPollingConfig({ sdkKey: 'my-sdk-key' }) });
 * await client.ready();
 */
export function createPollingConfig(options: PollingConfigOptions): ConfigSource {
  const { stream = false, cache } = Object(options) as Partial<PollingConfigOptions>;
  const brought = {
    check: datafileCheck,
    stream: stream === false ? undefined : versionStream(stream === true ? {} : stream),
    cache: cache === undefined ? undefined : createDatafileCache(cache),
  };
  return createLeanPollingConfig(options && { ...options, ...brought });
}

/** Options of `createStaticConfig`. */
export type StaticConfigOptions = Omit<LeanStaticConfigOptions, 'check' | 'reading'>;

/**
 * Creates a config source from a datafile. Its clients are ready at once.
 *
 * A rule, flag or audience is read when it is first needed, and its mistakes are reported then; a client with a logger
 * or a listener for problems also checks the whole datafile after its first decision.
 *
 * @throws SdkError `invalid-datafile` when the document is not a datafile.
 * @example
 * const client = createClient({ config: createStaticConfig({ datafile }) });
 */
export function createStaticConfig(options: StaticConfigOptions): ConfigSource {
  // The function called below refuses a value that is not an object, with its type in the message.
  const brought = { check: datafileCheck, reading: readWhenNeeded };
  return createLeanStaticConfig('datafile' in Object(options) ? { ...options, ...brought } : options);
}
