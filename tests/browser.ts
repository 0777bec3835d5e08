/** The installed Chrome or Chromium, driven by playwright-core. */
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext } from 'playwright-core';
import { chromiumFlags, findChromium } from '../scripts/find-chromium.mjs';

/** Flags that Playwright sets and that hide what real users meet: storage partitioning, paint in hidden pages. */
const defaultsToDrop = ['--disable-features=ThirdPartyStoragePartitioning'];

/** A browser with a profile in memory. */
export function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [...chromiumFlags, ...flags],
    ignoreDefaultArgs: defaultsToDrop,
    headless: true,
  });
}

/** A browser whose profile is kept in a folder, as a user's is. */
export function launchWithProfile(folder: string, flags: readonly string[] = []): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: findChromium(),
    args: [...chromiumFlags, ...flags],
    ignoreDefaultArgs: defaultsToDrop,
    headless: true,
    viewport: { width: 1440, height: 900 },
  });
}
