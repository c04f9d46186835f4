/** Reads one audience: typed ones have their conditions as JSON, legacy ones as JSON text. */
import type { Audience, JsonValue } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { readConditions } from './read-conditions.ts';
import type { JsonObject } from './read-json.ts';
import { stringOr } from './read-section.ts';

/** Reads an audience that has an id; returns `undefined` after reporting that its conditions are not JSON. */
export function readAudience(entity: JsonObject, isLegacy: boolean, problems: ProblemList): Audience | undefined {
  const conditions = isLegacy ? parseConditions(entity, problems) : (entity.conditions ?? null);
  if (conditions === undefined) return undefined;
  const id = entity.id as string;
  problems.at('Audience', id);
  return { id, name: stringOr(entity.name, id), conditions: readConditions(conditions, problems) };
}

function parseConditions(entity: JsonObject, problems: ProblemList): JsonValue | undefined {
  const { conditions } = entity;
  if (typeof conditions === 'string') {
    try {
      return JSON.parse(conditions) as JsonValue;
    } catch {
      // Reported below, like conditions that are not text.
    }
  }
  problems.at('Audience', entity.id);
  return problems.skip('conditions', 'JSON text', conditions);
}
