/** A lab of its own per test file, on a free port. */
import { afterAll, afterEach } from 'vitest';
import { type Lab, startLab } from '../../src/server/lab.ts';

/** Starts a lab without a page; every test finds the datafile and the endpoints as they were. Call at the top of a file. */
export async function runLab(): Promise<Lab> {
  const lab = await startLab({ port: 0, pageFolder: '/nowhere' });
  afterEach(async () => {
    lab.server.faults.clear();
    await send('POST', `${lab.url}/api/reset`, {});
  });
  afterAll(() => lab.close());
  return lab;
}

/** Sends a value as JSON, or a text as it is; answers the status and the body read as JSON. */
export async function send(
  method: string,
  url: string,
  body: unknown,
  contentType = 'application/json',
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': contentType },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Reads a JSON document. */
export async function get<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}
