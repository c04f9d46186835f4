/** Runs the vectors against an implementation and counts. */
import { type Difference, findDifference } from './compare.ts';
import { normalizeOutput } from './normalize-requests.ts';
import { AREAS, type Area, type ImplementationInfo, PROTOCOL, type RowsAnswer, type RowsRequest } from './protocol.ts';
import type { VectorFile, VectorGroup, VectorRow } from './vectors.ts';

/** An implementation under test. */
export interface Implementation {
  info(): Promise<ImplementationInfo>;
  run(request: RowsRequest): Promise<RowsAnswer>;
}

/** Options of a run. */
export interface RunOptions {
  readonly vectors: readonly VectorFile[];
  /** All areas by default. */
  readonly areas?: readonly Area[];
  /** Called after each group. */
  readonly onProgress?: (done: number, total: number) => void;
  /** How many rows that failed are kept with their difference. Default 20. */
  readonly keptFailures?: number;
  /** Ends the run at this many failed rows. Default: never. */
  readonly stopAfter?: number;
}

/** The counts of one area. */
export interface AreaResult {
  readonly area: Area;
  /** Rows that were tried. */
  rows: number;
  /** Outputs equal to the expected output. */
  passed: number;
  /** Outputs equal to the output of the official SDK, where a deviation is listed. */
  asOfficial: number;
  failed: number;
  /** Rows that the implementation does not support. */
  unsupported: number;
}

/** A row whose output was not as expected. */
export interface Failure {
  readonly id: string;
  readonly area: Area;
  readonly property: string | null;
  readonly difference: Difference;
}

/** The result of a run. */
export interface ConformanceResult {
  readonly implementation: ImplementationInfo;
  readonly areas: readonly AreaResult[];
  readonly failures: readonly Failure[];
  /** Properties, in words, for which a row failed. */
  readonly brokenProperties: readonly string[];
  /** Whether every supported row has an output, and none failed. */
  readonly ok: boolean;
}

/** Inputs per request: small enough for any server, large enough for the round trip not to count. */
const ROWS_PER_REQUEST = 200;

/** Runs all vectors of the areas. Rejects when the implementation cannot be reached. */
export async function runConformance(
  implementation: Implementation,
  { vectors, areas = AREAS, onProgress, keptFailures = 20, stopAfter = Infinity }: RunOptions,
): Promise<ConformanceResult> {
  const info = await implementation.info();
  if (info.protocol !== PROTOCOL) {
    throw new Error(`The adapter speaks protocol ${JSON.stringify(info.protocol)}; expected ${PROTOCOL}.`);
  }
  const results = new Map(areas.map((area) => [area, createResult(area)]));
  const failures: Failure[] = [];
  const broken = new Set<string>();
  const parts = vectors.flatMap((file) =>
    results.has(file.area) ? file.groups.flatMap((group) => splitGroup(file.area, group)) : [],
  );
  const total = parts.reduce((sum, { rows }) => sum + rows.length, 0);
  let done = 0;
  let failed = 0;
  for (const part of parts) {
    const result = results.get(part.area) as AreaResult;
    for (const [row, difference] of await runPart(implementation, info, part)) {
      result.rows += 1;
      if (difference === 'unsupported') result.unsupported += 1;
      else if (difference === 'passed') result.passed += 1;
      else if (difference === 'as official') result.asOfficial += 1;
      else {
        result.failed += 1;
        failed += 1;
        if (part.property !== null) broken.add(part.property);
        if (failures.length < keptFailures) {
          failures.push({ id: row.id, area: part.area, property: part.property, difference });
        }
      }
    }
    done += part.rows.length;
    onProgress?.(done, total);
    if (failed >= stopAfter) break;
  }
  return {
    implementation: info,
    areas: [...results.values()],
    failures,
    brokenProperties: [...broken],
    ok: failed === 0 && [...results.values()].some(({ passed, asOfficial }) => passed + asOfficial > 0),
  };
}

interface Part extends Omit<RowsRequest, 'inputs'> {
  /** `null` for rows that are about none. */
  readonly property: string | null;
  readonly rows: readonly VectorRow[];
}

function splitGroup(area: Area, { property, datafile, client, rows }: VectorGroup): Part[] {
  const parts: Part[] = [];
  for (let from = 0; from < rows.length; from += ROWS_PER_REQUEST) {
    parts.push({
      area,
      property: property ?? null,
      ...(datafile && { datafile }),
      ...(client && { client }),
      rows: rows.slice(from, from + ROWS_PER_REQUEST),
    });
  }
  return parts;
}

type Verdict = 'passed' | 'as official' | 'unsupported' | Difference;

async function runPart(
  implementation: Implementation,
  info: ImplementationInfo,
  { rows, property: _, ...request }: Part,
): Promise<readonly (readonly [VectorRow, Verdict])[]> {
  if (!info.areas.includes(request.area)) return rows.map((row) => [row, 'unsupported'] as const);
  const { outputs } = await implementation.run({ ...request, inputs: rows.map(({ input }) => input) });
  if (!Array.isArray(outputs) || outputs.length !== rows.length) {
    throw new Error(
      `The adapter answered ${outputs?.length ?? 'no'} outputs for ${rows.length} inputs; expected one for each.`,
    );
  }
  return rows.map((row, index) => [row, judge(request.area, row, outputs[index])] as const);
}

function judge(area: Area, { expected, official, deviations }: VectorRow, output: unknown): Verdict {
  if (typeof output !== 'object' || output === null) return { path: '', expected, actual: output };
  const { unsupported, error } = output as { unsupported?: unknown; error?: unknown };
  if (unsupported !== undefined) return 'unsupported';
  if (error !== undefined) return { path: '', expected, actual: `error: ${String(error)}` };
  let actual: unknown;
  try {
    actual = normalizeOutput(area, output);
  } catch (cause) {
    return { path: '', expected, actual: `unreadable: ${(cause as Error).message}` };
  }
  const difference = findDifference(expected, actual);
  if (difference === null) return 'passed';
  return deviations !== undefined && findDifference(patch(expected, official), actual) === null
    ? 'as official'
    : difference;
}

/** Applies the differing results of the official SDK to the expected value. */
function patch(expected: unknown, official: unknown): unknown {
  if (!isRecord(expected) || !isRecord(official)) return official;
  const patched = Object.entries(official).map(([key, value]) => [key, patch(expected[key], value)]);
  return { ...expected, ...Object.fromEntries(patched) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function createResult(area: Area): AreaResult {
  return { area, rows: 0, passed: 0, asOfficial: 0, failed: 0, unsupported: 0 };
}
