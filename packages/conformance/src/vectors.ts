/** The vectors: data in files beside this package, one area each or a part of one. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HERE } from './package-folder.ts';
import type { Area, ClientInput, Inputs } from './protocol.ts';

/** One row: an input and what has to come out. */
export interface VectorRow<A extends Area = Area> {
  /** Stays the same as long as the row is about the same thing. */
  readonly id: string;
  readonly input: Inputs[A];
  readonly expected: unknown;
  /** The differing results of the official SDK: only the members of `expected` that differ, also in nested records. */
  readonly official?: unknown;
  /** Why it does: ids of the table in the README of the vectors. */
  readonly deviations?: readonly string[];
}

/** Rows that share a datafile and a client. */
export interface VectorGroup<A extends Area = Area> {
  readonly id: string;
  /** The property that these rows test, in words, if they test one. */
  readonly property?: string;
  readonly datafile?: object;
  readonly client?: ClientInput;
  readonly rows: readonly VectorRow<A>[];
}

/** A file of vectors. */
export interface VectorFile<A extends Area = Area> {
  readonly format: 1;
  readonly area: A;
  readonly about: string;
  /** The implementation that each row was agreed with. */
  readonly reference: string;
  readonly groups: readonly VectorGroup<A>[];
}

/** Beside the bundle in the published package; at the root of the repository for its sources. */
const FOLDERS = [join(HERE, 'vectors'), join(HERE, '../../../conformance')];

/**
 * Reads all vectors, file by file in the order of their names.
 *
 * @param folder Where they are; those of this package by default.
 * Rejects when the folder has no vectors or a file is not JSON.
 */
export async function loadVectors(folder?: string): Promise<readonly VectorFile[]> {
  const { path, names } = await findFiles(folder === undefined ? FOLDERS : [folder]);
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(`${path}/${name}`, 'utf8')) as VectorFile));
}

async function findFiles(folders: readonly string[]): Promise<{ path: string; names: readonly string[] }> {
  for (const path of folders) {
    const names = (await readdir(path).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
    if (names.length > 0) return { path, names };
  }
  throw new Error(`No vectors (*.json) are in ${folders.join(' or ')}; expected the folder conformance of Sortition.`);
}
