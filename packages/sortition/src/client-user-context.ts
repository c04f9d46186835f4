/** The user contexts of a client with every feature: the lean ones, with a method for each function. */
import {
  decideAllAsync,
  decideAsync,
  decideExperiment,
  decideExperimentAsync,
  decideForKeysAsync,
  explain,
  explainExperiment,
  type FetchSegmentsOptions,
  fetchQualifiedSegments,
  type LoadOptions,
  load,
  type SegmentsCallback,
} from '@sortition/client';
import { LeanUserContext } from '@sortition/client/internal';
import type { DecideOption, Explanation, SegmentOption } from '@sortition/core';
import type { Decision, Decisions, UserContext } from './user-context.ts';

/** Typed by what its methods really answer: `createClient` hands it out as `UserContext`. */
export class ClientUserContext extends LeanUserContext {
  decideAsync(flagKey: string, options?: readonly DecideOption[]): Promise<Decision> {
    return decideAsync(lean(this), flagKey, options) as Promise<unknown> as Promise<Decision>;
  }

  decideForKeysAsync(flagKeys: readonly string[], options?: readonly DecideOption[]): Promise<Decisions> {
    return decideForKeysAsync(lean(this), flagKeys, options) as Promise<unknown> as Promise<Decisions>;
  }

  decideAllAsync(options?: readonly DecideOption[]): Promise<Decisions> {
    return decideAllAsync(lean(this), options) as Promise<unknown> as Promise<Decisions>;
  }

  decideExperiment(experimentKey: string, options?: readonly DecideOption[]): Decision {
    return decideExperiment(lean(this), experimentKey, options) as unknown as Decision;
  }

  decideExperimentAsync(experimentKey: string, options?: readonly DecideOption[]): Promise<Decision> {
    return decideExperimentAsync(lean(this), experimentKey, options) as Promise<unknown> as Promise<Decision>;
  }

  explainExperiment(experimentKey: string, options?: readonly DecideOption[]): Explanation {
    return explainExperiment(lean(this), experimentKey, options);
  }

  load(options?: LoadOptions): Promise<void> {
    return load(lean(this), options);
  }

  explain(flagKey: string, options?: readonly DecideOption[]): Explanation {
    return explain(lean(this), flagKey, options);
  }

  fetchQualifiedSegments(
    first?: SegmentsCallback | readonly SegmentOption[] | FetchSegmentsOptions,
    second?: SegmentsCallback,
  ): Promise<boolean> {
    return fetchQualifiedSegments(this, first, second);
  }
}

/** The context itself, with the type that the functions ask for. No private accessor: each instance would carry its brand. */
function lean(context: ClientUserContext): UserContext {
  return context as unknown as UserContext;
}
