/** Finds the customer-data platform a datafile names, and the segments its audiences ask for. */
import type { Audience, JsonValue, OdpSettings } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { isJsonObject, type JsonObject } from './read-json.ts';
import { readSection } from './read-section.ts';

/** Returns the settings, or `null` when no integration is an ODP one. */
export function readOdpSettings(
  datafile: JsonObject,
  audiences: ReadonlyMap<string, Audience>,
  problems: ProblemList,
): OdpSettings | null {
  const integrations = readSection(datafile, 'integrations', problems);
  for (const integration of integrations) {
    if (integration.key === undefined) {
      problems.add('invalid-entity', 'Integration key missing from datafile. All integrations should include a key.');
    }
  }
  const odp = integrations.filter((integration) => integration.key === 'odp');
  if (odp.length === 0) return null;
  const first = (property: string): string =>
    odp
      .map((integration) => integration[property])
      .find((value): value is string => typeof value === 'string' && value !== '') ?? '';
  return {
    apiKey: first('publicKey'),
    apiHost: first('host'),
    pixelUrl: first('pixelUrl'),
    segmentsToCheck: collectSegments(audiences),
  };
}

/** Every value of a `qualified` condition once. Audiences are visited as the keys of an object would be: ids that are integers first. */
function collectSegments(audiences: ReadonlyMap<string, Audience>): readonly string[] {
  const byId = Object.create(null) as Record<string, Audience>;
  for (const [id, audience] of audiences) byId[id] = audience;
  const segments = new Set<string>();
  for (const { conditions } of Object.values(byId)) collectQualified(conditions, segments);
  return [...segments];
}

/** Iterative, so that no nesting overflows the stack; a stack popped from its end keeps the order of the leaves. */
function collectQualified(conditions: JsonValue, segments: Set<string>): void {
  const pending: JsonValue[] = [conditions];
  while (pending.length > 0) {
    const node = pending.pop();
    if (Array.isArray(node))
      for (let index = node.length - 1; index >= 0; index -= 1) pending.push(node[index] as JsonValue);
    else if (isJsonObject(node) && node.match === 'qualified' && typeof node.value === 'string')
      segments.add(node.value);
  }
}
