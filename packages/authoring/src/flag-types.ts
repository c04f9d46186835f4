/** Types for applications: decisions, attributes and events of a module of flags. */
import type { AttributeDefinition, EventDefinition, FlagDefinition, HoldoutDefinition } from './definitions.ts';

/**
 * The flags of a module, for `createClient<FlagsOf<typeof flags>>`.
 *
 * @example
 * import type * as flags from './shop.flags.ts';
 * const client = createClient<FlagsOf<typeof flags>>({ config });
 */
export type FlagsOf<Module> = {
  [K in keyof Module as Module[K] extends FlagDefinition<infer Key> ? Key : never]: Module[K] extends FlagDefinition<
    string,
    infer Variables,
    infer VariationKey
  >
    ? { variations: VariationKey | HeldOut<Module>; variables: Variables }
    : never;
};

/** The decision of users in a holdout, if a module has one. */
type HeldOut<Module> = Extract<Module[keyof Module], HoldoutDefinition> extends never ? never : 'off';

/** The keys of the events of a module. */
export type EventsOf<Module> = {
  [K in keyof Module]: Module[K] extends EventDefinition<infer Key> ? Key : never;
}[keyof Module];

/** The keys of the attributes that a module defines. */
export type AttributesOf<Module> = {
  [K in keyof Module]: Module[K] extends AttributeDefinition<infer Key> ? Key : never;
}[keyof Module];
