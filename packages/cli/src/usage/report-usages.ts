/** Usages beside a datafile: what is used but unknown, known but unused, and used although it serves everyone the same. */
import type { ProjectConfig } from '@sortition/core';
import { closestName } from '@sortition/core/internal';
import type { Level } from '../check/finding.ts';
import { soleVariation } from '../check/launched-flags.ts';
import type { Place, Usage } from './find-usages.ts';

/** What the code and the datafile disagree about. */
export interface UsageFinding {
  readonly code: 'unknown-flag' | 'unknown-event' | 'stale-flag' | 'unused-flag' | 'unused-event' | 'dynamic-key';
  readonly level: Level;
  /** `null` for a key that is known only when the code runs. */
  readonly key: string | null;
  readonly message: string;
  /** Empty when it is not used. */
  readonly places: readonly Place[];
}

/** A key with all its places. */
export interface UsedKey {
  readonly kind: 'flag' | 'event';
  readonly key: string;
  readonly places: readonly Place[];
}

/** Everything about usages. */
export interface UsageReport {
  readonly used: readonly UsedKey[];
  readonly findings: readonly UsageFinding[];
}

/** Compares usages with a datafile. */
export function reportUsages(usages: readonly Usage[], config: ProjectConfig): UsageReport {
  const used = groupByKey(usages);
  const dynamic = usages.filter(({ key }) => key === null);
  const keysOf = (kind: 'flag' | 'event') => new Set(used.filter((entry) => entry.kind === kind).map(({ key }) => key));
  const known = { flag: [...config.flags.keys()], event: [...config.events.keys()] };
  const perhaps = dynamic.length === 0 ? '' : ', unless a key that is known only at run time names it';
  const findings: UsageFinding[] = [
    ...used.flatMap(({ kind, key, places }): UsageFinding[] => {
      if (known[kind].includes(key)) return [];
      const close = closestName(key, known[kind]);
      const advice = close === undefined ? '' : `; did you mean "${close}"?`;
      return [
        {
          code: `unknown-${kind}`,
          level: 'error',
          key,
          message: `The datafile has no ${kind} "${key}"${advice || '.'}`,
          places,
        },
      ];
    }),
    ...used.flatMap(({ kind, key, places }): UsageFinding[] => {
      const variationKey = kind === 'flag' ? soleVariation(config, key) : undefined;
      if (variationKey === undefined) return [];
      const message = `The flag "${key}" serves "${variationKey}" to every user; keep that in the code and take the flag out.`;
      return [{ code: 'stale-flag', level: 'info', key, message, places }];
    }),
    ...(['flag', 'event'] as const).flatMap((kind) =>
      known[kind]
        .filter((key) => !keysOf(kind).has(key))
        .map(
          (key): UsageFinding => ({
            code: `unused-${kind}`,
            level: 'warning',
            key,
            message: `The ${kind} "${key}" is not used${perhaps}.`,
            places: [],
          }),
        ),
    ),
    ...dynamic.map(
      ({ kind, key, ...place }): UsageFinding => ({
        code: 'dynamic-key',
        level: 'info',
        key,
        message: `The key of this ${kind} is known only when the code runs.`,
        places: [place],
      }),
    ),
  ];
  return { used, findings };
}

function groupByKey(usages: readonly Usage[]): readonly UsedKey[] {
  const found = new Map<string, { kind: 'flag' | 'event'; key: string; places: Place[] }>();
  for (const { kind, key, ...place } of usages) {
    if (key === null) continue;
    const name = `${kind} ${key}`;
    const entry = found.get(name) ?? { kind, key, places: [] };
    entry.places.push(place);
    found.set(name, entry);
  }
  return [...found.values()].sort((a, b) => (a.kind === b.kind ? (a.key < b.key ? -1 : 1) : a.kind < b.kind ? 1 : -1));
}
