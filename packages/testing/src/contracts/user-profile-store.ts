/**
 * What a profile store must do so that users keep their variations: lose no assignment, with any number of writers
 * at the same time, and tell every writer what is stored.
 *
 * A store that reads a document, changes it and writes it back passes every test but those with two writers at a time.
 */
import type { NewAssignments, UserProfile, UserProfileStore, Winners } from '@sortition/core';
import { describe, expect } from 'vitest';
import { newName, ODD_NAMES } from './made-up-names.ts';
import { createTestWith } from './test-with.ts';

/** A store, and controls for it. */
export interface ProfileStoreUnderTest {
  readonly store: UserProfileStore;
  /** Creates a second store over the same data, as another process would. */
  readonly sibling?: (() => UserProfileStore | Promise<UserProfileStore>) | undefined;
  /** Called after each test. */
  readonly close?: (() => unknown) | undefined;
}

/** Called for each test. The data may be shared, because every test uses new user ids. */
export type CreateProfileStore = () => ProfileStoreUnderTest | Promise<ProfileStoreUnderTest>;

/** Experiment id to variation id. */
type Assignments = Readonly<Record<string, string>>;

const WRITERS = 20;

/**
 * Describes the suite for one store.
 *
 * @param name Names the store in the titles.
 * @example
 * describeUserProfileStore('our SQL store', () => ({ store: createSqlProfileStore(pool) }));
 */
export function describeUserProfileStore(name: string, create: CreateProfileStore): void {
  const title = `${name} as a profile store`;
  const test = createTestWith(create, (under) => under.close?.());

  describe(title, () => {
    test('knows nothing of a user it has not seen', async ({ store }) => {
      expect((await store.lookup?.(newName())) ?? null).toBeNull();
    });

    test('answers what was stored in the documented format', async ({ store }) => {
      const userId = newName();
      await put(store, userId, { e1: 'v1' });
      expect(await store.lookup?.(userId)).toEqual(profileOf(userId, { e1: 'v1' }));
    });

    test('keeps what was stored before', async ({ store }) => {
      const userId = newName();
      await put(store, userId, { e1: 'v1' });
      await put(store, userId, { e2: 'v2', e3: 'v3' });
      expect(await read(store, userId)).toEqual({ e1: 'v1', e2: 'v2', e3: 'v3' });
    });

    test('keeps users apart, whatever their ids look like', async ({ store }) => {
      const prefix = newName();
      const long = 'x'.repeat(1_000);
      const userIds = [...ODD_NAMES, 'A', 'a', long, `${long}y`].map((id) => prefix + id);
      for (const [index, userId] of userIds.entries()) await put(store, userId, { e1: `v${index}` });
      for (const [index, userId] of userIds.entries()) expect(await read(store, userId)).toEqual({ e1: `v${index}` });
    });

    test('takes "constructor" for an ordinary experiment id', async ({ store }) => {
      const userId = newName();
      await put(store, userId, { constructor: 'v1', toString: 'v2' });
      expect(await read(store, userId)).toEqual({ constructor: 'v1', toString: 'v2' });
    });

    test('hands out profiles that are the reader’s own', async ({ store }) => {
      const userId = newName();
      await put(store, userId, { e1: 'v1' });
      const profile = (await store.lookup?.(userId)) as UserProfile;
      profile.experiment_bucket_map = { e2: { variation_id: 'changed by the reader' } };
      expect(await read(store, userId)).toEqual({ e1: 'v1' });
    });

    test('holds a thousand assignments of one user', async ({ store }) => {
      const userId = newName();
      const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`e${index}`, `v${index}`]));
      await put(store, userId, many);
      expect(await read(store, userId)).toEqual(many);
    });

    test('answers as "sync" says', async ({ store }) => {
      if (store.sync === undefined) return;
      expect(store.lookup?.(newName()) instanceof Promise).toBe(!store.sync);
    });

    test('loses nothing of what many write at the same time', async ({ store, sibling }) => {
      const userId = newName();
      const stores = [store, (await sibling?.()) ?? store];
      const writers = Array.from({ length: WRITERS }, (_, index) => [`e${index}`, `v${index}`] as const);
      await Promise.all(
        writers.map(async ([id, variationId], index) => put(stores[index % 2] ?? store, userId, { [id]: variationId })),
      );
      expect(await read(store, userId)).toEqual(Object.fromEntries(writers));
    });

    test('lets the first writer of an experiment win and tells the others', async ({ store }) => {
      const userId = newName();
      expect(await assign(store, userId, { e1: { variationId: 'v1' } })).toEqual({ e1: 'v1' });
      const winners = await assign(store, userId, { e1: { variationId: 'v2' }, e2: { variationId: 'v2' } });
      expect(winners).toEqual({ e1: 'v1', e2: 'v2' });
      expect(await read(store, userId)).toEqual({ e1: 'v1', e2: 'v2' });
    });

    test('tells many writers of one experiment the same, which is what is stored', async ({ store, sibling }) => {
      const userId = newName();
      const stores = [store, (await sibling?.()) ?? store];
      const told = await Promise.all(
        Array.from({ length: WRITERS }, async (_, index) =>
          assign(stores[index % 2] ?? store, userId, { e1: { variationId: `v${index}` } }),
        ),
      );
      const { e1 } = await read(store, userId);
      expect(e1).toMatch(/^v\d+$/);
      expect(told).toEqual(told.map(() => ({ e1 })));
    });

    test('replaces an assignment only for a writer who names it', async ({ store }) => {
      const userId = newName();
      await assign(store, userId, { e1: { variationId: 'gone' } });
      const misled = await assign(store, userId, { e1: { variationId: 'v2', replaces: 'other' } });
      expect(misled).toEqual({ e1: 'gone' });
      const right = await assign(store, userId, { e1: { variationId: 'v2', replaces: 'gone' } });
      expect(right).toEqual({ e1: 'v2' });
      expect(await assign(store, userId, { e1: { variationId: 'v3', replaces: 'gone' } })).toEqual({ e1: 'v2' });
      expect(await read(store, userId)).toEqual({ e1: 'v2' });
    });

    test('stores an assignment that was to replace one that is not there', async ({ store }) => {
      const userId = newName();
      expect(await assign(store, userId, { e1: { variationId: 'v1', replaces: 'gone' } })).toEqual({ e1: 'v1' });
      expect(await read(store, userId)).toEqual({ e1: 'v1' });
    });

    test('erases a user with all assignments, for every reader and no other user', async ({ store, sibling }) => {
      if (store.remove === undefined) return;
      const [userId, other] = [newName(), newName()];
      await put(store, userId, { e1: 'v1', e2: 'v2' });
      await put(store, other, { e1: 'v1' });
      await store.remove(userId);
      for (const reader of [store, (await sibling?.()) ?? store]) {
        expect((await reader.lookup?.(userId)) ?? null).toBeNull();
        expect(await read(reader, other)).toEqual({ e1: 'v1' });
      }
    });

    test('erases a user it has not seen, and stores one who was erased again', async ({ store }) => {
      if (store.remove === undefined) return;
      const userId = newName();
      await store.remove(userId);
      await put(store, userId, { e1: 'v1' });
      await store.remove(userId);
      await put(store, userId, { e1: 'v2' });
      expect(await read(store, userId)).toEqual({ e1: 'v2' });
    });

    test('shows to others what one has written', async ({ store, sibling }) => {
      const other = await sibling?.();
      if (other === undefined) return;
      const userId = newName();
      await put(store, userId, { e1: 'v1' });
      expect(await read(other, userId)).toEqual({ e1: 'v1' });
    });
  });
}

