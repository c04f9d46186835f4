/** The OpenFeature keys whose values a new config may change. */
import { changedFlags, type projectConfig } from 'sortition';

type Config = NonNullable<ReturnType<typeof projectConfig>>;

/** The parts of a flag that every flag has. */
const MEMBERS = ['$enabled', '$variation', '$variables'];

/**
 * Returns the keys of the flags that may have changed, each followed by the addresses of its parts: SDKs compare keys
 * with this list before they evaluate again.
 */
export function changedAddresses(previous: Config, next: Config): string[] {
  return changedFlags(previous, next).flatMap((flagKey) => {
    const variables = [previous, next].flatMap((config) => config.flags.get(flagKey)?.variables ?? []);
    const parts = new Set([...MEMBERS, ...variables.map(({ key }) => key)]);
    return [flagKey, ...[...parts].map((part) => `${flagKey}.${part}`)];
  });
}
