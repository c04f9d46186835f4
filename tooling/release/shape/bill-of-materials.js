/**
 * `pnpm bom`: the bill of materials of what is published, as CycloneDX, and the list of its licences, into
 * `.reports`. Parts are those that an application gets along with the public packages.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '@sortition/report';
import { readOptions } from '@sortition/report/read-options';

/**
 * @typedef {{ name: string, version: string, licence: string }} Part
 * @typedef {{ bomFormat: string, specVersion: string, components: object[] }} BillOfMaterials
 */

/**
 * Licences of the parts whose manifest names none in the form of today, as their LICENSE file has them. By version: another
 * one has to be read again.
 */
const READ_IN_LICENSE_FILE = new Map([['jstat@1.9.6', 'MIT']]);

/** @returns {{ bill: BillOfMaterials, parts: Part[] }} */
export function readBillOfMaterials() {
  const filters = ['--filter', './packages/*'];
  const text = execFileSync('pnpm', [...filters, 'sbom', '--sbom-format', 'cyclonedx', '--prod'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 67_108_864,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const bill = JSON.parse(text);
  for (const component of bill.components) {
    const id = READ_IN_LICENSE_FILE.get(`${component.name}@${component.version}`);
    if (id !== undefined && !component.licenses?.length) component.licenses = [{ license: { id } }];
  }
  const parts = bill.components.map((/** @type {any} */ { group, name, version, licenses = [] }) => ({
    name: group ? `${group}/${name}` : name,
    version,
    licence: licenses
      .map((/** @type {any} */ entry) => entry.expression ?? entry.license?.id ?? entry.license?.name)
      .join(' '),
  }));
  parts.sort((/** @type {Part} */ a, /** @type {Part} */ b) => (a.name < b.name ? -1 : 1));
  return { bill, parts };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  readOptions({
    usage: 'pnpm bom',
    text: 'Writes the bill of materials of what is published, and the list of its licences, into .reports.',
  });
  const { bill, parts } = readBillOfMaterials();
  const folder = join(root, '.reports');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bill-of-materials.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`);
  const lines = parts.map(({ name, version, licence }) => `${name} ${version}: ${licence}`);
  writeFileSync(join(folder, 'licences.txt'), `${lines.join('\n')}\n`);
  console.log(lines.join('\n'));
}
