/** Messages about unknown flags and unknown variations. */
import type { ProjectConfig } from '@sortition/core';

const SHOWN_KEYS = 10;

/** A sentence that lists the existing variations. */
export function describeUnknownVariation(flagKey: string, variationKey: string, keys: readonly string[]): string {
  const known = keys.length === 0 ? 'it has none' : `its variations are ${keys.map((key) => `"${key}"`).join(', ')}`;
  return `The flag "${flagKey}" has no variation "${variationKey}"; ${known}.`;
}

/** A sentence with the closest existing key, or else the first keys. */
export async function describeUnknownFlag(config: ProjectConfig, flagKey: string): Promise<string> {
  const { closestName } = await import('@sortition/core/internal');
  const keys = [...config.flags.keys()];
  const close = closestName(flagKey, keys);
  if (close !== undefined) return `The datafile has no flag "${flagKey}"; did you mean "${close}"?`;
  if (keys.length === 0)
    return `The datafile has no flag "${flagKey}", and no other flags; check that it is the right one.`;
  const shown = keys.slice(0, SHOWN_KEYS).map((key) => `"${key}"`);
  const more = keys.length > SHOWN_KEYS ? ` and ${keys.length - SHOWN_KEYS} more` : '';
  return `The datafile has no flag "${flagKey}"; its flags are ${shown.join(', ')}${more}.`;
}
