/**
 * Leases: who owns which folder of a shared event store.
 *
 * Each owner has a folder of its own, named after it, with a lease file whose time it renews. Taking over is one rename to a
 * name of the new owner: it succeeds for exactly one of those who try.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

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
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  writeFileSync(join(draft, LEASE_FILE), '', { mode: 0o600 });
  const folder = join(directory, name);
  renameSync(draft, folder);
  return folder;
}

/** Renews the lease of a folder; `false` when it was taken over. */
export function renewLease(folder: string): boolean {
  try {
    const now = new Date();
    utimesSync(join(folder, LEASE_FILE), now, now);
    return true;
  } catch {
    return false; // a folder without its lease is no longer ours, whatever the reason
  }
}

/** Gives a folder up, so that others need not wait. */
export function endLease(folder: string): void {
  rmSync(join(folder, LEASE_FILE), { force: true });
}

/** Takes over one folder whose owner is gone. Returns its new path, `null` when there is none. */
export function takeOrphan(directory: string, leaseMs: number): string | null {
  for (const name of listFolders(directory)) {
    const from = join(directory, name);
    if (!isOrphan(from, name, leaseMs)) continue;
    const to = join(directory, newName());
    try {
      // The lease is young before the name is ours, so that nobody takes it from us in between.
      writeFileSync(join(from, LEASE_FILE), '', { mode: 0o600 });
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
    return []; // a directory nobody has created yet holds nothing
  }
}

function isOrphan(folder: string, name: string, leaseMs: number): boolean {
  const [, owner, pid] = FOLDER_NAME.exec(name) ?? [];
  if (owner === machine() && !isAlive(Number(pid))) return true;
  try {
    return Date.now() - statSync(join(folder, LEASE_FILE)).mtimeMs > leaseMs;
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
