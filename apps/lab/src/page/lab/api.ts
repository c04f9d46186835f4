/** The lab's own API: JSON in, JSON out; what goes wrong is an `Error` with a sentence to show. */
import type { EventRow } from '../../api/event-row.ts';
import type { ExperimentResults, ResultSegment } from '../../api/experiment-results.ts';
import type { Conflict, Difference, MovePreview, VersionRow } from '../../api/history.ts';
import type { RecentUser } from '../../api/recent-user.ts';
import type { SimulationProgress } from '../../api/simulation-progress.ts';
import type { ConditionTree, WireDatafile } from './wire-datafile.ts';

/** A change of a rule; what is left out stays. */
export interface RuleChange {
  readonly key?: string;
  readonly audienceConditions?: ConditionTree;
  readonly status?: 'Running' | 'Paused';
  /** Variation id to percent of all traffic; users keep their variation where they can. */
  readonly shares?: Readonly<Record<string, number>>;
  readonly variations?: readonly VariationChange[];
  readonly allowList?: Readonly<Record<string, string>>;
  /** Whether users seen so far may be moved. */
  readonly allowMoves?: boolean;
}

/** A variation as it is to be; without an id it is a new one. */
export interface VariationChange {
  readonly id?: string;
  readonly key: string;
  readonly featureEnabled: boolean;
  /** Variable key to value; what is left out has its default. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A variable as it is to be. */
export interface VariableChange {
  readonly key: string;
  readonly type: string;
  readonly defaultValue: string;
}

/** What a new rule starts with. */
export interface NewRule {
  readonly kind: 'experiment' | 'delivery';
  readonly key: string;
}

/** What was published. */
export interface Published {
  readonly revision: string;
  /** What is wrong with a datafile that was imported as it is. */
  readonly problems?: readonly string[];
}

/** Why a write was not made, with the difference to look at. */
export class ConflictError extends Error {
  readonly differences: readonly Difference[] | null;

