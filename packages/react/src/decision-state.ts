/** The result of a hook: a decision and its status. */
import type { AnyFlags, FlagKey, FlagMap, HydratedDecision } from '@sortition/client';

/** A decision and its status. There is always a decision: at first the off state. */
export type DecisionState<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>> =
  | {
      /** Neither the snapshot nor the client has a decision yet. */
      readonly status: 'loading';
      readonly decision: OffDecision<K>;
    }
  | {
      /** Decided. A flag that does not exist is decided too: its `reasons` say so. */
      readonly status: 'ready';
      readonly decision: ShownDecision<F, K>;
    }
  | {
      /** There is no client and no snapshot with this flag, or the client failed; `reasons` of the decision say why. */
      readonly status: 'failed';
      readonly decision: OffDecision<K>;
    };

/** A decision to show. Its `reasons` are texts, or data of a client without the part `reasonTexts`. */
export type ShownDecision<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>> = WithAnyReasons<
  HydratedDecision<F, K>
>;

/** Applied to each case of a decision, so that `variationKey` still distinguishes them. */
type WithAnyReasons<Decision> = Decision extends unknown
  ? Omit<Decision, 'reasons'> & { readonly reasons: readonly unknown[] }
  : never;

/** The decision of a flag that is not decided. */
export interface OffDecision<K extends string = string> {
  readonly variationKey: null;
  readonly enabled: false;
  readonly variables: Readonly<Record<string, never>>;
  readonly ruleKey: null;
  readonly flagKey: K;
  readonly reasons: readonly string[];
}
