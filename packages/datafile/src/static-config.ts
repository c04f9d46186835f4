/** A config source that never changes. */
import { type ConfigSource, SdkError } from '@sortition/core';
import { parseDatafile } from './parse-datafile.ts';
import { describe, isBytes } from './read-json.ts';

/**
 * Creates a config source from a datafile at hand. A client on it is ready at once.
 *
 * @param options.datafile JSON text, its bytes in UTF-8 (`Buffer`, `Uint8Array`, `ArrayBuffer`), or the parsed object.
 * @throws SdkError `invalid-datafile` when the document is not a datafile.
 * @example
 * const client = createClient({ config: createStaticConfig({ datafile }) });
 */
export function createStaticConfig(options: { readonly datafile: string | object }): ConfigSource {
  const { config, problems } = parseDatafile(readDatafileOption(options));
  return {
    current: () => config,
    problems: () => problems,
    subscribe: () => () => undefined,
  };
}

/** Returns the datafile; an application that passes it in place of the options is told so. */
function readDatafileOption(options: { readonly datafile: string | object }): string | object {
  const isOptions = typeof options === 'object' && options !== null && !isBytes(options);
  if (isOptions && ('datafile' in options || !('version' in options))) return options.datafile;
  const given = isOptions ? 'an object that looks like the datafile itself' : describe(options);
  const message = `createStaticConfig was called with ${given}; expected { datafile }, as in createStaticConfig({ datafile }).`;
  throw new SdkError('invalid-datafile', message);
}
