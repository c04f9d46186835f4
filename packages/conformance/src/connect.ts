/** Connects to an implementation over HTTP. */
import type { ImplementationInfo, RowsAnswer, RowsRequest } from './protocol.ts';
import type { Implementation } from './run-conformance.ts';

/** Options of requests to an adapter. */
export interface ConnectOptions {
  /** Milliseconds one request may take. Default 60,000. */
  readonly timeoutMs?: number;
}

/** Connects to an adapter. Its methods reject with an error that names the request, the response, and what to do. */
export function connectAdapter(url: string, { timeoutMs = 60_000 }: ConnectOptions = {}): Implementation {
  const base = url.replace(/\/+$/, '');
  const ask = async (path: string, init: RequestInit): Promise<unknown> => {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${base}${path}`, { ...init, signal: AbortSignal.timeout(timeoutMs) });
      text = await response.text();
    } catch (cause) {
      const reason = innermost(cause);
      throw new Error(`${base}${path} did not answer (${reason}); expected an adapter to listen there.`, { cause });
    }
    if (!response.ok)
      throw new Error(`${base}${path} answered ${response.status}: ${text.slice(0, 200)}; expected 200.`);
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new Error(`${base}${path} answered a body that is not JSON: ${text.slice(0, 80)}`, { cause });
    }
  };
  return {
    info: async () => (await ask('/', {})) as ImplementationInfo,
    run: async (request: RowsRequest) =>
      (await ask('/rows', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
      })) as RowsAnswer,
  };
}

function innermost(error: unknown): string {
  let inner = error as Error & { code?: string };
  while (inner.cause instanceof Error) inner = inner.cause as Error;
  return inner.message || inner.code || inner.name;
}
