/** A lab of its own per test file, on a free port. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { type Lab, startLab } from '../../src/server/lab.ts';

/** Starts a lab without a page; every test finds the datafile and the endpoints as they were. Call at the top of a file. */
export async function runLab(): Promise<Lab> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sortition-lab-'));
  const lab = await startLab({ port: 0, dataFolder, pageFolder: join(dataFolder, 'no-page') });
  afterEach(async () => {
    lab.server.faults.clear();
    await send('POST', `${lab.url}/api/reset`, {});
  });
  afterAll(async () => {
    await lab.close();
    await rm(dataFolder, { recursive: true });
  });
  return lab;
}

/** The revision in effect. */
export async function revisionOf(url: string): Promise<string> {
  return (await get<{ datafile: { revision: string } }>(`${new URL(url).origin}/api/datafile`)).datafile.revision;
}

/**
 * Sends a value as JSON, or a text as it is, starting from the revision in effect unless another is given; answers the status
 * and the body read as JSON.
 */
export async function send(
  method: string,
  url: string,
  body: unknown,
  { contentType = 'application/json', base }: { contentType?: string; base?: string | null } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const revision = base === undefined ? await revisionOf(url) : base;
  const response = await fetch(url, {
    method,
    headers: { 'content-type': contentType, ...(revision !== null && { 'if-match': revision }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

/** Reads a JSON document. */
export async function get<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}
