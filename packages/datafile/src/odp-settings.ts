/** Finds the customer-data platform of a datafile, and the segments that its audiences use. */
import type { Audience, OdpSettings } from '@sortition/core';
import { MAX_CONDITION_DEPTH } from '@sortition/core/internal';
import { inObjectKeyOrder } from './object-key-order.ts';
import type { ProblemList } from './problem-list.ts';
import { isJsonObject, type JsonObject } from './read-json.ts';
import { readSection } from './read-section.ts';

/**
 * Returns the settings, or `null` when the datafile has no ODP integration. The audiences are read when the segments
 * are needed.
 */
export function readOdpSettings(
  datafile: JsonObject,
  audiences: ReadonlyMap<string, Audience>,
  problems: ProblemList,
): OdpSettings | null {
  const odp = readSection(datafile, 'integrations', problems).filter(({ key }) => {
    problems.at('Integration');
    if (typeof key !== 'string') problems.skip('key', 'a string', key);
    return key === 'odp';
  });
  if (odp.length === 0) return null;
  const first = (property: string): string =>
    odp
      .map((integration) => integration[property])
      .find((value): value is string => typeof value === 'string' && value !== '') ?? '';
  let segments: readonly string[] | undefined;
  return {
    apiKey: first('publicKey'),
    apiHost: first('host'),
    pixelUrl: first('pixelUrl'),
    get segmentsToCheck() {
      segments ??= collectSegments(audiences);
      return segments;
    },
  };
}

/** Every value of a `qualified` condition, once. Audiences are visited in the order of object keys. */
function collectSegments(audiences: ReadonlyMap<string, Audience>): readonly string[] {
  const trees: readonly unknown[] = [...inObjectKeyOrder(audiences).values()].map(({ conditions }) => conditions);
  const segments = new Set<string>();
  // Deeper conditions match no user.
  for (const leaf of trees.flat(MAX_CONDITION_DEPTH)) {
    if (isJsonObject(leaf) && leaf.match === 'qualified' && typeof leaf.value === 'string') segments.add(leaf.value);
  }
  return [...segments];
}
