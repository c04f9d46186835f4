/** A config source that never changes. */
import { type ConfigSource, SdkError } from '@sortition/core';
import { type DatafileCheck, parseWith } from './parse-document.ts';
import { describe, isBytes } from './read-json.ts';
import type { ReadWhenNeeded } from './read-when-needed.ts';

/** Options of `createStaticConfig`. */
export interface StaticConfigOptions {
  /** JSON text, its bytes in UTF-8 (`Buffer`, `Uint8Array`, `ArrayBuffer`), or the parsed object. */
  readonly datafile: string | object;
  /** `datafileCheck`: describes the mistakes of a datafile in sentences; without it they are only counted. */
  readonly check?: DatafileCheck | undefined;
  /**
   * `readWhenNeeded`: a client on a large datafile is created in less than half the time, for about a kilobyte of
   * code; without it everything is read at once.
   */
  readonly reading?: ReadWhenNeeded | undefined;
}

/**
 * Creates a config source from a datafile. Its clients are ready at once.
 *
 * @throws SdkError `invalid-datafile` when the document is not a datafile.
 * @example
 * const client = createClient({ config: createStaticConfig({ datafile }) });
 */
export function createStaticConfig(options: StaticConfigOptions): ConfigSource {
  const datafile = readDatafileOption(options);
  const { reading = readAtOnce, check } = options;
  return { ...reading(datafile, check), subscribe: () => () => undefined };
}

function readAtOnce(datafile: string | object, check: DatafileCheck | undefined): ReturnType<ReadWhenNeeded> {
  const { config, problems } = parseWith(datafile, check);
  return { current: () => config, problems: () => problems };
}

/** Returns the datafile; throws with a hint when the application passed the datafile in place of the options. */
function readDatafileOption(options: StaticConfigOptions): string | object {
  const isOptions = typeof options === 'object' && options !== null && !isBytes(options);
  if (isOptions && ('datafile' in options || !('version' in options))) return options.datafile;
  const given = isOptions ? 'an object that looks like the datafile itself' : describe(options);
  const message = `createStaticConfig was called with ${given}; expected { datafile }, as in createStaticConfig({ datafile }).`;
  throw new SdkError('invalid-datafile', message);
}
