/** Where datafiles come from: a path, `-` for standard input, or an SDK key. */
import { existsSync } from 'node:fs';
import type { ProjectConfig } from '@sortition/core';
import { CommandError, reasonOf } from './command-error.ts';
import { readSource } from './read-source.ts';

/** The text of a datafile and its source. */
export interface FoundDatafile {
  /** For messages: the path, `standard input`, or the masked SDK key. */
  readonly name: string;
  /** The path, when it is a file. */
  readonly path: string | undefined;
  readonly text: string;
}

/** A datafile with its parsed content. */
export interface ReadDatafile extends FoundDatafile {
  readonly config: ProjectConfig;
  /** The document as written in the datafile. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** Options of every command that takes a datafile. */
export const DATAFILE_ARGS = {
  'datafile-url': {
    type: 'string',
    description: 'Address of datafiles, with %s for the SDK key; also SORTITION_DATAFILE_URL',
    valueHint: 'url',
  },
} as const;

const HOSTED_URL = 'https://cdn.optimizely.com/datafiles/%s.json';
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 2 ** 20;
/** SDK keys have no dots and no slashes, which file names nearly always have. */
const SDK_KEY = /^[A-Za-z0-9_-]{8,128}$/;

/**
 * Finds a datafile. A file takes precedence over an SDK key of the same name.
 *
 * @throws CommandError when it cannot be read or fetched
 */
export async function findDatafile(source: string, urlTemplate?: string): Promise<FoundDatafile> {
  if (source === '-') return { name: 'standard input', path: undefined, text: await readSource(source, 'file') };
  if (existsSync(source)) return { name: source, path: source, text: await readSource(source, 'file') };
  if (SDK_KEY.test(source)) return fetchByKey(source, urlTemplate ?? process.env.SORTITION_DATAFILE_URL ?? HOSTED_URL);
  throw new CommandError(`There is no file "${source}", and it is not an SDK key; give a path, "-" or an SDK key.`);
}

/**
 * Finds a datafile and reads it as the client does.
 *
 * @throws CommandError when it cannot be read, or is not a datafile
 */
export async function readDatafile(source: string, urlTemplate?: string): Promise<ReadDatafile> {
  return parseFound(await findDatafile(source, urlTemplate));
}

/** @throws CommandError when the text is not a datafile */
export async function parseFound(found: FoundDatafile): Promise<ReadDatafile> {
  const { parseDatafile } = await import('./parse-datafile.ts');
  try {
    const { config } = parseDatafile(found.text);
    return { ...found, config, document: JSON.parse(found.text) };
  } catch (error) {
    throw new CommandError(`${found.name} is not a datafile: ${reasonOf(error)}`);
  }
}

async function fetchByKey(sdkKey: string, urlTemplate: string): Promise<FoundDatafile> {
  const { maskSecret, request } = await import('@sortition/http');
  const name = `the datafile of SDK key ${maskSecret(sdkKey)}`;
  if (!urlTemplate.includes('%s'))
    throw new CommandError(`The address of datafiles, "${urlTemplate}", has no %s; put it where the SDK key goes.`);
  const url = urlTemplate.replace('%s', encodeURIComponent(sdkKey));
  try {
    const { status, text } = await request({
      url,
      headers: {},
      secrets: [sdkKey],
      maxBytes: MAX_BYTES,
      timeoutMs: TIMEOUT_MS,
    });
    if (status === 200) return { name, path: undefined, text };
    throw new Error(`the server answered ${status}`);
  } catch (error) {
    throw new CommandError(
      `There is no file of that name, and ${name} cannot be fetched: ${reasonOf(error).replace(/\.$/, '')}; check the key and the connection.`,
    );
  }
}
