/** Test vectors for decisions, and a runner that tests any implementation with them. */
export { type AgentAdapter, type AgentOptions, createAgentAdapter } from './adapters/agent.ts';
export { createOfficialAdapter } from './adapters/official.ts';
export { type AdapterServer, type ServeOptions, serveAdapter } from './adapters/serve-adapter.ts';
export { createSortitionAdapter } from './adapters/sortition.ts';
export { type Difference, findDifference } from './compare.ts';
export { type ConnectOptions, connectAdapter } from './connect.ts';
export { normalizeOutput, type SentEvent } from './normalize-requests.ts';
export type {
  Area,
  AttributesInput,
  BucketingInput,
  ClientInput,
  ConditionsInput,
  DecisionOutput,
  DecisionsInput,
  EventsInput,
  ForcedDecisionInput,
  ImplementationInfo,
  Inputs,
  NoOutput,
  Outputs,
  RequestOutput,
  RowsAnswer,
  RowsRequest,
  SegmentsInput,
  UserInput,
  VariablesInput,
  VersionsInput,
} from './protocol.ts';
export { AREAS, PROTOCOL } from './protocol.ts';
export { type Badge, createBadge, formatResult } from './report.ts';
export {
  type AreaResult,
  type ConformanceResult,
  type Failure,
  type Implementation,
  type RunOptions,
  runConformance,
} from './run-conformance.ts';
export { loadVectors, type VectorFile, type VectorGroup, type VectorRow } from './vectors.ts';
