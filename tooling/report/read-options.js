/**
 * The command line of a command of this workspace. `--help` says what the command takes, and what it does not take is refused,
 * before any work begins.
 */
import { parseArgs } from 'node:util';
import { requireProgram } from './programs.js';

/**
 * @typedef {object} Option as `parseArgs` takes it, and what `--help` says about it
 * @property {'boolean' | 'string'} type
 * @property {string} text
 * @property {string} [takes] What the value of a `string` is; a `number` has to be one, 0 or more.
 * @property {boolean} [multiple] Whether it may be given several times.
 * @property {string | boolean | string[]} [default]
 */

/**
 * Prints and ends the process for `--help`, and for anything that the command does not take.
 *
 * @template {Record<string, Option>} [Options={}]
 * @param {object} command
 * @param {string} command.usage How it is called, such as `pnpm fuzz [target ...]`.
 * @param {string} command.text What it does.
 * @param {Options} [command.options]
 * @param {boolean | readonly string[]} [command.positionals] Whether it takes any, or those that it takes.
 * @param {readonly string[]} [command.needs] Programs that have to be on PATH.
 * @param {readonly string[]} [args]
 * @returns {ReturnType<typeof parseArgs<{ allowPositionals: true, options: Options }>>}
 */
export function readOptions(
  { usage, text, options, positionals: taken = false, needs = [] },
  args = process.argv.slice(2),
) {
  const known = /** @type {Options} */ (options ?? {});
  const help = formatHelp(usage, text, known);
  let isUnderstood = false;
  try {
    const { values, positionals } = /** @type {{ values: any, positionals: string[] }} */ (
      parseArgs({
        // `pnpm fuzz -- --seed 1` passes the dashes on.
        args: args.filter((arg) => arg !== '--'),
        allowPositionals: taken !== false,
        options: { ...known, help: { type: 'boolean' } },
      })
    );
    if (values.help) {
      console.log(help);
      process.exit(0);
    }
    for (const [name, { takes }] of Object.entries(known)) {
      const value = values[name];
      if (takes === 'number' && value !== undefined && !/^\d+(\.\d+)?$/.test(value))
        throw new Error(`--${name} is "${value}"; expected a number, 0 or more`);
    }
    const unknown = Array.isArray(taken) ? positionals.find((value) => !taken.includes(value)) : undefined;
    if (unknown !== undefined)
      throw new Error(`"${unknown}" is not known; expected ${/** @type {string[]} */ (taken).join(', ')}`);
    isUnderstood = true;
    for (const program of needs) requireProgram(program);
    return { values, positionals };
  } catch (error) {
    // Node's advice to use `--` would not help, because it is removed above.
    const reason =
      error instanceof Error ? error.message.replace(/\. To specify a positional argument .*/s, '.') : String(error);
    return refuse(isUnderstood ? reason : `${reason}\n\n${help}`);
  }
}

/**
 * Ends the process because of what the command line asks for.
 *
 * @param {string} reason
 * @returns {never}
 */
export function refuse(reason) {
  console.error(reason);
  process.exit(2);
}

/**
 * @param {string} usage
 * @param {string} text
 * @param {Record<string, Option>} options
 */
function formatHelp(usage, text, options) {
  const rows = Object.entries(options).map(([name, { takes, multiple, text, default: standard }]) => ({
    option: `  --${name}${takes === undefined ? '' : ` <${takes}>`}${multiple ? ' ...' : ''}`,
    text: typeof standard === 'string' && standard !== '' ? `${text} (${standard})` : text,
  }));
  const width = Math.max(...rows.map(({ option }) => option.length));
  return [
    `Usage: ${usage}${rows.length > 0 ? ' [options]' : ''}\n\n${text}`,
    ...(rows.length > 0 ? [''] : []),
    ...rows.map(({ option, text }) => `${option.padEnd(width)}  ${text}`),
  ].join('\n');
}
