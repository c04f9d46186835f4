/** Types for applications that describe their flags: `createClient<MyFlags>(…)`. */

/** A description of flags; an `interface` works as well as a type. */
export type FlagMap<F> = { [K in keyof F]: { variations?: string; variables?: object } };

/**
 * Flags without a description: any key, any variation, variables of unknown type. Every description is assignable to
 * it, so that functions that take a `Client` or a `Decision` accept those of described flags too.
 */
export type AnyFlags = Record<never, never>;

/** The keys of the flags. */
export type FlagKey<F> = [keyof F] extends [never] ? string : keyof F & string;

/** The variation keys of a flag. */
export type VariationKeyOf<F, K> = K extends keyof F
  ? F[K] extends { variations: infer V extends string }
    ? V
    : string
  : string;

/** The variables of a flag by key. */
export type VariablesOf<F, K> = K extends keyof F
  ? F[K] extends { variables: infer V extends object }
    ? V
    : Record<string, unknown>
  : Record<string, unknown>;
