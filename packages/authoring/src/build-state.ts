/** The shared state of a build. */
import { SdkError } from '@sortition/core/errors';
import type { AudienceDefinition } from './definitions.ts';
import type { EntityIds } from './entity-ids.ts';
import type { PreviousDatafile } from './previous-datafile.ts';

/** Users who get another variation than before, although nothing about them changed. */
export interface Move {
  /** `null` for holdouts and groups. */
  readonly flagKey: string | null;
  /** Key of the rule, holdout or group whose buckets moved. */
  readonly ruleKey: string;
  /** Percent of all traffic. */
  readonly movedShare: number;
  readonly reason: 'split' | 'removed';
}

/** The state of one build. */
export interface Build {
  readonly previous: PreviousDatafile;
  readonly ids: EntityIds;
  readonly moves: Move[];
  readonly audiences: Map<string, AudienceDefinition>;
  readonly environment: string | undefined;
}

export function invalid(message: string): SdkError {
  return new SdkError('invalid-option', message);
}
