/** The command line: runs the vectors against an adapter, or serves one. Exit codes: 0 conforms, 1 does not, 2 could not be run. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createAgentAdapter } from './adapters/agent.ts';
import { createOfficialAdapter } from './adapters/official.ts';
import { serveAdapter } from './adapters/serve-adapter.ts';
import { createSortitionAdapter } from './adapters/sortition.ts';
import { connectAdapter } from './connect.ts';
import { AREAS, type Area } from './protocol.ts';
import { createBadge, formatResult } from './report.ts';
import { runConformance } from './run-conformance.ts';
import { loadVectors } from './vectors.ts';

const HELP = `sortition-conformance: tries an implementation of Optimizely's decisions with vectors that were agreed with
the official SDK.

  sortition-conformance --url http://127.0.0.1:4100       runs all vectors against the adapter that listens there
  sortition-conformance --url … --area decisions          runs one area; may be repeated
  sortition-conformance --url … --json                    prints the result as JSON
  sortition-conformance --url … --badge badge.json        writes a badge for shields.io as well
  sortition-conformance adapter sortition --port 4100     serves Sortition as an implementation
  sortition-conformance adapter official --port 4100      serves @optimizely/optimizely-sdk, which must be installed
  sortition-conformance adapter agent --port 4100 --agent http://127.0.0.1:8080
                                                          asks a server that speaks the agent's API, and serves the
                                                          datafiles it has to fetch below /datafiles/

  --vectors <folder>   vectors of your own instead of those of the package
  --failures <count>   how many rows that failed are shown; 20

Areas: ${AREAS.join(', ')}.
Exit codes: 0 conforms, 1 does not conform, 2 could not be run.`;

const OPTIONS = {
  url: { type: 'string' },
  area: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  badge: { type: 'string' },
  vectors: { type: 'string' },
  failures: { type: 'string' },
  port: { type: 'string' },
  agent: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Runs the command with its arguments; resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    if (values.help || args.length === 0) return print(HELP, args.length === 0 ? 2 : 0);
    if (positionals[0] === 'adapter') return await serve(positionals[1], values);
    if (positionals.length > 0) throw new Error(`"${positionals[0]}" is not a command; expected "adapter" or --url.`);
    return await run(values);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 2;
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

async function run({ url, area, json, badge, vectors, failures }: Values): Promise<number> {
  if (url === undefined)
    throw new Error('There is no --url; expected the address of an adapter, such as --url http://127.0.0.1:4100.');
  const keptFailures = readCount('--failures', failures, 20);
  const result = await runConformance(connectAdapter(url), {
    vectors: await loadVectors(vectors),
    ...(area && { areas: area.map(readArea) }),
    keptFailures,
    onProgress: json ? () => undefined : createProgress(),
  });
  if (badge !== undefined) await writeFile(badge, `${JSON.stringify(createBadge(result))}\n`);
  return print(json ? JSON.stringify(result, null, 2) : formatResult(result), result.ok ? 0 : 1);
}

async function serve(kind: string | undefined, { port, agent }: Values): Promise<number> {
  const options = { port: readCount('--port', port, 4_100) };
  const served = await start(kind, agent, options);
  process.stdout.write(`The adapter "${kind}" listens at ${served.url}; Ctrl+C stops it.\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await served.close();
  return 0;
}

function start(kind: string | undefined, agent: string | undefined, options: { port: number }) {
  if (kind === 'sortition') return serveAdapter(createSortitionAdapter(), options);
  if (kind === 'official') return serveAdapter(createOfficialAdapter(), options);
  if (kind === 'agent') {
    if (agent === undefined) throw new Error('There is no --agent; expected the address of the server to ask.');
    const adapter = createAgentAdapter({ url: agent });
    return serveAdapter(adapter, { ...options, datafile: adapter.datafile });
  }
  throw new Error(`${JSON.stringify(kind ?? '')} is not an adapter; expected sortition, official or agent.`);
}

function readArea(name: string): Area {
  const area = AREAS.find((each) => each === name);
  if (area === undefined) throw new Error(`"${name}" is not an area; expected one of ${AREAS.join(', ')}.`);
  return area;
}

function readCount(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^\d{1,6}$/.test(text)) throw new Error(`${name} ${text} is not a whole number; expected one from 0 on.`);
  return Number(text);
}

/** A line to standard error at each tenth. */
function createProgress(): (done: number, total: number) => void {
  let told = 0;
  return (done, total) => {
    const tenth = Math.floor((done / total) * 10);
    if (tenth === told) return;
    told = tenth;
    process.stderr.write(`${tenth * 10} %: ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} rows\n`);
  };
}

function print(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}
