/**
 * Leases: which process owns which folder of a shared event store.
 *
 * Each process has its own folder with a lease file whose time it renews. A folder is taken over by renaming it to a
 * name of the new owner, which succeeds for exactly one process.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, futimesSync, lstatSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { checkPrivateDirectory, openRegularFile, usePrivateDirectory } from './private-files.ts';

const LEASE_FILE = 'lease';
const FOLDER_NAME = /^([0-9a-f]{8})-(\d+)-[0-9a-f]{12}$/;

/** Returns a name for a new folder of this process. */
function newName(): string {
  return `${machine()}-${process.pid}-${randomBytes(6).toString('hex')}`;
}

/** Creates a folder that this process owns from the start. Returns its path. */
export function createOwnedFolder(directory: string): string {
  const name = newName();
  const draft = join(directory, `.${name}`);
  usePrivateDirectory(directory);
  mkdirSync(draft, { mode: 0o700 });
  closeSync(openRegularFile(join(draft, LEASE_FILE), 'create'));
  const folder = join(directory, name);
  renameSync(draft, folder);
  return folder;
}

/** Renews the lease of a folder; returns `false` when it was taken over. */
export function renewLease(folder: string): boolean {
  try {
    touch(openRegularFile(join(folder, LEASE_FILE), 'read'));
    return true;
  } catch {
    return false; // a folder without the lease file does not belong to this process any more
  }
}

/** Sets the time of an open file to now, and closes it. */
function touch(file: number): void {
  const now = new Date();
  try {
    futimesSync(file, now, now);
  } finally {
    closeSync(file);
  }
}

/** Gives up a folder, so that other processes do not have to wait. */
export function endLease(folder: string): void {
  rmSync(join(folder, LEASE_FILE), { force: true });
}

/** Takes over one folder whose owner is gone. Returns its new path; `null` when no such folder exists. */
export function takeOrphan(directory: string, leaseMs: number): string | null {
  if (listFolders(directory).length === 0) return null;
  checkPrivateDirectory(directory);
  for (const name of listFolders(directory)) {
    const from = join(directory, name);
    if (!isOrphan(from, name, leaseMs)) continue;
    const to = join(directory, newName());
    try {
      checkPrivateDirectory(from);
      // The lease is renewed before the rename, so that no other process takes the folder in between.
      touch(openRegularFile(join(from, LEASE_FILE), 'append'));
      renameSync(from, to);
      return to;
    } catch {
      // Another process was faster: the next folder may still be free.
    }
  }
  return null;
}

function listFolders(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => FOLDER_NAME.test(name));
  } catch {
    return []; // a directory that does not exist yet is empty
  }
}

function isOrphan(folder: string, name: string, leaseMs: number): boolean {
  const [, owner, pid] = FOLDER_NAME.exec(name) ?? [];
  if (owner === machine() && !isAlive(Number(pid))) return true;
  try {
    return Date.now() - lstatSync(join(folder, LEASE_FILE)).mtimeMs > leaseMs;
  } catch {
    return true; // given up by its owner
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // signal 0 only checks whether the process exists
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** The scope in which process ids can be compared: this host, and on Linux its namespace of process ids. */
function machine(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    namespace = process.platform; // only Linux has namespaces of process ids
  }
  return createHash('sha256').update(`${hostname()} ${namespace}`).digest('hex').slice(0, 8);
}
