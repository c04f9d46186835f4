/** Caches and stores that an application may provide; `operation` says whether they are synchronous. */

type OpType = 'sync' | 'async';
type OpValue<Op extends OpType, Value> = Op extends 'sync' ? Value : Promise<Value>;

interface OpCache<Op extends OpType, Value> {
  operation: Op;
  save(key: string, value: Value): OpValue<Op, unknown>;
  lookup(key: string): OpValue<Op, Value | undefined>;
  reset(): OpValue<Op, unknown>;
}

interface OpCacheWithRemove<Op extends OpType, Value> extends OpCache<Op, Value> {
  remove(key: string): OpValue<Op, unknown>;
}

interface OpStore<Op extends OpType, Value> {
  operation: Op;
  set(key: string, value: Value): OpValue<Op, unknown>;
  get(key: string): OpValue<Op, Value | undefined>;
  remove(key: string): OpValue<Op, unknown>;
  getKeys(): OpValue<Op, string[]>;
}

/** A synchronous cache. */
export type SyncCache<Value> = OpCache<'sync', Value>;
/** An asynchronous cache: its methods return promises. */
export type AsyncCache<Value> = OpCache<'async', Value>;
/** A cache of either kind. */
export type Cache<Value> = SyncCache<Value> | AsyncCache<Value>;
/** A synchronous cache that can remove one entry. */
export type SyncCacheWithRemove<Value> = OpCacheWithRemove<'sync', Value>;
/** An asynchronous cache that can remove one entry. */
export type AsyncCacheWithRemove<Value> = OpCacheWithRemove<'async', Value>;
/** A cache of either kind that can remove one entry. */
export type CacheWithRemove<Value> = SyncCacheWithRemove<Value> | AsyncCacheWithRemove<Value>;
/** A synchronous store. */
export type SyncStore<Value> = OpStore<'sync', Value>;
/** An asynchronous store: its methods return promises. */
export type AsyncStore<Value> = OpStore<'async', Value>;
/** A store of either kind. */
export type Store<Value> = SyncStore<Value> | AsyncStore<Value>;
