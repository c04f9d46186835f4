/** Parses a large datafile without holding up what else the process does. */
import { type ParsedDatafile, parseDocument } from './parse-datafile.ts';
import { readJsonObject } from './read-json.ts';

/**
 * `parseDatafile` of a text in two turns of the event loop, so that the longest block is the longer of `JSON.parse` and
 * the building of the config. Rejects with `invalid-datafile`.
 */
export async function parseInTurns(text: string): Promise<ParsedDatafile> {
  await nextTurn();
  const document = readJsonObject(text);
  await nextTurn();
  return parseDocument(document);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
