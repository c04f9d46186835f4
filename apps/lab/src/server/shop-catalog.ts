/**
 * The datafile the lab serves, and its changes: each one says which revision it started from, is checked as those who write a
 * datafile need it, gets the next revision, is kept and then published, or is refused with the reason.
 */
import { checkDatafile } from '@sortition/datafile';
import type { DatafileCdn } from '@sortition/emulator';
import type { ShopDatafile } from '@sortition/emulator/shop-datafile';
import { isSdkError } from 'sortition';
import type { Conflict, VersionRow } from '../api/history.ts';
import type { ConfigurationStore } from './configuration-store.ts';
import { compareDatafiles } from './difference.ts';

/** The lab's SDK key, and its deployment key. */
export const LAB_KEY = 'lab';

/** Reads and changes the published datafile. */
export interface ShopCatalog {
  /** The version published last; not to be changed. */
  current(): ShopDatafile;
  /** The sample shop, as a reset publishes it. */
  original(): ShopDatafile;
  /**
   * Publishes what `edit` made of a copy, under the next revision.
   *
   * @param base The revision the change started from; another one in effect is a conflict.
   * @param edit Changes the copy in place and answers what it did, in words, or why it cannot.
   */
  change(
    base: string | undefined,
    edit: (draft: ShopDatafile) => string | EditRefusal,
  ): Promise<Published | EditRefusal>;
  /** The same for a whole document, whose problems are answered and stop nothing but what is no datafile. */
  replace(base: string | undefined, document: ShopDatafile, summary: string): Promise<Published | EditRefusal>;
}

/** A change that was made. */
export interface Published {
  readonly revision: string;
  /** What is wrong with a document that was taken over as a whole; absent when there is nothing. */
  readonly problems?: readonly string[];
}

/** Why a change was not made. */
export interface EditRefusal {
  readonly status: 400 | 404 | 409 | 428;
  readonly error: string;
  /** More to look at, such as the difference of a conflict. */
  readonly details?: object;
}

/** What a catalog stands on. */
export interface CatalogParts {
  readonly cdn: DatafileCdn;
  readonly store: ConfigurationStore;
  /** The sample shop. */
  readonly original: ShopDatafile;
  /** Told each version before it is published. */
  readonly record: (version: ShopDatafile, publishedAt: number) => Promise<void>;
}

/** Publishes the version kept last, or the original in a new folder, and answers for it from then on. */
export async function createShopCatalog({ cdn, store, original, record }: CatalogParts): Promise<ShopCatalog> {
  let current = original;
  let work: Promise<unknown> = Promise.resolve();

  async function publish(document: ShopDatafile, summary: string): Promise<Published> {
    const version: VersionRow = { revision: document.revision, publishedAt: Date.now(), summary };
    await store.save(version, document);
    await record(document, version.publishedAt);
    current = document;
    cdn.publish(LAB_KEY, document);
    return { revision: document.revision };
  }

  const publishNext = (document: ShopDatafile, summary: string) =>
    publish({ ...document, revision: String(Number(current.revision) + 1) }, summary);

  /** One change after another: each is judged by what the one before left. */
  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = work.then(task);
    work = result.catch(() => undefined);
    return result;
  }

  async function conflictWith(base: string | undefined): Promise<EditRefusal | undefined> {
    if (base === current.revision) return undefined;
    const { revision } = current;
    if (base === undefined) {
      const error = `the header "if-match" is missing; expected the revision that the change started from, which is ${revision} now`;
      return { status: 428, error };
    }
    const started = await store.read(base);
    const differences = started === undefined ? null : compareDatafiles(started, current);
    const error = `revision ${base} is not in effect any more; ${revision} is. Look at the difference and try again`;
    return { status: 409, error, details: { revision, differences } satisfies Omit<Conflict, 'error'> };
  }

  const kept = await store.newest();
  if (kept === undefined) await publish(original, 'Started with the sample shop');
  else {
    const restarted = { ...kept, integrations: withOdpHost(kept, original) };
    current = kept;
    if (JSON.stringify(restarted) === JSON.stringify(kept)) cdn.publish(LAB_KEY, kept);
    else await publishNext(restarted, 'Started on another port');
  }

  return {
    current: () => current,
    original: () => original,
    change: (base, edit) =>
      inTurn(async () => {
        const conflict = await conflictWith(base);
        if (conflict !== undefined) return conflict;
        const draft = structuredClone(current);
        const outcome = edit(draft);
        if (typeof outcome !== 'string') return outcome;
        return findNewProblem(current, draft) ?? publishNext(draft, outcome);
      }),
    replace: (base, document, summary) =>
      inTurn(async () => {
        const conflict = await conflictWith(base);
        if (conflict !== undefined) return conflict;
        const problems = problemsOf(document);
        if (!Array.isArray(problems)) return problems as EditRefusal;
        const published = await publishNext(document, summary);
        return problems.length === 0 ? published : { ...published, problems };
      }),
  };
}

/** A datafile that names this lab as its ODP host names it where it is now. */
function withOdpHost(document: ShopDatafile, original: ShopDatafile): ShopDatafile['integrations'] {
  const [ours] = original.integrations as readonly { key?: string; publicKey?: string }[];
  return document.integrations.map((integration) => {
    const { key, publicKey } = integration as { key?: string; publicKey?: string };
    return ours !== undefined && key === ours.key && publicKey === ours.publicKey ? ours : integration;
  });
}

function problemsOf(document: object): readonly string[] | EditRefusal {
  try {
    return checkDatafile(document).map(({ message }) => message);
  } catch (error) {
    if (!isSdkError(error)) throw error;
    return { status: 400, error: error.message };
  }
}

/** What is wrong with `after` that was not with `before`. */
function findNewProblem(before: object, after: object): EditRefusal | undefined {
  const problems = problemsOf(after);
  if (!Array.isArray(problems)) return problems as EditRefusal;
  if (problems.length === 0) return undefined;
  const known = new Set(problemsOf(before) as readonly string[]);
  const error = problems.find((message) => !known.has(message));
  return error === undefined ? undefined : { status: 400, error };
}