/** Stores as the client does: with `assign` if the store has it, otherwise by merging the profile that was read. */
async function put(store: UserProfileStore, userId: string, assignments: Assignments): Promise<void> {
  if (store.assign) {
    const wanted = Object.entries(assignments).map(([id, variationId]) => [id, { variationId }] as const);
    await store.assign(userId, Object.fromEntries(wanted));
    return;
  }
  const known = await store.lookup?.(userId);
  const added = profileOf(userId, assignments).experiment_bucket_map;
  await store.save?.({ user_id: userId, experiment_bucket_map: { ...known?.experiment_bucket_map, ...added } });
}

async function assign(store: UserProfileStore, userId: string, assignments: NewAssignments): Promise<Winners> {
  if (store.assign === undefined) throw new Error('The store has no "assign": it cannot tell a writer who was first.');
  return store.assign(userId, assignments);
}

async function read(store: UserProfileStore, userId: string): Promise<Assignments> {
  const entries = Object.entries((await store.lookup?.(userId))?.experiment_bucket_map ?? {});
  return Object.fromEntries(entries.map(([id, { variation_id }]) => [id, variation_id]));
}

function profileOf(userId: string, assignments: Assignments): UserProfile {
  const entries = Object.entries(assignments).map(([id, variation_id]) => [id, { variation_id }] as const);
  return { user_id: userId, experiment_bucket_map: Object.fromEntries(entries) };
}