  constructor({ error, differences }: Conflict) {
    super(error);
    this.name = 'ConflictError';
    this.differences = differences;
  }
}

/** What to look for among the collected events; an empty text is everything. */
export interface EventQuery {
  readonly text: string;
  readonly kind: 'all' | EventRow['kind'];
  /** Milliseconds since the epoch. */
  readonly from: number | null;
  readonly until: number | null;
}

/** What of an experiment to look at. */
export interface ResultQuery {
  readonly ruleId: string;
  readonly eventKey: string;
  readonly period: string | null;
  readonly controlId: string | null;
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

/** The revision a write started from comes first. */
export interface LabApi {
  fetchDatafile(): Promise<WireDatafile>;
  createFlag(base: string, flag: { key: string; variables?: readonly VariableChange[] }): Promise<Published>;
  changeFlag(
    base: string,
    flagKey: string,
    change: { key?: string; variables?: readonly VariableChange[]; ruleOrder?: readonly string[] },
  ): Promise<Published>;
  deleteFlag(base: string, flagKey: string): Promise<Published>;
  createRule(base: string, flagKey: string, rule: NewRule): Promise<Published>;
  createHoldout(base: string, holdout: { key: string; share: number }): Promise<Published>;
  changeRule(base: string, ruleId: string, change: RuleChange): Promise<Published>;
  previewRule(ruleId: string, change: RuleChange): Promise<MovePreview>;
  deleteRule(base: string, ruleId: string): Promise<Published>;
  createAudience(base: string, audience: { name: string; conditions: ConditionTree }): Promise<Published>;
  changeAudience(base: string, id: string, change: { name: string; conditions: ConditionTree }): Promise<Published>;
  deleteAudience(base: string, id: string): Promise<Published>;
  createListed(base: string, list: 'attributes' | 'conversion-events', key: string): Promise<Published>;
  deleteListed(base: string, list: 'attributes' | 'conversion-events', key: string): Promise<Published>;
  reset(base: string): Promise<Published>;
  restore(base: string, revision: string): Promise<Published>;
  importDocument(base: string, source: { datafile: unknown } | { url: string }): Promise<Published>;
  fetchHistory(before?: string): Promise<readonly VersionRow[]>;
  /** The datafile of a revision. */
  fetchVersion(revision: string): Promise<WireDatafile>;
  compare(from: string, to: string): Promise<readonly Difference[]>;
  fetchEvents(limit: number, query?: EventQuery, before?: number): Promise<readonly EventRow[]>;
  forgetEvents(): Promise<void>;
  fetchExperiments(): Promise<readonly ExperimentRow[]>;
  fetchResults(query: ResultQuery): Promise<ExperimentResults>;
  fetchResultSegments(query: ResultQuery, attribute: string): Promise<readonly ResultSegment[]>;
  /** Where the results are as CSV. */
  resultsCsv(query: ResultQuery): string;
  startSimulation(visitors: number): Promise<{ id: string }>;
  /** `null` when none was started yet. */
  fetchSimulation(): Promise<SimulationProgress | null>;
  fetchRecentUsers(): Promise<readonly RecentUser[]>;
  fetchSegments(userId: string): Promise<readonly string[]>;
  saveSegments(userId: string, segments: readonly string[]): Promise<void>;
  fetchFaults(): Promise<Faults>;
  setFaults(endpoint: string, faults: readonly Fault[]): Promise<Faults>;
}

/** @param origin Of the lab, without a slash at the end. */
export function createLabApi(origin: string): LabApi {
  const get = <T>(path: string) => request<T>(`${origin}${path}`, 'GET');
  const send = <T>(method: string, path: string, body: object) => request<T>(`${origin}${path}`, method, { body });
  const write = (base: string, method: string, path: string, body?: object) =>
    request<Published>(`${origin}${path}`, method, { base, ...(body && { body }) });
  return {
    fetchDatafile: async () => (await get<{ datafile: WireDatafile }>('/api/datafile')).datafile,
    createFlag: (base, flag) => write(base, 'POST', '/api/flags', flag),
    changeFlag: (base, flagKey, change) => write(base, 'PATCH', path`/api/flags/${flagKey}`, change),
    deleteFlag: (base, flagKey) => write(base, 'DELETE', path`/api/flags/${flagKey}`),
    createRule: (base, flagKey, rule) => write(base, 'POST', path`/api/flags/${flagKey}/rules`, rule),
    createHoldout: (base, holdout) => write(base, 'POST', '/api/holdouts', holdout),
    changeRule: (base, ruleId, change) => write(base, 'PATCH', path`/api/rules/${ruleId}`, change),
    previewRule: (ruleId, change) => send('POST', path`/api/rules/${ruleId}/preview`, change),
    deleteRule: (base, ruleId) => write(base, 'DELETE', path`/api/rules/${ruleId}`),
    createAudience: (base, audience) => write(base, 'POST', '/api/audiences', audience),
    changeAudience: (base, id, change) => write(base, 'PATCH', path`/api/audiences/${id}`, change),
    deleteAudience: (base, id) => write(base, 'DELETE', path`/api/audiences/${id}`),
    createListed: (base, list, key) => write(base, 'POST', `/api/${list}`, { key }),
    deleteListed: (base, list, key) => write(base, 'DELETE', `/api/${list}/${encodeURIComponent(key)}`),
    reset: (base) => write(base, 'POST', '/api/reset', {}),
    restore: (base, revision) => write(base, 'POST', '/api/restore', { revision }),
    importDocument: (base, source) => write(base, 'POST', '/api/import', source),
    fetchHistory: (before) => get(`/api/history?limit=50${before === undefined ? '' : `&before=${before}`}`),
    fetchVersion: async (revision) => (await get<{ datafile: WireDatafile }>(path`/api/history/${revision}`)).datafile,
    compare: async (from, to) =>
      (await get<{ differences: Difference[] }>(`/api/compare?from=${from}&to=${to}`)).differences,
    fetchEvents: (limit, query, before) => get(`/api/events?${eventParameters(limit, query, before)}`),
    forgetEvents: () => request(`${origin}/api/events`, 'DELETE'),
    fetchExperiments: () => get('/api/experiments'),
    fetchResults: (query) => get(`${path`/api/results/${query.ruleId}`}?${resultParameters(query)}`),
    fetchResultSegments: (query, attribute) =>
      get(`${path`/api/results/${query.ruleId}/segments`}?${resultParameters(query, { attribute })}`),
    resultsCsv: (query) => `${origin}${path`/api/results/${query.ruleId}/csv`}?${resultParameters(query)}`,
    startSimulation: (visitors) => send('POST', '/api/simulations', { visitors }),
    fetchSimulation: () => get('/api/simulations/current'),
    fetchRecentUsers: () => get('/api/users?limit=8'),
    fetchSegments: async (userId) => (await get<{ segments: string[] }>(segmentsPath(userId))).segments,
    saveSegments: (userId, segments) => send('PUT', segmentsPath(userId), { segments }),
    fetchFaults: () => get('/__chaos'),
    setFaults: (endpoint, faults) => send('POST', '/__chaos', { endpoint, faults }),
  };
}

/** A path with its parts encoded. */
function path(texts: TemplateStringsArray, ...parts: readonly string[]): string {
  return texts.reduce((joined, text, index) => `${joined}${encodeURIComponent(parts[index - 1] ?? '')}${text}`);
}

/** `user:ada` and the like are exact; other words may be anywhere. */
const EXACT = /^(user|flag|rule|variation|event):(.+)$/;

function eventParameters(limit: number, query: EventQuery | undefined, before: number | undefined): string {
  const parameters = new URLSearchParams({ limit: String(limit) });
  const words: string[] = [];
  for (const word of query?.text.split(/\s+/) ?? []) {
    const [, name, value] = EXACT.exec(word) ?? [];
    if (name !== undefined && value !== undefined) parameters.set(name, value);
    else if (word !== '') words.push(word);
  }
  if (words.length > 0) parameters.set('q', words.join(' '));
  if (query !== undefined && query.kind !== 'all') parameters.set('kind', query.kind);
  if (query?.from != null) parameters.set('from', String(query.from));
  if (query?.until != null) parameters.set('until', String(query.until));
  if (before !== undefined) parameters.set('before', String(before));
  return parameters.toString();
}

function resultParameters({ eventKey, period, controlId }: ResultQuery, more: Record<string, string> = {}): string {
  return new URLSearchParams({
    event: eventKey,
    ...(period !== null && { period }),
    ...(controlId !== null && { control: controlId }),
    ...more,
  }).toString();
}

function segmentsPath(userId: string): string {
  return `/api/users/${encodeURIComponent(userId)}/segments`;
}

async function request<T>(
  url: string,
  method: string,
  { body, base }: { readonly body?: object; readonly base?: string } = {},
): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...(base !== undefined && { 'if-match': base }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new Error('The lab does not answer. Is it still running?', { cause });
  });
  const text = await response.text();
  if (response.status === 409 && text.includes('"differences"')) throw new ConflictError(JSON.parse(text) as Conflict);
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
