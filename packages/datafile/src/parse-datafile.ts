/** Parses a datafile into a project config. */
import { datafileCheck } from './datafile-check.ts';
import { type ParsedDatafile, parseWith } from './parse-document.ts';

/**
 * Parses a datafile of version 2, 3 or 4.
 *
 * A broken entity is skipped and listed in `problems`. The caller's object is copied, never kept or changed.
 *
 * @param datafile JSON text, its bytes in UTF-8 (`Buffer`, `Uint8Array`, `ArrayBuffer`), or the parsed object.
 * @throws SdkError `invalid-datafile` when the document is not a datafile.
 */
export function parseDatafile(datafile: string | object): ParsedDatafile {
  return parseWith(datafile, datafileCheck);
}
