/**
 * A client for tests: the flags are what the test says, and what it would have sent is there to be looked at.
 *
 * It is the real client on a made-up project, so options, reasons, forced decisions, stores and events behave as they do
 * in production; only the traffic split is missing.
 */
import { type AnyFlags, type Client, type ClientOptions, createClient, type FlagKey, type FlagMap } from 'sortition';
import { readFlag, readFlags, readRecord } from './read-flags.ts';
import { createRecorder, type Recorded } from './recorded.ts';
import { buildTestConfig, createReplaceableConfig, type TestFlag, type TestFlags } from './test-flags.ts';

/**
 * Options of `createTestClient`: the flags, and any option of `createClient` except the two that the test client sets.
 */
export interface TestClientOptions<F extends FlagMap<F> = AnyFlags> extends Omit<ClientOptions, 'config' | 'events'> {
  /** None by default. */
  readonly flags?: TestFlags<F> | undefined;
}

/** A client whose flags a test controls. */
export interface TestClient<F extends FlagMap<F> = AnyFlags> extends Client<F> {
  readonly recorded: Recorded;
  /** Adds or replaces a flag; the next decision uses it. @throws SdkError `invalid-option` */
  setFlag<K extends FlagKey<F>>(flagKey: K, flag: TestFlag<F, K>): void;
  /** Removes a flag; decisions for it are then error decisions. */
  removeFlag(flagKey: FlagKey<F>): void;
}

/**
 * Creates a client that serves the given flags to every user, without datafile or network.
 *
 * Logs nothing without a logger. Every event key is known. Pass the type of the flags to have them checked; it is not
 * inferred, because one test does not list all flags.
 *
 * @throws SdkError `invalid-option` for options that are not an object, and flags that are not valid.
 * @example
 * const client = createTestClient({ flags: { checkout: { variationKey: 'one_page', variables: { steps: 3 } } } });
 */
export function createTestClient<F extends FlagMap<F> = AnyFlags>(
  options: TestClientOptions<NoInfer<F>> = {},
): TestClient<F> {
  readRecord('options', options);
  const { flags: initial = {}, ...clientOptions } = options;
  const flags = readFlags(initial);
  let revision = 1;
  const config = createReplaceableConfig(buildTestConfig(flags, revision));
  const rebuild = (): void => {
    revision += 1;
    config.replace(buildTestConfig(flags, revision));
  };
  const { recorded, sink, addDecision } = createRecorder();
  const client = createClient<F>({ logger: false, ...clientOptions, config, events: sink });
  client.on('decision', addDecision);
  return Object.assign(client, {
    recorded,
    setFlag<K extends FlagKey<F>>(flagKey: K, flag: TestFlag<F, K>) {
      flags.set(flagKey, readFlag(flagKey, flag));
      rebuild();
    },
    removeFlag(flagKey: FlagKey<F>) {
      if (flags.delete(flagKey)) rebuild();
    },
  });
}
