/**
 * Commands as data, and the parser of their arguments.
 *
 * citty's definitions describe the arguments and give the help text; parsing is strict, unlike citty's: an unknown
 * option, or an option without its value, is an error.
 */
import { parseArgs } from 'node:util';
import type { ArgsDef } from 'citty';
import { CommandError, reasonOf } from './command-error.ts';
import type { ExitCode } from './exit-code.ts';

/** A command of the program. */
export interface Command {
  readonly name: string;
  /** One sentence for the list of commands. */
  readonly summary: string;
  readonly args: ArgsDef;
  /** Names of options that may be repeated. */
  readonly lists?: readonly string[];
  /** Whether the last positional argument of `args` may be repeated. */
  readonly isVariadic?: boolean;
  readonly examples: readonly string[];
  /** The meaning of exit code 1 for this command, as a part of a sentence. */
  readonly findings: string;
  run(call: Call): Promise<ExitCode>;
}

/** The arguments of one call. */
export interface Call {
  readonly positionals: readonly string[];
  /** The arguments after `--`. */
  readonly rest: readonly string[];
  isSet(option: string): boolean;
  /** Value of an option, or its default; `undefined` when it has neither. */
  text(option: string): string | undefined;
  /** Value of a required option. @throws CommandError */
  required(option: string): string;
  list(option: string): readonly string[];
  /** A whole number within bounds. @throws CommandError */
  number(option: string, bounds: { readonly least: number; readonly most: number }): number;
  /** One of several words. @throws CommandError */
  choice<T extends string>(option: string, words: readonly T[]): T;
}

/** Options that every command has. */
export const COMMON_ARGS: ArgsDef = {
  json: { type: 'boolean', description: 'Write the result as JSON' },
  help: { type: 'boolean', alias: 'h', description: 'Show this help' },
};

/**
 * Reads the arguments of a command.
 *
 * @throws CommandError for unknown options, missing values, and positional arguments that are missing or too many
 */
export function readCall(command: Command, argv: readonly string[]): Call {
  const args: ArgsDef = { ...command.args, ...COMMON_ARGS };
  const named = Object.entries(args).filter(([, { type }]) => type !== 'positional');
  const positional = Object.entries(args).filter(([, { type }]) => type === 'positional');
  const lists = command.lists ?? [];
  const end = argv.indexOf('--');
  const before = end < 0 ? argv : argv.slice(0, end);
  const options = Object.fromEntries(
    named.map(([name, arg]) => {
      const [short] = [(arg as { alias?: string | string[] }).alias ?? []].flat();
      return [
        name,
        {
          type: arg.type === 'boolean' ? ('boolean' as const) : ('string' as const),
          multiple: lists.includes(name),
          ...(short !== undefined && { short }),
        },
      ];
    }),
  );
  const { values, positionals } = parse(command, before, options);
  const required = positional.filter(([, { required: needed }]) => needed !== false);
  if (positionals.length < required.length) {
    const missing = required.slice(positionals.length).map(([name]) => `<${name}>`);
    throw new CommandError(
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing; run "sortition ${command.name} --help" for how it is used.`,
    );
  }
  if (positionals.length > positional.length && command.isVariadic !== true) {
    throw new CommandError(
      `"${positionals[positional.length]}" is one argument too many; run "sortition ${command.name} --help" for how it is used.`,
    );
  }
  const text = (option: string): string | undefined => {
    const value = values[option];
    if (typeof value === 'string') return value;
    const preset = args[option]?.default;
    return preset === undefined ? undefined : String(preset);
  };
  return {
    positionals,
    rest: end < 0 ? [] : argv.slice(end + 1),
    isSet: (option) => values[option] === true || typeof values[option] === 'string',
    text,
    required(option) {
      const value = text(option);
      if (value === undefined)
        throw new CommandError(`--${option} is missing; run "sortition ${command.name} --help" for how it is used.`);
      return value;
    },
    list(option) {
      const value = values[option];
      return Array.isArray(value) ? value.map(String) : [];
    },
    number(option, { least, most }) {
      const value = Number(text(option));
      if (!Number.isInteger(value) || value < least || value > most)
        throw new CommandError(`--${option} is "${text(option)}"; expected a whole number from ${least} to ${most}.`);
      return value;
    },
    choice(option, words) {
      const value = words.find((word) => word === text(option));
      if (value === undefined)
        throw new CommandError(`--${option} is "${text(option)}"; expected one of ${words.join(', ')}.`);
      return value;
    },
  };
}

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

function parse(command: Command, argv: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    const text = reasonOf(error);
    const [, dashed] = /use '(--[\w-]+)=-XYZ'/.exec(text) ?? [];
    if (dashed !== undefined)
      throw new CommandError(`${dashed} has no value; write ${dashed}=… for a value that begins with a dash.`);
    // Node adds advice about positional arguments after the first sentence.
    const [reason = ''] = text.split('. ');
    throw new CommandError(
      `${reason.replace(/\.$/, '')}; run "sortition ${command.name} --help" for the options there are.`,
    );
  }
}
