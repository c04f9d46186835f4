/** Parses a large datafile without blocking the process. */
import { type DatafileCheck, type ParsedDatafile, parseDocument } from './parse-document.ts';
import { readJsonObject } from './read-json.ts';
import { nextTurn, runInTurns } from './steps.ts';

/**
 * Parses a text like `parseDatafile`, over several turns of the event loop; `JSON.parse` is the longest block. Rejects
 * with `invalid-datafile`.
 */
export async function parseInTurns(text: string, check?: DatafileCheck): Promise<ParsedDatafile> {
  await nextTurn();
  const document = readJsonObject(text);
  await nextTurn();
  return runInTurns(parseDocument(document, check));
}
