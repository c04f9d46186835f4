/**
 * Leases: who owns which folder of a shared event store.
 *
 * Each owner has a folder of its own, named after it, with a lease file whose time it renews. Taking over is one rename to a
 * name of the new owner: it succeeds for exactly one of those who try.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, futimesSync, lstatSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { checkPrivateDirectory, openRegularFile, usePrivateDirectory } from './private-files.ts';

const LEASE_FILE = 'lease';
const FOLDER_NAME = /^([0-9a-f]{8})-(\d+)-[0-9a-f]{12}$/;

/** A name for a new folder of this process. */
function newName(): string {
  return `${machine()}-${process.pid}-${randomBytes(6).toString('hex')}`;
}

/** Creates a folder that is owned from its first moment on. Returns its path. */
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

/** Renews the lease of a folder; `false` when it was taken over. */
export function renewLease(folder: string): boolean {
  try {
    touch(openRegularFile(join(folder, LEASE_FILE), 'read'));
    return true;
  } catch {
    return false; // a folder without its lease is no longer ours, for any reason
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

/** Gives a folder up, so that others need not wait. */
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
      // The lease is young before the name is ours, so that no other process takes it from us in between.
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
    return []; // a directory that is not there yet holds nothing
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
    process.kill(pid, 0); // signal 0 asks whether the process exists and does nothing to it
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Where process ids mean the same: this host, and on Linux this namespace of process ids. */
function machine(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    namespace = process.platform; // only Linux has namespaces to tell apart
  }
  return createHash('sha256').update(`${hostname()} ${namespace}`).digest('hex').slice(0, 8);
}
