/** Config sources with everything: checks, and for polling a stream and a cache as options, which bring their code along. */
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

/** Keeps the last accepted datafile for a start without network. localStorage and AsyncStorage fit as they are. */
export type DatafileCache = KeyValueStorage;

/** Options of `createPollingConfig`. */
export interface PollingConfigOptions extends Omit<LeanPollingConfigOptions, 'stream' | 'cache' | 'check'> {
  /** Also listens to server-sent events that announce versions. `true`: beside the datafile, `.json` becoming `/events`. */
  readonly stream?: boolean | { readonly url: string } | undefined;
  /** Read once at the start, written after each accepted datafile; best effort. */
  readonly cache?: DatafileCache | undefined;
}

/**
 * Creates a source that keeps a project config up to date.
 *
 * It may be shared by clients: it starts with the first of them, and stops with the last, aborting what is under way. Its
 * timers do not keep the process alive.
 *
 * @throws SdkError `invalid-option`
 * @example
 * const client = createClient({ config: createPollingConfig({ sdkKey: 'my-sdk-key' }) });
 * await client.ready();
 */
export function createPollingConfig(options: PollingConfigOptions): ConfigSource {
  const { stream, cache } = Object(options) as Partial<PollingConfigOptions>;
  const brought: Pick<LeanPollingConfigOptions, 'stream' | 'cache' | 'check'> = {
    check: datafileCheck,
    ...(stream !== undefined && {
      stream: stream === false ? undefined : versionStream(stream === true ? {} : stream),
    }),
    ...(cache !== undefined && { cache: createDatafileCache(cache) }),
  };
  return createLeanPollingConfig(options && ({ ...options, ...brought } as LeanPollingConfigOptions));
}

/** Options of `createStaticConfig`. */
export type StaticConfigOptions = Omit<LeanStaticConfigOptions, 'check' | 'reading'>;

/**
 * Creates a config source from a datafile at hand. A client on it is ready at once.
 *
 * A rule, flag or audience is read when it is first needed. What is wrong with one is told by then; a client with a logger or
 * a listener for problems looks through all of the datafile after its first decision.
 *
 * @throws SdkError `invalid-datafile` when the document is not a datafile.
 * @example
 * const client = createClient({ config: createStaticConfig({ datafile }) });
 */
export function createStaticConfig(options: StaticConfigOptions): ConfigSource {
  // A value that is not an object with options is refused there, with its type in the message.
  const brought = { check: datafileCheck, reading: readWhenNeeded };
  return createLeanStaticConfig('datafile' in Object(options) ? { ...options, ...brought } : options);
}
