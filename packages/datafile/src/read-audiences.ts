/**
 * Reads audiences: typed ones carry their conditions as JSON, legacy ones as JSON text. A typed audience replaces the
 * legacy one with its id, whose text is then not even parsed.
 */
import { type Audience, exceedsDepth, type JsonValue, MAX_CONDITION_DEPTH } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import type { JsonObject } from './read-json.ts';
import { hasStrings, nameOf, readSection, stringOr } from './read-section.ts';

/** Returns the audiences by id, typed ones first. */
export function readAudiences(datafile: JsonObject, problems: ProblemList): ReadonlyMap<string, Audience> {
  const audiences = new Map<string, Audience>();
  const add = (entity: JsonObject, conditions: JsonValue | undefined): void => {
    if (!hasStrings(entity, ['id'], 'An audience', problems)) return;
    const { id } = entity;
    if (exceedsDepth(conditions)) {
      problems.add(
        'conditions-too-deep',
        `Audience "${id}" matches nobody: its conditions are nested deeper than ${MAX_CONDITION_DEPTH} levels.`,
      );
    }
    audiences.set(id, { id, name: stringOr(entity.name, id), conditions: conditions ?? null });
  };
  for (const entity of readSection(datafile, 'typedAudiences', problems)) add(entity, entity.conditions);
  const typed: ReadonlySet<unknown> = new Set(audiences.keys());
  for (const entity of readSection(datafile, 'audiences', problems)) {
    if (typed.has(entity.id)) continue;
    const conditions = parseConditions(entity, problems);
    if (conditions !== undefined) add(entity, conditions);
  }
  return audiences;
}

function parseConditions(entity: JsonObject, problems: ProblemList): JsonValue | undefined {
  const { conditions } = entity;
  const skipped = `${nameOf('An audience', entity)} was skipped`;
  if (typeof conditions !== 'string') return problems.expected(skipped, 'its conditions as JSON text', conditions);
  try {
    return JSON.parse(conditions) as JsonValue;
  } catch {
    return problems.add('invalid-entity', `${skipped}: its conditions are no JSON text.`);
  }
}
