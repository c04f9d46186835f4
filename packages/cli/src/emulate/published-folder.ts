/** Datafiles of a folder, published under their names and again when they change. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-error.ts';

/** How often the folder is looked at; watching would miss files that are replaced on network drives. */
const CHECK_MS = 500;

/**
 * Publishes `<sdk key>.json` of a folder now and whenever one changes; returns what ends it.
 *
 * @throws CommandError without such a folder
 */
export function publishFolder(folder: string, publish: (sdkKey: string, text: string) => void): () => void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CommandError(`There is no folder "${folder}"; expected one with <sdk key>.json files.`);
  const seen = new Map<string, string>();
  const look = (): void => {
    for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.json'))) {
      const text = readText(join(folder, name));
      if (text === undefined || seen.get(name) === text) continue;
      seen.set(name, text);
      publish(name.slice(0, -'.json'.length), text);
    }
  };
  look();
  const timer = setInterval(look, CHECK_MS);
  return () => clearInterval(timer);
}

/** A file may be gone, or half written, between two looks. */
function readText(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}
