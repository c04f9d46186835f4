/** The page of the comparison with the vendor's React SDK. */
import { createInstance, OptimizelyProvider, setLogLevel, useDecision } from '@optimizely/react-sdk';
import { createElement } from 'react';
import { showPage } from './page.js';

setLogLevel('error');
const optimizely = createInstance({
  sdkKey: 'datafile',
  datafileOptions: { urlTemplate: `${location.origin}/%s.json`, autoUpdate: true, updateInterval: 1_000 },
  eventFlushInterval: 100,
});

showPage(
  () => useDecision('checkout', { autoUpdate: true })[0].variationKey,
  (children) => createElement(OptimizelyProvider, { optimizely, user: { id: 'ada' } }, children),
);
