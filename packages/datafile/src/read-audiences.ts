/**
 * Reads audiences: typed ones carry their conditions as JSON, legacy ones as JSON text. A typed audience replaces the
 * legacy one with its id, whose text is then not even parsed.
 */
import { type Audience, exceedsDepth, type JsonValue, MAX_CONDITION_DEPTH } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { describe, type JsonObject } from './read-json.ts';
import { readSection, readString } from './read-section.ts';

/** Returns the audiences by id, typed ones first. */
export function readAudiences(datafile: JsonObject, problems: ProblemList): ReadonlyMap<string, Audience> {
  const audiences = new Map<string, Audience>();
  for (const entity of readSection(datafile, 'typedAudiences', problems)) {
    addAudience(audiences, entity, entity.conditions, problems);
  }
  const typed = new Set(audiences.keys());
  for (const entity of readSection(datafile, 'audiences', problems)) {
    if (typed.has(entity.id as string)) continue;
    const conditions = parseConditions(entity, problems);
    if (conditions !== undefined) addAudience(audiences, entity, conditions, problems);
  }
  return audiences;
}

function addAudience(
  audiences: Map<string, Audience>,
  entity: JsonObject,
  conditions: JsonValue | undefined,
  problems: ProblemList,
): void {
  const id = readString(entity, 'id', 'An audience', problems);
  if (id === undefined) return;
  if (exceedsDepth(conditions)) {
    problems.add(
      'conditions-too-deep',
      `Audience "${id}" matches nobody: its conditions are nested deeper than ${MAX_CONDITION_DEPTH} levels.`,
    );
  }
  const { name } = entity;
  audiences.set(id, { id, name: typeof name === 'string' ? name : id, conditions: conditions ?? null });
}

function parseConditions(entity: JsonObject, problems: ProblemList): JsonValue | undefined {
  const { id, conditions } = entity;
  const name = typeof id === 'string' ? `Audience "${id}"` : 'An audience';
  if (typeof conditions !== 'string') {
    problems.add(
      'invalid-entity',
      `${name} was skipped: expected its conditions as JSON text, got ${describe(conditions)}.`,
    );
    return undefined;
  }
  try {
    return JSON.parse(conditions) as JsonValue;
  } catch {
    problems.add('invalid-entity', `${name} was skipped: its conditions are no JSON text.`);
    return undefined;
  }
}
