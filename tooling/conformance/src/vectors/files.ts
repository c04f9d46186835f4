/** The files of the vectors, made from seeds. */
import type { Area, Inputs, VectorFile, VectorGroup } from '@sortition/conformance';
import { answer } from './answer.ts';
import {
  bucketingQuestions,
  conditionsQuestions,
  decisionsQuestions,
  eventsQuestions,
  type Questions,
  segmentsQuestions,
  variablesQuestions,
  versionsQuestions,
} from './areas.ts';
import { PROPERTIES } from './properties.ts';

const REFERENCE = '@optimizely/optimizely-sdk 6.6.1';

interface FilePlan<A extends Area = Area> {
  readonly name: string;
  readonly area: A;
  readonly about: string;
  readonly questions: () => readonly (Questions<Inputs[A]> & { readonly property?: string })[];
}

function plan<A extends Area>(name: string, area: A, about: string, questions: FilePlan<A>['questions']): FilePlan {
  return { name, area, about, questions } as unknown as FilePlan;
}

/** All files by name. */
export const FILES: readonly FilePlan[] = [
  plan(
    'bucketing',
    'bucketing',
    'The bucket of a bucketing id below a parent id, texts of many writing systems included.',
    () => bucketingQuestions(6_000),
  ),
  plan(
    'conditions',
    'conditions',
    'Whether the conditions of an audience hold for a user: true, false or null for unknown.',
    () => conditionsQuestions(6_000),
  ),
  plan('versions', 'versions', "Where a user's version stands relative to a condition's.", () =>
    versionsQuestions(1_500),
  ),
  plan('variables', 'variables', "The value a variable's text stands for.", () => variablesQuestions(600)),
  plan(
    'decisions',
    'decisions',
    'Calls of the decide family on whole datafiles, reasons and saved profiles included.',
    () => decisionsQuestions(6_000),
  ),
  plan('properties', 'decisions', 'Rows that hold properties in words; each group names its own.', () =>
    PROPERTIES.flatMap(({ property, groups }) => groups.map((group) => ({ ...group, property }))),
  ),
  plan('events', 'events', 'The impressions and the conversion of a user, as they are sent.', () =>
    eventsQuestions(1_000),
  ),
  plan('segments', 'segments', 'The request for segments, and what its answer means.', () => segmentsQuestions(15)),
];

/** Makes one file. Rejects when ours and the official SDK differ and no deviation says why. */
export async function makeFile({ area, about, questions }: FilePlan): Promise<VectorFile> {
  const groups: VectorGroup[] = [];
  for (const { property, ...asked } of questions()) groups.push(await answer(area, asked, property));
  return { format: 1, area, about, reference: REFERENCE, groups };
}

/** The text of a file: one line for each row, so that a change shows as the rows that changed. */
export function formatFile({ groups, ...head }: VectorFile): string {
  const lines = groups.map(({ rows, ...group }) => {
    const open = JSON.stringify(group).slice(0, -1);
    return `${open},"rows":[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]}`;
  });
  return `${JSON.stringify(head).slice(0, -1)},"groups":[\n${lines.join(',\n')}\n]}\n`;
}
