/** `POST /v1/batch`: several requests in one. */
import type { JsonObject } from '../guards/json-body.ts';
import { RequestError } from '../request-error.ts';
import { readRecord, readText } from './user-request.ts';

/** The response of `/v1/batch`. */
export interface BatchAnswer {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly errorCount: number;
  readonly response: readonly BatchRow[];
}

/** The response of one operation. */
export interface BatchRow {
  readonly status: number;
  readonly requestID: string;
  readonly operationID: string;
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly startedAt: string;
  readonly endedAt: string;
}

interface Operation {
  readonly method: string;
  readonly url: string;
  readonly operationID: string;
  readonly body: string | undefined;
  readonly headers: Headers;
}

/** The context of a batch. */
export interface BatchRun {
  readonly maxBatch: number;
  readonly batchConcurrency: number;
  /** Headers that every operation inherits: access and project. */
  readonly inherited: Headers;
  /** Address that the paths of operations are relative to. */
  readonly base: string;
  answer(request: Request): Promise<Response>;
}

/** Headers of the batch that its operations need. */
const INHERITED = ['authorization', 'x-api-key', 'x-optimizely-sdk-key', 'host'];

/**
 * Runs the operations, a few at a time. @throws RequestError 400 for a malformed batch, 422 for a batch that is too
 * long
 */
export async function runBatch(body: JsonObject, run: BatchRun): Promise<BatchAnswer> {
  const { operations } = body;
  if (!Array.isArray(operations)) throw new RequestError(400, '"operations" is not a list.');
  if (operations.length > run.maxBatch) {
    throw new RequestError(422, `too many operations, exceeding ${run.maxBatch} operations`);
  }
  const requests = operations.map((operation) => readOperation(readRecord(operation, 'operations'), run));
  const startedAt = new Date().toISOString();
  const response: BatchRow[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < requests.length; index = next++) {
      response[index] = await runOperation(requests[index] as Operation, run);
    }
  };
  await Promise.all(Array.from({ length: Math.min(run.batchConcurrency, requests.length) }, work));
  const errorCount = response.filter(({ status }) => status >= 400).length;
  return { startedAt, endedAt: new Date().toISOString(), errorCount, response };
}

async function runOperation(operation: Operation, { answer }: BatchRun): Promise<BatchRow> {
  const { method, url, operationID, body, headers } = operation;
  const startedAt = new Date().toISOString();
  const requestID = headers.get('x-request-id') as string;
  const answered = await answer(new Request(url, { method, headers, ...(body !== undefined && { body }) }));
  const text = await answered.text();
  return {
    status: answered.status,
    requestID,
    operationID,
    method,
    url: new URL(url).pathname,
    body: text === '' ? {} : parse(text),
    startedAt,
    endedAt: new Date().toISOString(),
  };
}

function readOperation(operation: JsonObject, { base, inherited }: BatchRun): Operation {
  const method = readText(operation.method, 'method').toUpperCase();
  const path = readText(operation.url, 'url');
  // Only routes of this server, and no batch or stream within a batch.
  if (!/^\/v1\/(?!batch\b|notifications\b)[\w/-]+$/.test(path)) {
    throw new RequestError(
      400,
      `"${path.slice(0, 64)}" is not a route that a batch can ask for; expected one such as /v1/decide.`,
    );
  }
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(readRecord(operation.parameters, 'parameters'))) {
    for (const entry of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(entry));
  }
  const headers = new Headers();
  for (const name of INHERITED) {
    const value = inherited.get(name);
    if (value !== null) headers.set(name, value);
  }
  for (const [name, value] of Object.entries(readRecord(operation.headers, 'headers'))) {
    if (/^x-optimizely-sdk-key$/i.test(name)) headers.set(name, readText(value, name));
  }
  headers.set('x-request-id', crypto.randomUUID());
  const hasBody = operation.body !== undefined && operation.body !== null && method !== 'GET';
  if (hasBody) headers.set('content-type', 'application/json');
  return {
    method,
    url: url.href,
    operationID: operation.operationID === undefined ? '' : String(operation.operationID),
    body: hasBody ? JSON.stringify(operation.body) : undefined,
    headers,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
