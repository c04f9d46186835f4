/** The tour: a sample shop, a few of its customers, then a crowd. Needs no network and no account; ends by itself. */
import { SHOP_DATAFILE } from '@sortition/lab-server/shop-datafile';
import { formatExplanation } from 'sortition';
import { countDecisions } from './crowd.ts';
import { NAMED_USERS } from './named-users.ts';
import { createShop } from './shop.ts';
import { largestDifference, splitCharts } from './split-chart.ts';
import { createTerminal } from './terminal.ts';
import { formatVariables } from './variables-line.ts';

const CROWD_SIZE = 100_000;

const terminal = createTerminal(process.stdout, process.env);
const shop = createShop();

terminal.heading('Sortition: flags of a sample shop, decided in this process');
terminal.say(
  `The datafile (revision ${SHOP_DATAFILE.revision}) is embedded: ${SHOP_DATAFILE.featureFlags.length} flags, an A/B/n test, a targeted`,
  'delivery, two experiments that exclude each other, and a holdout. Nothing is sent anywhere.',
);

terminal.heading('1. A few customers, and why they get what they get');
for (const { userId, attributes, story, flagKeys, forced } of NAMED_USERS) {
  const user = shop.createUserContext(userId, attributes);
  if (forced) user.setForcedDecision(forced, forced);
  terminal.person(userId, story, attributes);
  for (const flagKey of flagKeys) {
    const { variables } = user.decide(flagKey);
    terminal.explanation(formatExplanation(user.explain(flagKey)), formatVariables(variables));
  }
}

terminal.heading(`2. ${CROWD_SIZE.toLocaleString('en-US')} customers: does the split hold?`);
const counts = await countDecisions(shop, CROWD_SIZE, terminal.progress(CROWD_SIZE));
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

terminal.heading('What to try next');
terminal.say(
  '- Change a split in packages/lab-server/src/shop-datafile.json and run this again: buckets stay, only ends of ranges move.',
  '- Read apps/tour/src/named-users.ts, invent a customer, and see why they get what they get.',
  '- Put the 15 lines of README.md under "Quick start" into a program of yours.',
  '- Run the tests: npx pnpm test',
);
await shop.close();
