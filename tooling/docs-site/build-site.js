/**
 * `pnpm site`: one site of the guides, the packages' READMEs and the API reference, in the folder `site`.
 *
 * The modules are the entries of the packages' `exports`: what an application can import is what is documented. A broken
 * link, or something public without a description, fails the build.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, Converter, DocumentReflection } from 'typedoc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const modules = findModules();
const documents = [
  '*.md',
  'docs/*.md',
  'docs/guides/*.md',
  'docs/decisions/*.md',
  'packages/*/README.md',
  'apps/*/README.md',
];

const application = await Application.bootstrap({
  name: 'Sortition',
  entryPoints: [...modules.keys()],
  tsconfig: fileURLToPath(new URL('documented.tsconfig.json', import.meta.url)),
  readme: join(root, 'README.md'),
  projectDocuments: documents.map((glob) => join(root, glob)),
  exclude: [join(root, 'README.md')],
  out: join(root, 'site'),
  basePath: root,
  disableSources: true,
  highlightLanguages: ['ts', 'js', 'json', 'bash', 'sh', 'sql', 'html'],
  excludeInternal: true,
  excludePrivate: true,
  navigation: { includeGroups: false, includeFolders: false },
  validation: { invalidLink: true, notExported: false, notDocumented: true },
  // A mapped type cannot carry a description; `close` has it.
  intentionallyNotDocumented: ['sortition.Client.[asyncDispose]', '@sortition/testing.TestClient.[asyncDispose]'],
});
application.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => nameByHeading(document));

const entryPoints = application.getEntryPoints();
if (entryPoints === undefined) process.exit(1);
for (const entryPoint of entryPoints) {
  entryPoint.displayName = modules.get(entryPoint.sourceFile.fileName) ?? entryPoint.displayName;
}
const project = application.converter.convert(entryPoints);
application.validate(project);
await application.generateOutputs(project);
if (application.logger.hasErrors() || application.logger.hasWarnings()) process.exitCode = 1;

/** Returns the source file of each public entry, with the name it is imported by. */
function findModules() {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const folder of readdirSync(join(root, 'packages'))) {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
    if (manifest.private) continue;
    for (const [subpath, { source }] of Object.entries(manifest.exports)) {
      if (source) found.set(join(root, 'packages', folder, source), `${manifest.name}${subpath.slice(1)}`);
    }
  }
  return found;
}

/**
 * Documents are files called README; their headings tell them apart.
 *
 * @param {DocumentReflection} document
 */
function nameByHeading(document) {
  const text = document.content.map((part) => part.text).join('');
  document.name = /^# (.+)$/m.exec(text)?.[1] ?? document.name;
}
