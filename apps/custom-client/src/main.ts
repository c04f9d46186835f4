/** Runs the client: decides, moves all traffic to the other variation, and shows that no user is moved. */
import { createMapStore, createShopClient, type Sink } from './client.ts';
import { teaDatafile } from './tea-datafile.ts';

const USERS = ['ada', 'ben', 'dora', 'hugo'];

const print: Sink = ({ user, what, detail }) => console.log(`  event   ${user.padEnd(5)} ${what}: ${detail}`);

const store = createMapStore();
const shop = createShopClient(teaDatafile(0.5), store, print);

console.log('Half of the subscribers get the animated brewing guide:');
for (const user of USERS) {
  const { variables, reasons } = shop.decide(user, { subscriber: true }, 'brewing_guide');
  console.log(`  because ${reasons.at(-1)} ${JSON.stringify(variables)}`);
}
shop.track('ada', 'purchase', 1250);

console.log('\nA guest is not in the test:');
console.log(`  because ${shop.decide('guest', {}, 'brewing_guide').reasons.join('\n          ')}`);

console.log(
  '\nNow all traffic goes to the old guide. Who has seen the animated one keeps it, newcomers do not get it:',
);
const later = createShopClient(teaDatafile(1), store, print);
for (const user of [...USERS, 'emil', 'finn']) later.decide(user, { subscriber: true }, 'brewing_guide');
