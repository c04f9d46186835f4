/** The page of the comparison with `@sortition/react` and the lean client. */
import { createClient, recordTo } from '@sortition/client';
import { createPollingConfig } from '@sortition/datafile';
import { createBatchEvents } from '@sortition/events';
import { FlagsProvider, useDecision } from '@sortition/react';
import { createElement } from 'react';
import { showPage } from './page.js';

const { origin } = location;
const client = createClient({
  config: createPollingConfig({ sdkKey: 'datafile', urlTemplate: `${origin}/%s.json`, pollIntervalMs: 1_000 }),
  parts: [recordTo(createBatchEvents({ endpoint: `${origin}/events`, flushIntervalMs: 100 }))],
  logger: false,
});
const text = document.getElementById('flags')?.textContent;

showPage(
  () => useDecision('checkout').decision.variationKey,
  (children) =>
    createElement(FlagsProvider, { client, snapshot: text ? JSON.parse(text) : null, user: { id: 'ada' } }, children),
);
