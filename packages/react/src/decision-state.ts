/** What a hook answers: a decision, and where it stands. */
import type { AnyFlags, FlagKey, FlagMap, HydratedDecision } from '@sortition/client';

/** A decision and its readiness, told apart by `status`. There is always a decision: the off state until there is another. */
export type DecisionState<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>> =
  | {
      /** Neither the snapshot nor the client can say yet. */
      readonly status: 'loading';
      readonly decision: OffDecision<K>;
    }
  | {
      /** Decided. A flag that does not exist is decided too: its `reasons` say so. */
      readonly status: 'ready';
      readonly decision: ShownDecision<F, K>;
    }
  | {
      /** There is no client and no snapshot that could say, or the client failed; `reasons` of the decision say why. */
      readonly status: 'failed';
      readonly decision: OffDecision<K>;
    };

/** A decision to be shown. Its `reasons` are texts, or data of a client without the part `reasonTexts`. */
export type ShownDecision<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>> = WithAnyReasons<
  HydratedDecision<F, K>
>;

/** For each case of a decision on its own, so that `variationKey` still tells them apart. */
type WithAnyReasons<Decision> = Decision extends unknown
  ? Omit<Decision, 'reasons'> & { readonly reasons: readonly unknown[] }
  : never;

/** What a flag is while it is not decided. */
export interface OffDecision<K extends string = string> {
  readonly variationKey: null;
  readonly enabled: false;
  readonly variables: Readonly<Record<string, never>>;
  readonly ruleKey: null;
  readonly flagKey: K;
  readonly reasons: readonly string[];
}
