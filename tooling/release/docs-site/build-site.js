/**
 * `pnpm site`: one site of the guides, the packages' READMEs and the API reference, in the folder `site`.
 *
 * The modules are the entries of the packages' `exports`: what an application can import is what is documented. A broken
 * link, or something public without a description, fails the build.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readOptions } from '@sortition/report/read-options';
import { Application, Converter, DocumentReflection } from 'typedoc';

readOptions({
  usage: 'pnpm site',
  text: "Makes one site of the guides, the packages' READMEs and the API reference, in the folder site.",
});
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
/** The condition of `exports` that names an entry's source. */
const SOURCE = '@sortition/source';
const modules = findModules();
if (modules.size === 0) throw new Error(`no package has an entry with the condition ${SOURCE}; expected one at least`);

/** Documents, in the order of the navigation. */
const documents = [
  { group: 'Guides', glob: 'docs/guides/*.md', path: /^docs\/guides\// },
  { group: 'Packages', glob: 'packages/*/README.md', path: /^packages\// },
  {
    group: 'Apps and tooling',
    glob: '{apps,tooling,tooling/release,tooling/reliability}/*/README.md',
    path: /^(apps|tooling)\//,
  },
  { group: 'Background', glob: '{docs/*,CONTRIBUTING,RELIABILITY,SECURITY}.md', path: /^(docs\/)?[^/]+$/ },
  { group: 'Decisions', glob: 'docs/decisions/*.md', path: /^docs\/decisions\// },
];

const application = await Application.bootstrap({
  name: 'Sortition',
  entryPoints: [...modules.keys()],
  tsconfig: fileURLToPath(new URL('documented.tsconfig.json', import.meta.url)),
  readme: join(root, 'README.md'),
  projectDocuments: documents.map(({ glob }) => join(root, glob)),
  out: join(root, 'site'),
  basePath: root,
  disableSources: true,
  customJs: fileURLToPath(new URL('site.js', import.meta.url)),
  customCss: fileURLToPath(new URL('site.css', import.meta.url)),
  // The search finds what documents and descriptions say, not only names.
  searchInDocuments: true,
  searchInComments: true,
  highlightLanguages: ['ts', 'js', 'json', 'bash', 'sh', 'sql', 'html'],
  excludeInternal: true,
  excludePrivate: true,
  navigation: { includeGroups: true, includeFolders: false },
  groupOrder: [...new Set(documents.map(({ group }) => group)), 'Modules', '*'],
  sort: ['documents-first', 'source-order'],
  validation: { invalidLink: true, notExported: false, notDocumented: true },
  treatValidationWarningsAsErrors: true,
  // A mapped type cannot carry a description; `close` has it.
  intentionallyNotDocumented: [
    'sortition.ClientOf.[asyncDispose]',
    '@sortition/client.LeanClientOf.[asyncDispose]',
    '@sortition/testing.TestClient.[asyncDispose]',
  ],
});
application.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => placeDocument(document));

const entryPoints = application.getEntryPoints();
if (entryPoints === undefined) process.exit(1);
for (const entryPoint of entryPoints) {
  entryPoint.displayName = modules.get(entryPoint.sourceFile.fileName) ?? entryPoint.displayName;
}
const project = application.converter.convert(entryPoints);
withoutTitle(project);
application.validate(project);
await application.generateOutputs(project);
if (application.logger.hasErrors()) process.exitCode = 1;

/**
 * The theme shows the project's name above the README, which begins with it.
 *
 * @param {import('typedoc').ProjectReflection} project
 */
function withoutTitle({ readme }) {
  const [first] = readme ?? [];
  if (first !== undefined) first.text = first.text.replace(/^# .+\n/, '');
}

/** Returns the source file of each public entry, with the name it is imported by. */
function findModules() {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const folder of readdirSync(join(root, 'packages'))) {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
    if (manifest.private) continue;
    for (const [subpath, { [SOURCE]: sources }] of Object.entries(manifest.exports)) {
      // What is imported the same everywhere is a text; of several, the one for everything else is documented.
      const source = typeof sources === 'object' ? sources.default : sources;
      // What only our own packages use is no part of the public reference.
      if (source && !subpath.endsWith('/internal'))
        found.set(join(root, 'packages', folder, source), `${manifest.name}${subpath.slice(1)}`);
    }
  }
  return found;
}

/**
 * Names a document by its heading, since most files are called README, and puts it in its group.
 *
 * @param {DocumentReflection} document
 */
function placeDocument(document) {
  const text = document.content.map((part) => part.text).join('');
  document.name = /^# (.+)$/m.exec(text)?.[1] ?? document.name;
  const file = relative(root, document.project.files.getReflectionPath(document) ?? '');
  const place = documents.find(({ path }) => path.test(file));
  if (place === undefined) throw new Error(`no group for the document ${file}`);
  document.frontmatter.group = place.group;
}
