/** The lab's own API: JSON in, JSON out; what goes wrong is an `Error` with a sentence to show. */
import type { EventRow } from '../../api/event-row.ts';
import type { ExperimentResults } from '../../api/experiment-results.ts';
import type { SimulationProgress } from '../../api/simulation-progress.ts';
import type { ConditionTree, TrafficRange, WireDatafile } from './wire-datafile.ts';

/** A change of a rule; what is left out stays. */
export interface RuleChange {
  readonly trafficAllocation?: readonly TrafficRange[];
  readonly audienceConditions?: ConditionTree;
  readonly status?: 'Running' | 'Paused';
}

/** In the live stream, the count of events that were too many to be sent one by one takes the place of a row. */
export type StreamedRow = EventRow | { readonly skipped: number };

export function isSkipped(row: StreamedRow): row is { readonly skipped: number } {
  return 'skipped' in row;
}

export interface ExperimentRow {
  readonly ruleId: string;
  readonly ruleKey: string;
  readonly flagKey: string;
  readonly name: string;
}

/** A fault as the switches take it. */
export interface Fault {
  readonly kind: string;
  readonly ms?: number;
  readonly status?: number;
  readonly bytes?: number;
  readonly intervalMs?: number;
  readonly rate?: number;
  readonly times?: number;
}

/** Faults in effect by endpoint. */
export type Faults = Readonly<Record<string, readonly Fault[] | undefined>>;

export interface LabApi {
  fetchDatafile(): Promise<WireDatafile>;
  changeRule(ruleId: string, change: RuleChange): Promise<{ revision: string }>;
  changeAudience(id: string, change: { name: string; conditions: ConditionTree }): Promise<{ revision: string }>;
  reset(): Promise<{ revision: string }>;
  fetchEvents(limit: number): Promise<readonly EventRow[]>;
  forgetEvents(): Promise<void>;
  fetchExperiments(): Promise<readonly ExperimentRow[]>;
  fetchResults(ruleId: string, eventKey: string): Promise<ExperimentResults>;
  startSimulation(visitors: number): Promise<{ id: string }>;
  /** `null` when none was started yet. */
  fetchSimulation(): Promise<SimulationProgress | null>;
  fetchSegments(userId: string): Promise<readonly string[]>;
  saveSegments(userId: string, segments: readonly string[]): Promise<void>;
  fetchFaults(): Promise<Faults>;
  setFaults(endpoint: string, faults: readonly Fault[]): Promise<Faults>;
}

/** @param origin Of the lab, without a slash at the end. */
export function createLabApi(origin: string): LabApi {
  const get = <T>(path: string) => request<T>(`${origin}${path}`, 'GET');
  const send = <T>(method: string, path: string, body: object) => request<T>(`${origin}${path}`, method, body);
  return {
    fetchDatafile: async () => (await get<{ datafile: WireDatafile }>('/api/datafile')).datafile,
    changeRule: (ruleId, change) => send('PATCH', `/api/rules/${encodeURIComponent(ruleId)}`, change),
    changeAudience: (id, change) => send('PATCH', `/api/audiences/${encodeURIComponent(id)}`, change),
    reset: () => send('POST', '/api/reset', {}),
    fetchEvents: (limit) => get(`/api/events?limit=${limit}`),
    forgetEvents: () => request(`${origin}/api/events`, 'DELETE'),
    fetchExperiments: () => get('/api/experiments'),
    fetchResults: (ruleId, eventKey) =>
      get(`/api/results/${encodeURIComponent(ruleId)}?event=${encodeURIComponent(eventKey)}`),
    startSimulation: (visitors) => send('POST', '/api/simulations', { visitors }),
    fetchSimulation: () => get('/api/simulations/current'),
    fetchSegments: async (userId) => (await get<{ segments: string[] }>(segmentsPath(userId))).segments,
    saveSegments: (userId, segments) => send('PUT', segmentsPath(userId), { segments }),
    fetchFaults: () => get('/__chaos'),
    setFaults: (endpoint, faults) => send('POST', '/__chaos', { endpoint, faults }),
  };
}

function segmentsPath(userId: string): string {
  return `/api/users/${encodeURIComponent(userId)}/segments`;
}

async function request<T>(url: string, method: string, body?: object): Promise<T> {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new Error('The lab does not answer. Is it still running?', { cause });
  });
  const text = await response.text();
  if (!response.ok) throw new Error(errorSentence(text) ?? `The lab answered ${response.status}.`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

function errorSentence(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined; // no JSON: the status says what there is to say
  }
}
