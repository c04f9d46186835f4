import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkTypes } from '../src/check-types.ts';
import {
  FRAGMENT,
  findDocuments,
  findPackageFolders,
  ROOT,
  RUN,
  readDocument,
  readLinks,
  readSnippets,
} from '../src/documents.ts';
import { runSnippet } from '../src/run-snippet.ts';

const documents = findDocuments();
const snippets = documents.flatMap(readSnippets);
const checked = snippets.filter(({ marks }) => !marks.has(FRAGMENT));

describe('the snippets of all documents', () => {
  it('compile, but for those marked as fragments', () => {
    expect(checked.length).toBeGreaterThan(5);
    expect(checkTypes(checked).flat()).toEqual([]);
  }, 120_000);

  it('are not compared with nothing: a wrong one is found', () => {
    const wrong = {
      document: 'wrong.md',
      folder: ROOT,
      line: 7,
      code: "import { createClient } from 'sortition';\n\ncreateClient({ configuration: 1 });\n",
      marks: new Set<string>(),
    };
    expect(checkTypes([wrong]).flat()).toEqual([expect.stringMatching(/^wrong\.md:9: .*'configuration'/s)]);
  }, 120_000);

  it.each(
    snippets.filter(({ marks }) => marks.has(RUN)).map((snippet) => [`${snippet.document}:${snippet.line}`, snippet]),
  )(
    'run where they say so: %s',
    async (_name, snippet) => {
      expect(await runSnippet(snippet as (typeof snippets)[number])).toMatchObject({ status: 0, errors: '' });
    },
    60_000,
  );
});

describe('the documents', () => {
  it('link to files that exist', () => {
    expect(documents.flatMap(readLinks).filter(({ exists }) => !exists)).toEqual([]);
  });
});

describe('the packages, which are not on a registry', () => {
  const ours = /^(?:sortition|@sortition\/[\w-]+)(?:\/|$)/;

  it('are not installed or run from one in any document', () => {
    const commands = documents.flatMap((document) =>
      [
        ...readDocument(document).matchAll(
          /\b(?:npm (?:install|i|exec)|npx(?! pnpm (?!add|dlx))|yarn add|pnpm add) [^`\n]*/g,
        ),
      ].map(([command]) => ({ document, command })),
    );
    expect(commands.length).toBeGreaterThan(10);
    const named = commands.filter(({ command }) => command.split(/\s+/).some((word) => ours.test(word)));
    expect(named).toEqual([]);
  });

  it('are imported only in documents that say how to install them', () => {
    const importing = documents.filter(
      (document) =>
        /^(README\.md$|docs\/guides\/|packages\/(?!emulator))/.test(document) &&
        readSnippets(document).some(({ code }) => /from '@?sortition/.test(code)),
    );
    expect(importing.length).toBeGreaterThan(20);
    expect(importing.filter((document) => !readDocument(document).includes('npx pnpm pack:all'))).toEqual([]);
  });
});

describe('the root README', () => {
  const readme = readDocument('README.md');

  it('has a quick start of 15 lines that does what it says', async () => {
    const [quickStart] = readSnippets('README.md');
    if (quickStart === undefined) throw new Error('README.md has no snippet.');
    expect(quickStart.code.trimEnd().split('\n').length).toBeLessThanOrEqual(15);
    const { status, output, errors } = await runSnippet(quickStart);
    expect({ status, errors }).toEqual({ status: 0, errors: '' });
    expect(output).toContain('one_page: 1 steps\n');
    expect(output).toContain('flag "checkout" is on: variation "one_page", by experiment "checkout_redesign"');
  }, 60_000);

  it('names commands that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const named = [...readme.matchAll(/npx pnpm ([\w:]+)/g)].map(([, name]) => name);
    expect(named).toEqual(expect.arrayContaining(['demo', 'test']));
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  // That every public package has a row is checked by `pnpm shape`.
  it('has rows for packages that exist', () => {
    const names = findPackageFolders().map(
      (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name,
    );
    const rows = [...readme.matchAll(/^\| \[`([^`]+)`\]\((packages\/[^)]+\/README\.md)\)/gm)];
    expect(rows.length).toBeGreaterThan(5);
    for (const [, name = '', document = ''] of rows) {
      expect(names).toContain(name);
      expect(existsSync(join(ROOT, document))).toBe(true);
    }
  });
});
