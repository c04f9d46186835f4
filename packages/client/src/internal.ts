/** What only packages of this project use; may change in every version. */
export { composeClient } from './compose-client.ts';
export { getForced, removeForced, setForced } from './forced-decisions.ts';
export { LeanUserContext } from './lean-user-context.ts';
export { type HeldImpression, readHeldImpression, recordImpressionElsewhere } from './portable-impressions.ts';
export { onUserChange } from './user-changes.ts';
export { withMethods } from './with-methods.ts';
