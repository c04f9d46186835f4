/** A config source that reads a datafile on disk, and again whenever it changes. */
import { readFile, stat } from 'node:fs/promises';
import { parseDatafile } from '@sortition/datafile';
import { type ConfigSource, isSdkError, type Problem } from 'sortition';

/** A config source for a file, with the text in use. */
export interface FileConfig extends ConfigSource {
  /** The datafile that was last accepted. */
  text(): string | null;
  refresh(): Promise<boolean>;
}

/** How often the file is checked; file watching misses files that are replaced on network drives. */
const CHECK_MS = 1_000;

/**
 * Creates the source. A file that cannot be read or is not a datafile is a problem, and the last good one stays in use.
 *
 * @param path Path of the datafile.
 */
export function createFileConfig(path: string): FileConfig {
  const listeners = new Set<Parameters<ConfigSource['subscribe']>[0]>();
  let installed: { text: string; parsed: ReturnType<typeof parseDatafile> } | null = null;
  let seen = '';
  let failure = '';
  let timer: ReturnType<typeof setInterval> | undefined;
  let reading: Promise<boolean> | undefined;

  const tell = (problem: Problem): void => {
    for (const listener of [...listeners]) listener({ type: 'problem', problem });
  };
  const read = async (): Promise<boolean> => {
    try {
      const { mtimeMs, size } = await stat(path);
      const version = `${mtimeMs}-${size}`;
      if (version === seen) return false;
      const text = await readFile(path, 'utf8');
      seen = version;
      if (text === installed?.text) return false;
      installed = { text, parsed: parseDatafile(text) };
      failure = '';
      for (const listener of [...listeners]) listener({ type: 'config', ...installed.parsed });
      return true;
    } catch (error) {
      const message = describe(path, error);
      // A failure that repeats every second is reported once.
      if (message !== failure) tell({ code: 'datafile-unreadable', part: 'config', message, cause: error });
      failure = message;
      return false;
    }
  };
  const refresh = (): Promise<boolean> => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  return {
    current: () => installed?.parsed.config ?? null,
    problems: () => installed?.parsed.problems ?? [],
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) {
        void refresh();
        timer = setInterval(refresh, CHECK_MS);
        timer.unref();
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
    refresh,
    text: () => installed?.text ?? null,
    close: () => clearInterval(timer),
  };
}

function describe(path: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  const kind = isSdkError(error) ? 'is not a datafile' : 'cannot be read';
  return `The file ${path} ${kind}: ${reason}`;
}
