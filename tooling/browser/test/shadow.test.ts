/** Shadow mode in a page: the official SDK answers, a client of the drop-in is asked behind it. */
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { canStartBrowser } from '@sortition/rig';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePage } from '../src/bundle-page.js';
import { type Browser, startChromium } from '../src/chromium.js';
import { openPage } from '../src/watched-page.js';

const USERS = 200;

const APPLICATION = `
import * as official from '@optimizely/optimizely-sdk';
import { createInstance, createShadow, createStaticProjectConfigManager } from '@sortition/optimizely-compat';
globalThis.compare = async (datafile, other) => {
  const sent = { official: 0, candidate: 0 };
  const count = (who) => ({ dispatchEvent: async () => { sent[who] += 1; return { statusCode: 200 }; } });
  const primary = official.createInstance({
    projectConfigManager: official.createStaticProjectConfigManager({ datafile }),
    eventProcessor: official.createForwardingEventProcessor(count('official')),
  });
  const candidate = createInstance({
    projectConfigManager: createStaticProjectConfigManager({ datafile: other }),
    eventProcessor: official.createForwardingEventProcessor(count('candidate')),
  });
  const differences = [];
  const client = createShadow({ primary, candidate, onDifference: (difference) => differences.push(difference) });
  const answers = [];
  for (let index = 0; index < ${USERS}; index += 1) {
    const user = client.createUserContext('user' + index, { plan: 'gold', country: 'DE' });
    answers.push(user.decide('checkout').variationKey);
  }
  await client.shadowSettled();
  const { compared, leftOut, differences: counted } = client.shadowStats();
  return JSON.stringify({ answers, sent, compared, leftOut, counted, first: differences[0] ?? null });
};
`;

/** The same shop with all traffic of the experiment for one variation. */
function otherShop(): string {
  const shop = JSON.parse(JSON.stringify(SHOP_DATAFILE));
  const experiment = shop.experiments.find(({ key }: { key: string }) => key === 'checkout_redesign');
  experiment.trafficAllocation = [{ entityId: experiment.variations[0].id, endOfRange: 10_000 }];
  return JSON.stringify({ ...shop, revision: 'other' });
}

describe.skipIf(!canStartBrowser())('a shadow in a page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium({ viewport: { width: 800, height: 600 } });
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('answers as the official SDK, finds what a changed datafile changes, and sends nothing', async () => {
    const script = await bundlePage(APPLICATION);
    const { page, complaints } = await openPage(browser.context);
    await page.setContent('<main>The shop</main>');
    await page.addScriptTag({ content: script });
    const datafile = JSON.stringify(SHOP_DATAFILE);
    const compare = async (other: string) =>
      JSON.parse(await page.evaluate(`compare(${JSON.stringify(datafile)}, ${JSON.stringify(other)})`));

    const same = await compare(datafile);
    expect(same).toMatchObject({ compared: USERS, leftOut: 0, counted: 0, first: null });
    expect(same.sent).toEqual({ official: USERS, candidate: 0 });
    expect(new Set(same.answers).size).toBeGreaterThan(1);

    const changed = await compare(otherShop());
    expect(changed.answers).toEqual(same.answers);
    expect(changed.counted).toBeGreaterThan(USERS / 10);
    expect(changed.first).toMatchObject({ kind: 'variation' });
    expect(changed.sent.candidate).toBe(0);
    expect(complaints).toEqual([]);
  }, 120_000);
});
