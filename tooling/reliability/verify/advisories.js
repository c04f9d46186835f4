/**
 * `pnpm advisories`: asks the registry for known vulnerabilities of production dependencies. A registry that does not
 * answer the question fails nothing, and is loud about it; a vulnerability does.
 */
import { spawnSync } from 'node:child_process';
import { root } from '@sortition/report';
import { readOptions } from '@sortition/report/read-options';
import { readAudit } from './read-audit.js';

readOptions({
  usage: 'pnpm advisories',
  text: 'Asks the registry for known vulnerabilities of production dependencies.',
});
const { status, stdout, stderr } = spawnSync('pnpm', ['audit', '--prod', '--json'], { cwd: root, encoding: 'utf8' });
const { isAnswered, advisories } = readAudit(status, stdout);
for (const advisory of advisories) console.log(advisory);
if (isAnswered) {
  console.log(`${advisories.length} advisories`);
} else {
  console.log('*'.repeat(78));
  console.log('* Known vulnerabilities were NOT CHECKED: the registry did not answer the question.');
  console.log('*'.repeat(78));
  console.log(`${stdout}${stderr}`.trim());
}
if (advisories.length > 0) process.exitCode = 1;
