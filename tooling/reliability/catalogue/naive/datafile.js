/** Reading a datafile, naively: it is what its schema says. */

const PARSE = 'packages/datafile/src/parse-document.ts';
const READ_JSON = 'packages/datafile/src/read-json.ts';
const HOSTILE_SIZE = 'packages/datafile/test/hostile-size.test.ts';
const FAULTS = 'packages/datafile/test/faults.test.ts';

/** @type {readonly import('./index.js').NaivePart[]} */
export const NAIVE_DATAFILE = [
  {
    name: 'references that are not looked up',
    ids: ['DF-01'],
    edits: [
      {
        file: 'packages/datafile/src/dangling-references.ts',
        find: "    problems.add('dangling-reference',",
        put: "    if (name === '') problems.add('dangling-reference',",
      },
    ],
    tests: [FAULTS],
  },
  {
    name: 'entities taken as they come',
    ids: ['DF-02'],
    edits: [
      {
        file: 'packages/datafile/src/read-section.ts',
        find: "    if (typeof entity[property] === 'string') continue;",
        put: '    if (property) continue;',
      },
    ],
    tests: ['tooling/conformance/test/mutated-datafiles.test.ts'],
  },
  {
    name: 'records made by assignment',
    ids: ['DF-03', 'IN-05'],
    edits: [
      {
        file: 'packages/core/src/user.ts',
        find: "  if (key === '__proto__') {",
        put: '  if (false) {',
      },
      {
        file: 'packages/core/src/user.ts',
        find: ': { ...attributes };',
        put: ': (attributes as Record<string, unknown>);',
      },
    ],
    tests: ['packages/core/test/variables.test.ts', 'packages/core/test/user.test.ts'],
  },
  {
    name: 'datafile objects kept as they are',
    ids: ['DF-05', 'DF-06'],
    edits: [
      {
        file: READ_JSON,
        find: 'const value = parseText(toJsonText(datafile));',
        put: "const value = typeof datafile === 'object' ? datafile : parseText(toJsonText(datafile));",
      },
    ],
    tests: [FAULTS],
  },
  {
    name: 'duplicates that go unnoticed',
    ids: ['DF-07'],
    edits: [
      {
        file: 'packages/datafile/src/read-section.ts',
        find: '  if (index.size > size) return;',
        put: "  if (index.size > size || key !== '') return;",
      },
    ],
    tests: [FAULTS],
  },
  {
    name: 'only the versions and conditions of the schema',
    ids: ['DF-09'],
    edits: [{ file: PARSE, find: "new Set(['2', '3', '4'])", put: "new Set(['2', '3', '4', '5', 4])" }],
    tests: ['tooling/conformance/test/mutated-datafiles.test.ts'],
  },
  {
    name: 'a feature rollout completed at each mention',
    ids: ['DF-13'],
    edits: [
      {
        file: 'packages/datafile/src/feature-rollouts.ts',
        find: '      additions.set(rule, added);',
        put: '      Object.assign(rule, { variations: [...rule.variations, everyoneElse] });',
      },
    ],
    tests: [HOSTILE_SIZE],
  },
  {
    name: 'a rule prepared again for each mention',
    ids: ['DF-13'],
    edits: [
      { file: 'packages/core/src/compiled-config.ts', find: '    memory.lists.set(rules, compiled);', put: '' },
      {
        file: 'packages/core/src/compiled-config.ts',
        find: '    memory.rules.set(rule, compiled);',
        put: '',
      },
    ],
    tests: [HOSTILE_SIZE],
  },
  {
    name: 'global holdouts asked again for each flag',
    ids: ['DF-13'],
    edits: [
      {
        file: 'packages/core/src/steps/overruled.ts',
        find: 'if (compiled.heldOutUser !== user.number) {',
        put: 'if (compiled.heldOutUser !== -2) {',
      },
    ],
    tests: [HOSTILE_SIZE],
  },
  {
    name: 'names of any length in messages',
    ids: ['DF-13'],
    edits: [
      {
        file: 'packages/datafile/src/datafile-check.ts',
        find: 'const MAX_NAME_LENGTH = 80;',
        put: 'const MAX_NAME_LENGTH = 80_000_000;',
      },
    ],
    tests: [HOSTILE_SIZE],
  },
  {
    name: 'values of conditions as deep as they come',
    ids: ['DF-14'],
    edits: [
      {
        file: 'packages/datafile/src/read-conditions.ts',
        find: '  if (depth >= MAX_CONDITION_DEPTH) return false;\n  for (const part',
        put: '  for (const part',
      },
    ],
    tests: [HOSTILE_SIZE],
  },
  {
    name: 'a datafile built in one go',
    ids: ['DF-11'],
    edits: [
      {
        file: 'packages/datafile/src/parse-in-turns.ts',
        find: 'return runInTurns(parseDocument(document, check));',
        put: 'const steps = parseDocument(document, check);\n  for (;;) {\n    const step = steps.next();\n    if (step.done) return step.value;\n  }',
      },
    ],
    tests: ['packages/datafile/test/parse-in-turns.test.ts'],
  },
  {
    name: 'JSON variables merged by assignment',
    ids: ['DF-10'],
    edits: [
      {
        file: 'packages/core/src/variables.ts',
        find: 'deepFreeze(JSON.parse(text))',
        put: 'deepFreeze(Object.assign({}, JSON.parse(text)))',
      },
    ],
    tests: ['packages/core/test/variables.test.ts'],
  },
  {
    name: 'a config that is read again at every flag',
    ids: ['DF-12'],
    edits: [
      {
        file: 'packages/client/src/follow-source.ts',
        find: '    state.config = config;\n',
        put: "    client.listeners.emit('config-update', { revision: config.revision, previousRevision });\n    state.config = config;\n",
      },
    ],
    tests: ['packages/sortition/test/delivery.test.ts'],
  },
];
