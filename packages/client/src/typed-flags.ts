/** Types of flags, for applications that describe theirs: `createClient<MyFlags>(…)`. */

/** What a description of flags looks like; an `interface` fits as well as a type. */
export type FlagMap<F> = { [K in keyof F]: { variations?: string; variables?: object } };

/**
 * Flags without a description: any key, any variation, variables of unknown type. Every description is assignable to it, so that
 * what takes a `Client` or a `Decision` takes those of described flags too.
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
