/** Runs the command that the arguments name, and returns its exit code. Commands are loaded on demand. */
import { readFileSync } from 'node:fs';
import type { Command } from './command.ts';
import { CommandError, reasonOf } from './command-error.ts';
import { EXIT_CODE, type ExitCode } from './exit-code.ts';
import { print, tell } from './terminal.ts';

interface CommandEntry {
  readonly summary: string;
  load(): Promise<Command>;
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  check: {
    summary: 'Reports what is wrong with datafiles, with place, reason and hint',
    load: async () => (await import('./commands/check.ts')).checkCommand,
  },
  types: {
    summary: 'Writes TypeScript types of flags, events and attributes',
    load: async () => (await import('./commands/types.ts')).typesCommand,
  },
  diff: {
    summary: 'Compares two datafiles by meaning: what breaks callers, which users move, and why',
    load: async () => (await import('./commands/diff.ts')).diffCommand,
  },
  build: {
    summary: 'Builds a datafile from flags as code, or the code of a datafile',
    load: async () => (await import('./commands/build.ts')).buildCommand,
  },
  usage: {
    summary: 'Lists where code uses flags and events: unknown, unused, stale',
    load: async () => (await import('./commands/usage.ts')).usageCommand,
  },
  explain: {
    summary: 'Says step by step how a flag is decided for a user',
    load: async () => (await import('./commands/explain.ts')).explainCommand,
  },
  simulate: {
    summary: 'Decides for many users: the observed split beside the configured one',
    load: async () => (await import('./commands/simulate.ts')).simulateCommand,
  },
  serve: {
    summary: 'Serves decisions over HTTP, from a datafile that reloads when it changes',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  emulate: {
    summary: 'Runs the hosted services here, for tests and CI, and checks what arrived',
    load: async () => (await import('./commands/emulate.ts')).emulateCommand,
  },
  'find-user': {
    summary: 'Finds ids of users who land in a variation',
    load: async () => (await import('./commands/find-user.ts')).findUserCommand,
  },
  'shadow-report': {
    summary: 'Groups the differences of a shadow and says what to do about them',
    load: async () => (await import('./commands/shadow-report.ts')).shadowReportCommand,
  },
};

/** Runs the program. Never throws: on an error it writes a sentence to standard error and returns exit code 2. */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = argv;
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      if (name === 'help' && rest[0] !== undefined) return await runCommand(rest[0], ['--help']);
      const { formatOverview } = await import('./help.ts');
      (name === undefined ? tell : print)(formatOverview(COMMANDS, readVersion()));
      return name === undefined ? EXIT_CODE.unusable : EXIT_CODE.clean;
    }
    if (name === '--version' || name === '-v') {
      print(readVersion());
      return EXIT_CODE.clean;
    }
    return await runCommand(name, rest);
  } catch (error) {
    const isExpected = error instanceof CommandError || process.env.SORTITION_DEBUG === undefined;
    tell(`sortition: ${isExpected ? reasonOf(error) : error instanceof Error ? error.stack : String(error)}`);
    return EXIT_CODE.unusable;
  }
}

async function runCommand(name: string, argv: readonly string[]): Promise<ExitCode> {
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) {
    const { closestName } = await import('@sortition/core/internal');
    const close = closestName(name, Object.keys(COMMANDS));
    throw new CommandError(
      `"${name}" is not a command; ${close === undefined ? '' : `did you mean "${close}"? `}"sortition --help" lists the commands.`,
    );
  }
  const command = await entry.load();
  const end = argv.indexOf('--');
  if ((end < 0 ? argv : argv.slice(0, end)).some((argument) => argument === '--help' || argument === '-h')) {
    const { formatHelp } = await import('./help.ts');
    print(await formatHelp(command));
    return EXIT_CODE.clean;
  }
  const { readCall } = await import('./command.ts');
  return command.run(readCall(command, argv));
}

function readVersion(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
