/**
 * Run as a child: the start of a fresh process, which is the only time an application makes a client. Prints the processor
 * time from before the import, by step, in milliseconds.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute } from 'node:path';

const [peer, format, datafileFile, decides] = process.argv.slice(2);
const datafile = readFileSync(String(datafileFile), 'utf8');
const require = createRequire(import.meta.url);
const names = { official: '@optimizely/optimizely-sdk', sortition: 'sortition' };
const known = Reflect.get(names, String(peer));
// The floor is a file.
const isPeer = known === undefined && !isAbsolute(String(peer));
// Loaded for those who need it: what it leaves behind would have garbage of the others collected sooner.
const other = isPeer ? (await import('../peers/contestants.js')).PEERS[String(peer)] : undefined;
const name = other?.package ?? known ?? peer;

const begun = process.cpuUsage();
const since = () => {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1_000;
};

const sdk = format === 'cjs' ? require(name) : await import(name);
const imported = since();
const [client, config] = await create();
const created = since();
const user = client.createUserContext('user-1', { country: 'de', plan: 'pro', age: 41 });
const decisions = [];
for (let index = 0; index < Number(decides); index += 1) decisions.push(user.decide(`flag_${index}`));
const decided = since();
await client.flush?.();
const total = since();
// What a client looks through after its first decision, a few milliseconds at a time.
await config?.watchProblems?.(() => undefined).search();
const looked = since() - total;
const served = decisions.map((decision) => decision.enabled ?? decision !== 'off');
const steps = { imported, created: created - imported, decided: decided - created, usable: decided, total, looked };
console.log(JSON.stringify({ ...steps, served }));
process.exit(0);

async function create() {
  if (other) {
    const createContext = await other.create(sdk, datafile);
    return [
      {
        createUserContext: (/** @type {string} */ userId, /** @type {Record<string, string | number>} */ attributes) =>
          createContext({ userId, attributes }),
      },
    ];
  }
  if (peer === 'official') {
    const config = sdk.createStaticProjectConfigManager({ datafile });
    return [sdk.createInstance({ projectConfigManager: config })];
  }
  if (peer !== 'sortition') return [sdk.createPageFloor(datafile)];
  const config = sdk.createStaticConfig({ datafile });
  return [sdk.createClient({ config, events: null }), config];
}
