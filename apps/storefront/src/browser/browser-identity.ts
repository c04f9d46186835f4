/** Says whom the browser takes the visitor for: by the cookie, as the analytics SDK of a page would. */
import { readAmplitudeIdentity } from '@sortition/cookies';
import type { PageData } from './page-data.ts';

/** Fills the panel's line. */
export function showBrowserIdentity({ visitorId, analyticsKey }: PageData): void {
  const line = document.getElementById('browser-identity');
  if (line === null) return;
  const { deviceId } = readAmplitudeIdentity(document.cookie, analyticsKey);
  line.textContent = deviceId === visitorId ? 'agrees with the server' : `takes you for ${deviceId ?? 'nobody'}`;
  line.dataset.agrees = String(deviceId === visitorId);
}
