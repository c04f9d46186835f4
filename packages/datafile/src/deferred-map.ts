/** A map whose values are read when they are first needed. */

/** Values that are read as `undefined` are not in the map. Iterating, or reading `size`, reads all values. */
export class DeferredMap<Unread, T> extends Map<string, T> {
  /** Finds the unread entries, in order; `undefined` after the first call, or when all were read. */
  #find: (() => ReadonlyMap<string, Unread>) | undefined;
  #unread: ReadonlyMap<string, Unread> | undefined;
  readonly #read: (unread: Unread) => T | undefined;
  readonly #isKept: boolean;

  /**
   * @param find Called when an entry is first needed.
   * @param keeping `kept-by-reader`: the reader keeps its results, so they are not also kept here until all are read.
   */
  constructor(
    find: () => ReadonlyMap<string, Unread>,
    read: (unread: Unread) => T | undefined,
    keeping?: 'kept-by-reader',
  ) {
    super();
    this.#find = find;
    this.#read = read;
    this.#isKept = keeping !== undefined;
  }

  override get(key: string): T | undefined {
    const known = super.get(key);
    const unread = known === undefined ? this.#entries()?.get(key) : undefined;
    if (unread === undefined) return known;
    const value = this.#read(unread);
    if (value !== undefined && !this.#isKept) this.set(key, value);
    return value;
  }

  override has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  override get size(): number {
    this.#readAll();
    return super.size;
  }

  override keys(): MapIterator<string> {
    this.#readAll();
    return super.keys();
  }

  override values(): MapIterator<T> {
    this.#readAll();
    return super.values();
  }

  override entries(): MapIterator<[string, T]> {
    this.#readAll();
    return super.entries();
  }

  override [Symbol.iterator](): MapIterator<[string, T]> {
    return this.entries();
  }

  override forEach(visit: (value: T, key: string, map: Map<string, T>) => void, self?: unknown): void {
    this.#readAll();
    super.forEach(visit, self);
  }

  #entries(): ReadonlyMap<string, Unread> | undefined {
    if (this.#find) this.#unread = this.#find();
    this.#find = undefined;
    return this.#unread;
  }

  #readAll(): void {
    const unread = this.#entries();
    if (unread === undefined) return;
    const all = [...unread.keys()].map((key) => [key, this.get(key)] as const);
    this.#unread = undefined;
    this.clear();
    for (const [key, value] of all) if (value !== undefined) this.set(key, value);
  }
}
