/**
 * The datafile the lab serves, and its changes: each one is checked as a client would read it, gets the next revision
 * and is published, or is refused with the reason.
 */
import { parseDatafile } from '@sortition/datafile';
import type { DatafileCdn } from '@sortition/emulator';
import type { ShopDatafile } from '@sortition/emulator/shop-datafile';
import { isSdkError } from 'sortition';

/** The lab's SDK key, and its deployment key. */
export const LAB_KEY = 'lab';

/** Reads and changes the published datafile. */
export interface ShopCatalog {
  /** The version published last; not to be changed. */
  current(): ShopDatafile;
  /**
   * Publishes what `edit` made of a copy, under the next revision.
   *
   * @param edit Changes the copy in place, or answers why it cannot.
   */
  change(edit: (draft: ShopDatafile) => EditRefusal | undefined): Promise<Published | EditRefusal>;
  /** Publishes the original under the next revision. */
  reset(): Promise<Published>;
}

/** A change that was made. */
export interface Published {
  readonly revision: string;
}

/** Why a change was not made. */
export interface EditRefusal {
  readonly status: 400 | 404;
  readonly error: string;
}

/**
 * Publishes `original` and answers for it from then on.
 *
 * @param record Told each version, the first included, after it was published.
 */
export async function createShopCatalog(
  cdn: DatafileCdn,
  original: ShopDatafile,
  record: (version: ShopDatafile) => Promise<void>,
): Promise<ShopCatalog> {
  let current = original;

  async function publish(document: ShopDatafile): Promise<Published> {
    current = document;
    cdn.publish(LAB_KEY, document);
    await record(document);
    return { revision: document.revision };
  }

  const publishNext = (document: ShopDatafile) =>
    publish({ ...document, revision: String(Number(current.revision) + 1) });

  await publish(original);
  return {
    current: () => current,
    async change(edit) {
      const draft = structuredClone(current);
      const refusal = edit(draft) ?? findNewProblem(current, draft);
      return refusal ?? publishNext(draft);
    },
    reset: () => publishNext(original),
  };
}

/** What a client would complain about in `after` that it did not in `before`. */
function findNewProblem(before: ShopDatafile, after: ShopDatafile): EditRefusal | undefined {
  try {
    const known = new Set(parseDatafile(before).problems.map(({ message }) => message));
    const problem = parseDatafile(after).problems.find(({ message }) => !known.has(message));
    return problem && { status: 400, error: problem.message };
  } catch (error) {
    if (!isSdkError(error)) throw error;
    return { status: 400, error: error.message };
  }
}
