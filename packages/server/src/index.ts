/** Decisions over HTTP: OFREP for every OpenFeature SDK, and the API of the vendor's agent. */
export { createDecisionServer, type DecisionServer } from './decision-server.ts';
export type {
  AccessToken,
  DecisionServerOptions,
  OverrideStore,
  ProjectOptions,
  ServerLimits,
  ServerMetrics,
} from './server-options.ts';
export type { RedisCommands } from './streams/redis-stream.ts';
