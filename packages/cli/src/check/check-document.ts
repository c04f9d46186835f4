/** Everything a check says about one datafile. */
import type { Problem, ProjectConfig } from '@sortition/core';
import { checkDatafile } from '@sortition/datafile';
import type { Json } from '../json-value.ts';
import { findEntities, locate } from './entities.ts';
import type { Finding, Level } from './finding.ts';
import { findLaunchedFlags } from './launched-flags.ts';
import { findSplitProblems } from './splits.ts';
import { findUnreachableRules } from './unreachable-rules.ts';
import { findUnused } from './unused.ts';

/** A document, and what the client reads of it. */
export interface Checked {
  readonly text: string;
  readonly document: Json;
  readonly config: ProjectConfig;
  /** The same project some time ago; flags that serve one variation to everyone in both are reported. */
  readonly earlier: ProjectConfig | undefined;
}

/** What is reported of other clients that may know more is a warning; what no client can use is an error. */
const LEVEL_OF: Readonly<Record<string, Level>> = {
  'unknown-condition-type': 'warning',
  'unknown-match': 'warning',
  'unknown-attribute': 'warning',
  'empty-audience': 'warning',
};

const HINTS: Readonly<Record<string, string>> = {
  'invalid-section': 'Write the section as a list, or leave it out.',
  'invalid-entity': 'Correct the entity; until then it is skipped, and the rest serves.',
  'dangling-reference': 'Add what is referred to, or take the reference out.',
  'duplicate-key': 'Give each one a key of its own.',
  'conditions-too-deep': 'Split the conditions into several audiences.',
  'unknown-operator': 'Use "and", "or" or "not".',
  'unknown-condition-type': 'Use "custom_attribute" or "third_party_dimension".',
  'unknown-match':
    'Use exact, exists, substring, gt, ge, lt, le, semver_eq, semver_gt, semver_ge, semver_lt, semver_le or qualified.',
  'unknown-attribute': 'Add the attribute to "attributes", or correct its name.',
  'invalid-condition': 'Correct the condition, or take it out.',
  'empty-audience': 'Add a condition, or take the audience out of its rules.',
  'invalid-traffic': 'Write ends that ascend from 0 to 10000.',
  'invalid-value': 'Write a value of the type that is expected.',
};

/** Checks one datafile. The order is: problems of the document, rules, splits, what is unused, flags that are launched. */
export function checkDocument(checked: Checked): readonly Finding[] {
  const entities = findEntities(checked.document);
  const toFinding = ({ code, message }: Problem): Finding => ({
    code,
    path: locate(message, entities),
    message,
    level: LEVEL_OF[code] ?? 'error',
    hint: HINTS[code] ?? 'Correct the entity.',
  });
  return [
    ...checkDatafile(checked.text).map(toFinding),
    ...findUnreachableRules(checked.config, entities),
    ...findSplitProblems(checked.config, entities),
    ...findUnused(checked.config, entities),
    ...findLaunchedFlags(checked.config, checked.earlier, entities),
  ];
}
