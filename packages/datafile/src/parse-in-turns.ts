/** Parses a large datafile without holding up what else the process does. */
import { type DatafileCheck, type ParsedDatafile, parseDocument } from './parse-document.ts';
import { readJsonObject } from './read-json.ts';
import { nextTurn, runInTurns } from './steps.ts';

/**
 * `parseDatafile` of a text over several turns of the event loop: the longest block is that of `JSON.parse`. Rejects with
 * `invalid-datafile`.
 */
export async function parseInTurns(text: string, check?: DatafileCheck): Promise<ParsedDatafile> {
  await nextTurn();
  const document = readJsonObject(text);
  await nextTurn();
  return runInTurns(parseDocument(document, check));
}
