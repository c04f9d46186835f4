/**
 * Reads audiences: typed ones carry their conditions as JSON, legacy ones as JSON text. A typed audience replaces the
 * legacy one with its id, whose text is then not even parsed.
 */
import type { Audience, JsonValue } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { readConditions } from './read-conditions.ts';
import type { JsonObject } from './read-json.ts';
import { hasStrings, readSection, stringOr } from './read-section.ts';

/** Returns the audiences by id, typed ones first. */
export function readAudiences(datafile: JsonObject, problems: ProblemList): ReadonlyMap<string, Audience> {
  const audiences = new Map<string, Audience>();
  const add = (entity: JsonObject, conditions: JsonValue | undefined): void => {
    problems.at('Audience', entity.id);
    if (!hasStrings(entity, ['id'], problems)) return;
    const { id } = entity;
    audiences.set(id, {
      id,
      name: stringOr(entity.name, id),
      conditions: readConditions(conditions ?? null, problems),
    });
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
  if (typeof conditions === 'string') {
    try {
      return JSON.parse(conditions) as JsonValue;
    } catch {
      // Reported below, as conditions that are not text are.
    }
  }
  problems.at('Audience', entity.id);
  return problems.skip('conditions', 'JSON text', conditions);
}
