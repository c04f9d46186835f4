/** Types of the written code and of its input. */
import type { AudienceDefinition } from '@sortition/authoring';
import type { ProjectConfig } from '@sortition/core';
import { type Json, recordsOf } from '../json-value.ts';

/** A definition and the code that makes it. */
export interface Written<T> {
  readonly value: T;
  readonly code: string;
}

/** What cannot be written with the functions. */
export interface Raw {
  readonly rules: Set<string>;
  readonly flags: Set<string>;
  readonly audiences: Set<string>;
  readonly holdouts: Set<string>;
  readonly groups: Set<string>;
}

export interface Source {
  readonly document: Json;
  readonly config: ProjectConfig;
  readonly raw: Raw;
  /** Audience id to its definition and the name it has in the code. */
  readonly audiences: Map<string, Written<AudienceDefinition>>;
}

/** Every experiment and delivery as it stands. */
export function entitiesOf(document: Json): readonly Json[] {
  return [
    ...recordsOf(document.experiments),
    ...[...recordsOf(document.groups), ...recordsOf(document.rollouts)].flatMap(({ experiments }) =>
      recordsOf(experiments),
    ),
  ];
}
