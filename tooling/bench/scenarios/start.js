/**
 * Run as a child: the start of a fresh process, which is the only time an application makes a client. Prints the processor
 * time from before the import, by step, in milliseconds.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [peer, format, datafileFile, decides] = process.argv.slice(2);
const datafile = readFileSync(String(datafileFile), 'utf8');
const require = createRequire(import.meta.url);
const begun = process.cpuUsage();
const since = () => {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1_000;
};

const names = { official: '@optimizely/optimizely-sdk', sortition: 'sortition' };
// The floor is a file.
const name = Reflect.get(names, String(peer)) ?? peer;
const sdk = format === 'cjs' ? require(name) : await import(name);
const imported = since();
const [client, config] = create();
const created = since();
const user = client.createUserContext('user-1', { country: 'de', plan: 'pro', age: 41 });
for (let index = 0; index < Number(decides); index += 1) user.decide(`flag_${index}`);
const decided = since();
await client.flush?.();
const total = since();
// What a client looks through after its first decision, a few milliseconds at a time.
await config?.watchProblems?.(() => undefined).search();
const looked = since() - total;
const steps = { imported, created: created - imported, decided: decided - created, usable: decided, total, looked };
console.log(JSON.stringify(steps));
process.exit(0);

function create() {
  if (peer === 'official') {
    const config = sdk.createStaticProjectConfigManager({ datafile });
    return [sdk.createInstance({ projectConfigManager: config })];
  }
  if (peer !== 'sortition') return [sdk.createPageFloor(datafile)];
  const config = sdk.createStaticConfig({ datafile });
  return [sdk.createClient({ config, events: null }), config];
}
