/** Texts from a path, or from standard input. */
import { readFile } from 'node:fs/promises';
import { CommandError, reasonOf } from './command-error.ts';

/**
 * Reads text from a file or standard input.
 *
 * @param source A path, or `-` for standard input.
 * @param what The kind of input, for messages: `file`, `log`.
 * @throws CommandError
 */
export async function readSource(source: string, what: string): Promise<string> {
  if (source === '-') return readInput();
  try {
    return await readFile(source, 'utf8');
  } catch (error) {
    throw new CommandError(`The ${what} ${source} cannot be read: ${reasonOf(error)}.`);
  }
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
