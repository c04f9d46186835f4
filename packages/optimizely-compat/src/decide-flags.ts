/** The decide options of a call, including the client's. */
import { OptimizelyDecideOption } from './contract/enums.ts';
import type { Reporter } from './reporter.ts';

/** Options that apply, by their names. */
export type DecideFlags = ReadonlySet<string>;

/** Reads a list of options; unknown options are ignored with a warning. */
export function readDecideFlags(options: unknown, defaults: DecideFlags, reporter: Reporter): DecideFlags {
  if (options === undefined || options === null) return defaults;
  if (!Array.isArray(options)) {
    reporter.warn('Provided decide options is not an array. Using default decide options.');
    return defaults;
  }
  if (options.length === 0) return defaults;
  const flags = new Set(defaults);
  for (const option of options) {
    if (typeof option === 'string' && Object.hasOwn(OptimizelyDecideOption, option)) flags.add(option);
    else reporter.warn(`Unrecognized decide option ${String(option)} provided.`);
  }
  return flags;
}
