/** The browser of the tests: the system's Chromium, started afresh with an empty profile and nothing of its own to say. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireProgram } from '@sortition/report/programs';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * @typedef {object} Browser
 * @property {import('playwright-core').BrowserContext} context
 * @property {() => Promise<void>} close Ends the browser and removes its profile.
 */

/**
 * Starts the browser for many visitors at a time: each gets a context of their own, with cookies and a cache of its own.
 *
 * @returns {Promise<import('playwright-core').Browser>}
 */
export function startForVisitors() {
  return chromium.launch({ executablePath: requireProgram('chromium'), args: FLAGS, headless: true });
}

/**
 * Starts the browser.
 *
 * @param {import('playwright-core').BrowserContextOptions} [options] Of the pages, such as `viewport` and `colorScheme`.
 * @returns {Promise<Browser>}
 */
export async function startChromium(options = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'sortition-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: requireProgram('chromium'),
    args: FLAGS,
    headless: true,
    // Colours are then what they are at once, and not on their way there.
    reducedMotion: 'reduce',
    ...options,
  });
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
