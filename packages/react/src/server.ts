/**
 * Decisions on the server: for server components, streaming rendering, route handlers and middleware. Contains no
 * hooks.
 */

export type { PageImpressions, PageSnapshot } from './page-snapshot.ts';
export { type DecideForPageOptions, decideForPage } from './server/decide-for-page.ts';
export {
  type ForcedDecisionsOptions,
  type ForcedPageDecision,
  signForcedDecisions,
  verifyForcedDecisions,
} from './server/forced-decisions.ts';
export { formatSnapshot } from './server/format-snapshot.ts';
export { createImpressionRoute, type ImpressionRouteOptions } from './server/impression-route.ts';
export { NoScriptImpressions, type NoScriptImpressionsProps } from './server/no-script-impressions.ts';
export type { PageClient, PageUser, PageUserInput } from './server/page-user.ts';
