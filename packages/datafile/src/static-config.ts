/** A config source that never changes. */
import type { ConfigSource } from '@sortition/core';
import { parseDatafile } from './parse-datafile.ts';

/**
 * Creates a config source from a datafile at hand. A client on it is ready at once.
 *
 * @throws SdkError `invalid-datafile` when the document is no datafile at all.
 * @example
 * const client = createClient({ config: createStaticConfig({ datafile }) });
 */
export function createStaticConfig(options: { readonly datafile: string | object }): ConfigSource {
  const { config, problems } = parseDatafile(options?.datafile);
  return {
    current: () => config,
    problems: () => problems,
    subscribe: () => () => undefined,
  };
}
