/** The Markdown files of the repository: found, and taken apart into snippets and links. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const ROOT: string = fileURLToPath(new URL('../../../..', import.meta.url));

/** A fenced block of TypeScript. */
export interface Snippet {
  /** Path of the document from the root, with forward slashes. */
  readonly document: string;
  /** Absolute path of the folder the document is in. */
  readonly folder: string;
  /** 1-based line of the first line of code. */
  readonly line: number;
  readonly code: string;
  /** What follows the language after the fence. */
  readonly marks: ReadonlySet<string>;
}

/** A relative link to a file or folder. */
export interface Link {
  readonly document: string;
  readonly target: string;
  readonly exists: boolean;
}

/** ```` ```ts fragment ```` is not checked: it stands for a part of something. */
export const FRAGMENT = 'fragment';

/** ```` ```ts run ```` is executed too. */
export const RUN = 'run';

const FENCE = /^```(ts|tsx|typescript)([^\n]*)\n(.*?)^```$/gms;
const LINK = /\]\(([^)\s#]+)(?:#[^)]*)?\)/g;

/** Returns the paths of all documents from the root, sorted. */
export function findDocuments(): readonly string[] {
  const found = [...markdownIn('.', false), ...markdownIn('docs', true)];
  for (const parent of ['apps', 'packages', 'tooling', 'tooling/release', 'tooling/reliability']) {
    for (const child of foldersIn(parent)) {
      found.push(...markdownIn(join(parent, child), false), ...markdownIn(join(parent, child, 'docs'), true));
    }
  }
  return found.map((path) => path.replaceAll('\\', '/')).sort();
}

/** Returns the folders of the workspace packages, absolute. */
export function findPackageFolders(): readonly string[] {
  return ['packages', 'apps', 'tooling'].flatMap((parent) =>
    foldersIn(parent)
      .map((child) => join(ROOT, parent, child))
      .filter((folder) => existsSync(join(folder, 'package.json'))),
  );
}

/** Returns the TypeScript snippets of a document, fragments included. */
export function readSnippets(document: string): readonly Snippet[] {
  const text = readDocument(document);
  return [...text.matchAll(FENCE)].map((match) => {
    const [, , marks = '', code = ''] = match;
    return {
      document,
      folder: dirname(join(ROOT, document)),
      line: text.slice(0, match.index).split('\n').length + 1,
      code,
      marks: new Set(marks.trim().split(/\s+/)),
    };
  });
}

/** Returns the relative links of a document. */
export function readLinks(document: string): readonly Link[] {
  const prose = readDocument(document).replace(/^```.*?^```$/gms, '');
  return [...prose.matchAll(LINK)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => ({ document, target, exists: existsSync(join(ROOT, dirname(document), target)) }));
}

/** Returns the text of a document. */
export function readDocument(document: string): string {
  return readFileSync(join(ROOT, document), 'utf8');
}

function markdownIn(folder: string, nested: boolean): string[] {
  const absolute = join(ROOT, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { withFileTypes: true, recursive: nested })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md') && entry.name !== 'CHANGELOG.md')
    .map((entry) => join(relative(ROOT, entry.parentPath), entry.name));
}

function foldersIn(parent: string): readonly string[] {
  const absolute = join(ROOT, parent);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));
}
