/** Finds the customer-data platform a datafile names, and the segments its audiences ask for. */
import type { Audience, JsonValue, OdpSettings } from '@sortition/core';
import { inObjectKeyOrder } from './object-key-order.ts';
import type { ProblemList } from './problem-list.ts';
import { isJsonObject, type JsonObject } from './read-json.ts';
import { readSection } from './read-section.ts';

/** Returns the settings, or `null` when no integration is an ODP one. */
export function readOdpSettings(
  datafile: JsonObject,
  audiences: ReadonlyMap<string, Audience>,
  problems: ProblemList,
): OdpSettings | null {
  const odp = readSection(datafile, 'integrations', problems).filter(({ key }) => {
    if (key === undefined)
      problems.add('invalid-entity', 'Integration key missing from datafile. All integrations should include a key.');
    return key === 'odp';
  });
  if (odp.length === 0) return null;
  const first = (property: string): string =>
    odp
      .map((integration) => integration[property])
      .find((value): value is string => typeof value === 'string' && value !== '') ?? '';
  return {
    apiKey: first('publicKey'),
    apiHost: first('host'),
    pixelUrl: first('pixelUrl'),
    segmentsToCheck: collectSegments([...inObjectKeyOrder(audiences).values()].map(({ conditions }) => conditions)),
  };
}

/**
 * Returns every value of a `qualified` condition once, in the order of the leaves. Iterative, so that no nesting overflows
 * the stack; a stack popped from its end keeps the order.
 */
function collectSegments(conditions: JsonValue): readonly string[] {
  const segments = new Set<string>();
  const pending: JsonValue[] = [conditions];
  while (pending.length > 0) {
    const node = pending.pop();
    if (Array.isArray(node))
      for (let index = node.length - 1; index >= 0; index -= 1) pending.push(node[index] as JsonValue);
    else if (isJsonObject(node) && node.match === 'qualified' && typeof node.value === 'string')
      segments.add(node.value);
  }
  return [...segments];
}
