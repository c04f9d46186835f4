/** The definitions of a module or a list, each key once. */
import { invalid } from './build-state.ts';
import type { Definition } from './definitions.ts';

export function collectDefinitions(
  definitions: readonly Definition[] | Readonly<Record<string, unknown>>,
): readonly Definition[] {
  if (typeof definitions !== 'object' || definitions === null)
    throw invalid('The definitions are not a list; expected definitions, or a module that exports them.');
  const values = Array.isArray(definitions) ? definitions : Object.values(definitions);
  const found = new Set(values.filter(isDefinition));
  const keys = new Set<string>();
  for (const definition of found) {
    const name = definition.kind === 'audience' ? definition.name : definition.key;
    const full = `${definition.kind} "${name}"`;
    if (keys.has(full)) throw invalid(`There are two definitions of the ${full}; expected one.`);
    keys.add(full);
  }
  return [...found];
}

const KINDS = ['audience', 'flag', 'holdout', 'group', 'event', 'attribute', 'imported'];

function isDefinition(value: unknown): value is Definition {
  return typeof value === 'object' && value !== null && KINDS.includes((value as { kind?: string }).kind ?? '');
}

export function ofKind<K extends Definition['kind']>(
  definitions: readonly Definition[],
  kind: K,
): readonly Extract<Definition, { kind: K }>[] {
  return definitions.filter((definition): definition is Extract<Definition, { kind: K }> => definition.kind === kind);
}
