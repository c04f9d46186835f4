/**
 * The tour: a sample shop, a few of its customers, then a crowd. Needs no account and nothing but this
 * machine; ends by itself.
 */
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { formatExplanation } from 'sortition';
import { countDecisions, REPORTING } from './crowd.ts';
import { NAMED_USERS } from './named-users.ts';
import { openShop } from './shop.ts';
import { largestDifference, splitCharts } from './split-chart.ts';
import { createTerminal } from './terminal.ts';
import { formatVariables } from './variables-line.ts';

const CROWD_SIZE = 100_000;

const terminal = createTerminal(process.stdout, process.env);
const { client, lab, close } = await openShop();
await client.ready();

terminal.heading('Sortition: flags of a sample shop, decided in this process');
terminal.say(
  `A lab with the hosted services runs at ${lab.url}; nothing leaves this machine.`,
  `Its datafile (revision ${SHOP_DATAFILE.revision}) has ${SHOP_DATAFILE.featureFlags.length} flags: an A/B/n test, targeted deliveries, two experiments that`,
  'exclude each other, a holdout. The client fetched it over HTTP, asks for segments and reports events the same way.',
);

terminal.heading('1. A few customers, and why they get what they get');
for (const { userId, attributes, story, flagKeys, segments = [], forced } of NAMED_USERS) {
  lab.odp.setSegments(userId, segments);
  const user = client.createUserContext(userId, attributes);
  await user.fetchQualifiedSegments();
  if (forced) user.setForcedDecision(forced, forced);
  terminal.person(userId, story, { attributes, segments: user.qualifiedSegments ?? [] });
  for (const flagKey of flagKeys) {
    const { variables } = user.decide(flagKey);
    terminal.explanation(formatExplanation(user.explain(flagKey)), formatVariables(variables));
  }
}

terminal.heading(`2. ${CROWD_SIZE.toLocaleString('en-US')} customers: does the split hold?`);
const counts = await countDecisions(client, CROWD_SIZE, terminal.progress(CROWD_SIZE));
const { decisions, seconds } = counts;
terminal.say(
  `${decisions.toLocaleString('en-US')} decisions in ${seconds.toFixed(2)} s on one core, users and tally included.`,
);
const charts = splitCharts(SHOP_DATAFILE, counts);
for (const chart of charts) terminal.chart(chart);
terminal.say(
  `Largest difference between configured and observed: ${largestDifference(charts).toFixed(2)} percentage points.`,
  `Customers in both experiments that exclude each other: ${counts.inBothOfGroup}.`,
);

terminal.heading('3. What arrived');
const { delivered, dropped, pending } = await client.flush();
terminal.say(
  `Every ${REPORTING.ordinal} customer's decisions and purchases were reported, and those of the customers above:`,
  `the client delivered ${delivered.toLocaleString('en-US')} events in batches, dropped ${dropped}, has ${pending} pending.`,
  `The collector received ${lab.events.counts.unique.toLocaleString('en-US')} events in ${lab.events.requests.count} requests, ${lab.events.counts.duplicates} of them twice.`,
);

terminal.heading('What to try next');
terminal.say(
  '- Change a split in packages/emulator/src/shop-datafile.json and run this again: buckets stay, only ends of ranges move.',
  '- Read apps/tour/src/named-users.ts, invent a customer, and see why they get what they get.',
  '- Use it in a program of yours: npx pnpm pack:all, and the lines of README.md under "Quick start".',
  '- See the same with a page to play with: npx pnpm lab',
  '- Run the tests: npx pnpm test',
);
await close();
