/** `POST /v1/lookup` and `POST /v1/save`: stored assignments. */
import type { UserProfileStore } from 'sortition';
import type { JsonObject } from '../guards/json-body.ts';
import { RequestError } from '../request-error.ts';
import type { ProjectOptions } from '../server-options.ts';
import { readRecord, readUserId } from './user-request.ts';

/** Experiment id to the assigned variation, in the wire format. */
type BucketMap = Readonly<Record<string, { readonly variation_id: string }>>;

/** Returns a user's assignments; empty when nothing is stored. @throws RequestError 400, 500 */
export async function lookupProfile(
  project: ProjectOptions,
  body: JsonObject,
): Promise<{ readonly userId: string; readonly experimentBucketMap: BucketMap }> {
  const userId = readUserId(body);
  const { lookup } = storeOf(project);
  if (lookup === undefined) throw new RequestError(500, 'The profile store of this project cannot be read.');
  const profile = await withStore(async () => lookup.call(project.profiles, userId));
  return { userId, experimentBucketMap: profile?.experiment_bucket_map ?? {} };
}

/** Stores assignments, with `assign` if the store has it, so that concurrent requests do not overwrite each other. */
export async function saveProfile(project: ProjectOptions, body: JsonObject): Promise<void> {
  const userId = readUserId(body);
  const entries = Object.entries(readRecord(body.experimentBucketMap, 'experimentBucketMap')).map(
    ([experimentId, entry]): [string, string] => {
      const { variation_id: variationId } = readRecord(entry, `experimentBucketMap.${experimentId}`);
      if (typeof variationId !== 'string' || variationId === '') {
        throw new RequestError(400, `"experimentBucketMap.${experimentId}.variation_id" is not a text.`);
      }
      return [experimentId, variationId];
    },
  );
  const store = storeOf(project);
  if (store.save === undefined && store.assign === undefined) {
    throw new RequestError(500, 'The profile store of this project cannot be written.');
  }
  await withStore(async () => {
    const stored = (await store.lookup?.(userId))?.experiment_bucket_map ?? {};
    if (store.assign) {
      const assignments = entries.map(([id, variationId]) => {
        const replaces = stored[id]?.variation_id;
        return [id, { variationId, ...(replaces !== undefined && { replaces }) }] as const;
      });
      await store.assign(userId, Object.fromEntries(assignments));
      return;
    }
    const merged = { ...stored };
    for (const [id, variationId] of entries) merged[id] = { variation_id: variationId };
    await store.save?.({ user_id: userId, experiment_bucket_map: merged });
  });
}

function storeOf({ profiles }: ProjectOptions): UserProfileStore {
  if (profiles === undefined) throw new RequestError(500, 'This project has no profile store.');
  return profiles;
}

async function withStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof RequestError ? error : new RequestError(500, 'The profile store failed.');
  }
}
