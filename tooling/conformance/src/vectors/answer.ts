/** Questions to rows: each is answered by both implementations, which have to agree but for the deviations. */
import {
  type Area,
  createOfficialAdapter,
  createSortitionAdapter,
  findDifference,
  type Inputs,
  normalizeOutput,
  type Outputs,
  type VectorGroup,
  type VectorRow,
} from '@sortition/conformance';
import type { DEVIATIONS } from '../deviation-table.ts';
import type { Questions } from './areas.ts';

type DeviationId = (typeof DEVIATIONS)[number]['id'];

const ours = createSortitionAdapter();
const official = createOfficialAdapter();

/** Answers the questions of an area. Rejects when the two differ and no deviation explains it. */
export async function answer<A extends Area>(
  area: A,
  { id, inputs, ...about }: Questions<Inputs[A]>,
  property?: string,
): Promise<VectorGroup<A>> {
  const request = { area, ...about, inputs };
  const [expected, seen] = [await ours.run(request), await official.run(request)];
  const rows = inputs.map((input, index): VectorRow<A> => {
    const rowId = `${id}.${index + 1}`;
    const mine = read(area, expected.outputs[index], rowId);
    const theirs = read(area, seen.outputs[index], rowId);
    const difference = findDifference(mine, theirs);
    if (difference === null) return { id: rowId, input, expected: mine };
    const deviations = explain(area, mine, theirs);
    if (deviations.length === 0) {
      throw new Error(`${rowId} differs at ${difference.path}: ${JSON.stringify({ input, difference })}`);
    }
    return { id: rowId, input, expected: mine, official: patchFor(mine, theirs), deviations };
  });
  return { id, ...(property !== undefined && { property }), ...about, rows };
}

function read(area: Area, output: unknown, rowId: string): unknown {
  const { error } = output as { error?: string };
  if (error !== undefined) throw new Error(`${rowId}: ${error}`);
  return JSON.parse(JSON.stringify(normalizeOutput(area, output)));
}

/** The deviations that show in reasons; nothing else of a decision may differ. */
const IN_REASONS: readonly (readonly [DeviationId, RegExp])[] = [
  ['D3', /^User [\s\S]* is in variation [\s\S]* of holdout /],
  ['D4', /^Assigned bucket /],
  ['D15', /^Variable value for key "[\s\S]*" is invalid or wrong type\.$/],
];

function explain(area: Area, mine: unknown, theirs: unknown): readonly DeviationId[] {
  if (area !== 'decisions') return [];
  const found = new Set<DeviationId>();
  const strip = (output: unknown) => {
    const { decisions, saved } = output as Outputs['decisions'];
    const stripped = Object.entries(decisions).map(([key, { reasons, ...decision }]) => {
      const kept = reasons.filter((text) => !IN_REASONS.some(([, pattern]) => pattern.test(text)));
      return [key, { ...decision, reasons: kept }];
    });
    return { decisions: Object.fromEntries(stripped), saved };
  };
  if (findDifference(strip(mine), strip(theirs)) !== null) return [];
  for (const [key, { reasons }] of Object.entries((mine as Outputs['decisions']).decisions)) {
    const other = new Set((theirs as Outputs['decisions']).decisions[key]?.reasons);
    for (const text of reasons.filter((each) => !other.has(each))) {
      for (const [id, pattern] of IN_REASONS) if (pattern.test(text)) found.add(id);
    }
  }
  return [...found].sort();
}

/** What differs alone: a record with the members that are something else, or the other value as a whole. */
function patchFor(from: unknown, to: unknown): unknown {
  const areRecords = [from, to].every((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
  if (!areRecords) return to;
  const known = from as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(to as object)
      .filter(([key, value]) => findDifference(known[key], value) !== null)
      .map(([key, value]) => [key, patchFor(known[key], value)]),
  );
}
