/** `sortition emulate`: the hosted services on this machine, for tests and CI. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { CollectedEvent, LabServer, WireVariant } from '@sortition/emulator';
import type { Call, Command } from '../command.ts';
import { CommandError, reasonOf } from '../command-error.ts';
import { DATAFILE_ARGS, readDatafile } from '../datafile-source.ts';
import { type Expectation, readExpectation } from '../emulate/expectation.ts';
import { forwardSignals } from '../emulate/forward-signals.ts';
import { publishFolder } from '../emulate/published-folder.ts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { isRecord } from '../json-value.ts';
import { stopped } from '../stop-signal.ts';
import { print, printJson, tell } from '../terminal.ts';

/** The command. */
export const emulateCommand: Command = {
  name: 'emulate',
  summary: 'Runs the hosted services here: datafiles, segments, events, predictions, variants; checks what arrived.',
  args: {
    datafile: {
      type: 'string',
      description: '[<sdk key>=]<datafile> to publish; may be repeated',
      valueHint: 'datafile',
    },
    folder: {
      type: 'string',
      description: 'Publish <sdk key>.json of a folder, and again when one changes',
      valueHint: 'folder',
    },
    segments: { type: 'string', description: 'Segments of a user; may be repeated', valueHint: 'user=a,b' },
    predict: {
      type: 'string',
      description: 'Variation id that a rule predicts; may be repeated',
      valueHint: 'rule=id',
    },
    variants: { type: 'string', description: 'JSON file of flag key to { key, value, payload }', valueHint: 'file' },
    expect: {
      type: 'string',
      description:
        'Events that must have arrived, such as "purchase>=2", "sale=0", "impression/checkout"; may be repeated',
      valueHint: 'event',
    },
    port: {
      type: 'string',
      default: '4010',
      description: 'TCP port; with a command a free one unless given',
      valueHint: 'number',
    },
    ...DATAFILE_ARGS,
  },
  lists: ['datafile', 'segments', 'predict', 'expect'],
  examples: [
    'sortition emulate --datafile shop=datafile.json',
    'sortition emulate --folder public --segments ada=vip,beta',
    'sortition emulate --datafile shop=datafile.json --expect "purchase>=1" --expect impression/checkout -- npm test',
  ],
  findings: 'an expectation does not hold, or the command behind -- failed',
  async run(call) {
    const expectations = call.list('expect').map(readExpectation);
    const lab = await startLab(call);
    let endPublishing: (() => void) | undefined;
    try {
      const folder = call.text('folder');
      if (folder !== undefined) endPublishing = publishFolder(folder, (key, text) => lab.datafiles.publish(key, text));
      await publishDatafiles(call, lab);
      const events: CollectedEvent[] = [];
      lab.events.subscribe((event) => events.push(event));
      const failure = await work(call, lab);
      return report(call, expectations, events, failure);
    } finally {
      endPublishing?.();
      await lab.close();
    }
  },
};

/** Waits until the command ends or the program receives a stop signal. Returns why the command failed. */
async function work(call: Call, { url }: LabServer): Promise<string | undefined> {
  const [program, ...args] = call.rest;
  if (program === undefined) {
    const stop = stopped();
    print(call.isSet('json') ? JSON.stringify({ url }) : `Listening on ${url}`);
    await stop;
    return undefined;
  }
  const env = { ...process.env, SORTITION_EMULATOR_URL: url, SORTITION_DATAFILE_URL: `${url}/datafiles/%s.json` };
  const child = spawn(program, args, { stdio: ['inherit', call.isSet('json') ? 2 : 'inherit', 'inherit'], env });
  forwardSignals(child);
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new CommandError(`The command "${program}" cannot be run: ${reasonOf(error)}.`)),
    );
    child.once('exit', (code, signal) =>
      resolve(code === 0 ? undefined : `The command "${program}" ended with ${signal ?? `exit code ${code}`}.`),
    );
  });
}

function report(
  call: Call,
  expectations: readonly Expectation[],
  events: readonly CollectedEvent[],
  failure: string | undefined,
): ExitCode {
  const checked = expectations.map(({ text, matches, holds }) => {
    const found = events.filter(matches).length;
    return { expected: text, found, ok: holds(found) };
  });
  const failed = checked.filter(({ ok }) => !ok);
  if (call.isSet('json') && call.rest.length > 0) printJson({ failure: failure ?? null, expectations: checked });
  else {
    if (failure !== undefined) tell(failure);
    for (const { expected, found } of failed) tell(`Expected the event "${expected}"; ${found} of it arrived.`);
    if (expectations.length > 0 && failed.length === 0)
      tell(`${expectations.length} of ${expectations.length} expectations hold.`);
  }
  return failure === undefined && failed.length === 0 ? EXIT_CODE.clean : EXIT_CODE.findings;
}

async function startLab(call: Call): Promise<LabServer> {
  const hasCommand = call.rest.length > 0;
  const port = hasCommand && !call.isSet('port') ? 0 : call.number('port', { least: 0, most: 65_535 });
  const segments = Object.fromEntries(
    readPairs(call, 'segments').map(([user, names]) => [user, names.split(',').filter(Boolean)]),
  );
  const predictions = new Map(readPairs(call, 'predict'));
  const variants = readVariants(call.text('variants'));
  const { createLabServer } = await import('@sortition/emulator');
  try {
    return await createLabServer({
      port,
      odp: { segments },
      predict: ({ ruleId }) => predictions.get(ruleId),
      vardata: { decide: () => variants },
      extend(app, services) {
        const events: CollectedEvent[] = [];
        services.events.subscribe((event) => events.push(event));
        app.get('/__events', (context) =>
          context.json(events.map((event) => ({ ...event, attributes: Object.fromEntries(event.attributes) }))),
        );
      },
    });
  } catch (error) {
    throw new CommandError(reasonOf(error));
  }
}

async function publishDatafiles(call: Call, lab: LabServer): Promise<void> {
  for (const text of call.list('datafile')) {
    const at = text.indexOf('=');
    const { text: datafile, config } = await readDatafile(text.slice(at + 1), call.text('datafile-url'));
    lab.datafiles.publish(at < 0 ? config.sdkKey || 'default' : text.slice(0, at), datafile);
  }
}

function readPairs(call: Call, option: string): readonly (readonly [string, string])[] {
  return call.list(option).map((text) => {
    const at = text.indexOf('=');
    if (at <= 0) throw new CommandError(`--${option} is "${text}"; expected two parts with "=" between them.`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
}

function readVariants(path: string | undefined): Readonly<Record<string, WireVariant>> {
  if (path === undefined) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isRecord(value)) throw new Error('it is not an object of flag key to variant');
    return value as Record<string, WireVariant>;
  } catch (error) {
    throw new CommandError(`The file of variants, ${path}, cannot be used: ${reasonOf(error)}.`);
  }
}
