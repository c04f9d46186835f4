/** Users from a file: CSV with a header, or JSON. */
import { readFile } from 'node:fs/promises';
import type { Attributes } from 'sortition';
import { CommandError, reasonOf } from '../command-error.ts';
import { isRecord } from '../json-value.ts';
import { readValue } from '../user-input.ts';
import type { SimulatedUser } from './simulated-users.ts';

/** Names of the column with the user id, in the order in which they are looked for. */
const ID_COLUMNS = ['userId', 'user_id', 'id', 'user'];

/**
 * Reads users. In CSV the header names attributes, one column is the user id, an empty cell is an absent attribute, and
 * values are read as those of `--attribute`. In JSON it is a list of `{ userId, attributes?, segments? }`.
 *
 * @throws CommandError
 */
export async function readUsers(path: string): Promise<readonly SimulatedUser[]> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw new CommandError(`The file of users, ${path}, cannot be read: ${reasonOf(error)}.`);
  });
  const users = /^\s*\[/.test(text) ? readJson(path, text) : await readCsv(path, text);
  if (users.length === 0) throw new CommandError(`The file of users, ${path}, has no users; expected a row for each.`);
  return users;
}

async function readCsv(path: string, text: string): Promise<readonly SimulatedUser[]> {
  const { parse } = await import('csv-parse/sync');
  let rows: string[][];
  try {
    rows = parse(text, { bom: true, skip_empty_lines: true });
  } catch (error) {
    throw new CommandError(`The file of users, ${path}, is not valid CSV: ${reasonOf(error)}.`);
  }
  const [header = [], ...body] = rows;
  const idColumn = header.findIndex((name) => ID_COLUMNS.includes(name));
  if (idColumn < 0)
    throw new CommandError(
      `The file of users, ${path}, has no column of ids; expected a header with ${ID_COLUMNS.map((name) => `"${name}"`).join(' or ')}.`,
    );
  return body.map((row) => {
    const attributes: Attributes = {};
    for (const [column, cell] of row.entries()) {
      const name = header[column];
      if (column !== idColumn && name !== undefined && cell !== '') attributes[name] = readValue(cell);
    }
    return { userId: row[idColumn] ?? '', attributes, segments: undefined };
  });
}

function readJson(path: string, text: string): readonly SimulatedUser[] {
  const expected = 'expected a list of { userId, attributes?, segments? }';
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`The file of users, ${path}, is not valid JSON: ${reasonOf(error)}; ${expected}.`);
  }
  return (list as unknown[]).map((entry, index) => {
    if (!isRecord(entry) || typeof entry.userId !== 'string')
      throw new CommandError(`Entry ${index} of the file of users, ${path}, is not a user; ${expected}.`);
    const { userId, attributes, segments } = entry;
    return {
      userId,
      attributes: isRecord(attributes) ? (attributes as Attributes) : {},
      segments: Array.isArray(segments) ? segments.map(String) : undefined,
    };
  });
}
