/** Loads the modules of flags of a folder. They are TypeScript, which Node 20 cannot run, so jiti loads them. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Assertion, Definition } from '@sortition/authoring';
import { createJiti } from 'jiti';
import { CommandError, reasonOf } from '../command-error.ts';
import { isRecord } from '../json-value.ts';
import { isTestFile, listFlagFiles } from './flag-files.ts';

/** What the modules export. */
export interface LoadedFolder {
  readonly definitions: readonly Definition[];
  /** The assertions, each with the name of its export and file. */
  readonly assertions: readonly { readonly name: string; readonly assertion: Assertion }[];
}

/**
 * Loads the definitions of a folder. @throws CommandError for a module that fails, and for a folder without definitions
 */
export async function loadDefinitions(folder: string): Promise<LoadedFolder> {
  const files = listFlagFiles(folder);
  if (files.length === 0)
    throw new CommandError(`The folder "${folder}" has no flags; expected files that are called *.flags.ts.`);
  // Definitions are plain data, so the authoring package of this program works for a folder that has none installed.
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    moduleCache: true,
    alias: { '@sortition/authoring': fileURLToPath(import.meta.resolve('@sortition/authoring')) },
  });
  const definitions = new Set<Definition>();
  const assertions: { name: string; assertion: Assertion }[] = [];
  const seen = new Set<unknown>();
  for (const file of files) {
    for (const [name, value] of inSourceOrder(file, await load(jiti, file))) {
      for (const entry of Array.isArray(value) ? value : [value]) {
        if (!isRecord(entry) || typeof entry.kind !== 'string' || seen.has(entry)) continue;
        seen.add(entry);
        if (entry.kind === 'assertion') assertions.push({ name: `${name} in ${file}`, assertion: entry as never });
        else if (!isTestFile(file)) definitions.add(entry as never);
      }
    }
  }
  return { definitions: [...definitions], assertions };
}

/** A module object does not keep the order of its exports, so the order comes from the source text. */
function inSourceOrder(file: string, exports: Record<string, unknown>): readonly (readonly [string, unknown])[] {
  const source = readFileSync(file, 'utf8');
  const placeOf = (name: string): number => {
    const place = source.search(new RegExp(`\\bexport\\b[^;=]*\\b${name}\\b`));
    return place < 0 ? source.length : place;
  };
  return Object.entries(exports)
    .map(([name, value]) => ({ name, value, place: placeOf(name) }))
    .sort((a, b) => a.place - b.place || (a.name < b.name ? -1 : 1))
    .map(({ name, value }) => [name, value] as const);
}

async function load(jiti: ReturnType<typeof createJiti>, file: string): Promise<Record<string, unknown>> {
  try {
    return await jiti.import<Record<string, unknown>>(resolve(file));
  } catch (error) {
    throw new CommandError(`The file ${file} cannot be loaded: ${reasonOf(error)}`);
  }
}
