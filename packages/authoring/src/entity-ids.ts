/** Ids of entities: those of the previous datafile, and for new entities an id derived from kind and key. */
import { murmur3 } from '@sortition/core';
import type { PreviousDatafile } from './previous-datafile.ts';

/** Returns the id of an entity; the same for the same kind and key. */
export type EntityIds = (kind: string, key: string) => string;

/** Creates the ids of one build. */
export function createEntityIds(previous: PreviousDatafile): EntityIds {
  const made = new Map<string, string>();
  const used = new Set(previous.ids);
  return (kind, key) => {
    const name = `${kind} ${key}`;
    const known = previous.id(kind, key) ?? made.get(name);
    if (known !== undefined) return known;
    // Digits, as in the service's own datafiles. A collision takes the next free number, and the datafile keeps it.
    let number = murmur3(name);
    while (used.has(String(number))) number += 1;
    const id = String(number);
    used.add(id);
    made.set(name, id);
    return id;
  };
}
