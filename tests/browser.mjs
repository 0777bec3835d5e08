/** The installed Chrome or Chromium, driven by playwright-core. */
import { chromium } from 'playwright-core';
import { chromiumFlags, findChromium } from '../scripts/find-chromium.mjs';

/**
 * A browser with a profile in memory.
 *
 * @param {readonly string[]} [flags]
 * @returns {Promise<import('playwright-core').Browser>}
 */
export function launchBrowser(flags = []) {
  return chromium.launch({
    executablePath: findChromium(),
    args: [...chromiumFlags, ...flags],
    headless: true,
  });
}

/**
 * A browser whose profile is kept in a folder, as a user's is.
 *
 * @param {string} folder
 * @param {readonly string[]} [flags]
 * @returns {Promise<import('playwright-core').BrowserContext>}
 */
export function launchWithProfile(folder, flags = []) {
  return chromium.launchPersistentContext(folder, {
    executablePath: findChromium(),
    args: [...chromiumFlags, ...flags],
    headless: true,
    viewport: { width: 1440, height: 900 },
    acceptDownloads: true,
  });
}
