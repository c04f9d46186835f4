/** `sortition serve`: decisions over HTTP, from a datafile that is read again when it changes. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call, Command } from '../command.ts';
import { DATAFILE_ARGS, findDatafile, parseFound } from '../datafile-source.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { stopped } from '../stop-signal.ts';
import { print, tell } from '../terminal.ts';

/** Settings that are passed to the server unchanged. */
const PASSED = ['port', 'host', 'sdk-key', 'events', 'tokens', 'allowed-hosts', 'cors', 'log-level'] as const;

/** The command. */
export const serveCommand: Command = {
  name: 'serve',
  summary: 'Serves decisions over HTTP (OFREP, and the API of the agent) from a datafile that reloads when it changes.',
  args: {
    datafile: { type: 'positional', description: 'Path, "-" or SDK key', required: true },
    port: { type: 'string', default: '8080', description: 'TCP port; 0 takes a free one', valueHint: 'number' },
    host: { type: 'string', default: '127.0.0.1', description: 'Address to listen on', valueHint: 'address' },
    'sdk-key': { type: 'string', description: 'Name that a datafile on disk is served under', valueHint: 'key' },
    events: {
      type: 'string',
      default: 'off',
      description: 'on, off, or the address of a collector',
      valueHint: 'where',
    },
    tokens: {
      type: 'string',
      description: 'token:scope, separated by commas; scope is all or read',
      valueHint: 'list',
    },
    'allowed-hosts': { type: 'string', description: 'Host names that requests may be for', valueHint: 'list' },
    cors: { type: 'string', description: 'Origins of pages that may evaluate, or *', valueHint: 'list' },
    'log-level': { type: 'string', default: 'warn', description: 'debug, info, warn or error', valueHint: 'level' },
    ...DATAFILE_ARGS,
  },
  examples: [
    'sortition serve datafile.json',
    'sortition serve datafile.json --port 0 --json',
    'sortition serve "$SDK_KEY" --host 0.0.0.0 --events on --tokens "$TOKEN:all"',
  ],
  findings: '',
  async run(call) {
    const [source] = call.positionals as [string];
    const temporary = source === '-' ? await mkdtemp(join(tmpdir(), 'sortition-')) : undefined;
    try {
      const project = await describeProject(call, source, temporary);
      const { createJsonLogger, readSettings, startDecisionServer } = await import('@sortition/server/node');
      const passed = PASSED.flatMap((name) => {
        const value = call.text(name);
        return value === undefined || project.includes(`--${name}`) ? [] : [`--${name}`, value];
      });
      const settings = readSettings([...project, ...passed], {});
      const logger = createJsonLogger(settings.logLevel, tell);
      const stop = stopped();
      const server = await startDecisionServer(settings, { logger });
      print(call.isSet('json') ? JSON.stringify({ url: server.url }) : `Listening on ${server.url}`);
      await stop;
      await server.stop();
      return EXIT_CODE.clean;
    } finally {
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    }
  },
};

/** Returns the flags that name the project. Reports an unusable datafile before the server listens. */
async function describeProject(call: Call, source: string, temporary: string | undefined): Promise<readonly string[]> {
  const url = call.text('datafile-url') ?? process.env.SORTITION_DATAFILE_URL;
  const found = await parseFound(await findDatafile(source, url));
  if (temporary !== undefined) {
    const path = join(temporary, 'datafile.json');
    await writeFile(path, found.text);
    return ['--datafile', path];
  }
  if (existsSync(source)) return ['--datafile', source];
  return ['--sdk-key', source, ...(url === undefined ? [] : ['--datafile-url', url])];
}
