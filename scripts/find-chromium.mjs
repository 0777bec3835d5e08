/**
 * Finds a Chrome or Chromium to test with.
 *
 * Order: the environment, well-known places, the PATH; then, as root on Debian or Ubuntu, installs the distribution's
 * package. Anywhere else it throws an error that says what to do.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const environmentNames = ['CHROME_PATH', 'CHROMIUM_PATH', 'CHROMIUM', 'CHROME_BIN', 'PUPPETEER_EXECUTABLE_PATH'];

/**
 * Flags for a browser that only ever sees our own pages: quiet (no background traffic), and usable as root in a
 * container, where Chromium's sandbox can't start.
 */
export const chromiumFlags = [
  ...(process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--no-default-browser-check',
  '--autoplay-policy=no-user-gesture-required',
];

/** @returns {string[]} */
function wellKnownPlaces() {
  switch (process.platform) {
    case 'darwin': {
      const applications = ['/Applications', path.join(homedir(), 'Applications')];
      const names = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
      return applications.flatMap((folder) =>
        names.map((name) => path.join(folder, `${name}.app`, 'Contents', 'MacOS', name)),
      );
    }
    case 'win32': {
      const roots = [process.env['PROGRAMFILES'], process.env['PROGRAMFILES(X86)'], process.env['LOCALAPPDATA']];
      const tails = [
        ['Google', 'Chrome', 'Application', 'chrome.exe'],
        ['Chromium', 'Application', 'chrome.exe'],
        ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
      ];
      return roots.flatMap((root) => (root ? tails.map((tail) => path.join(root, ...tail)) : []));
    }
    default: {
      const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
      const folders = ['/usr/bin', '/usr/local/bin', '/snap/bin', ...(process.env['PATH'] ?? '').split(path.delimiter)];
      return [
        ...folders.filter(Boolean).flatMap((folder) => names.map((name) => path.join(folder, name))),
        '/opt/google/chrome/chrome',
      ];
    }
  }
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, process.platform === 'win32' ? constants.F_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isDebian() {
  if (process.platform !== 'linux') return false;
  try {
    return /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Installs packages with apt-get. Only for root on Debian.
 *
 * @param {readonly string[]} names
 */
export function aptInstall(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (/** @type {string[]} */ args) =>
    spawnSync('apt-get', args, { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0;
  const install = ['install', '--yes', '--no-install-recommends', ...names];
  // A fresh container has no package lists; one that has them needs no second download.
  return run(install) || (run(['update']) && run(install));
}

/** Whether this process may install Debian packages. */
export function canAptInstall() {
  return isDebian() && process.getuid?.() === 0;
}

function instructions() {
  const perPlatform =
    process.platform === 'darwin'
      ? 'Install Google Chrome, or run: brew install --cask chromium'
      : process.platform === 'win32'
        ? 'Install Google Chrome or Microsoft Edge.'
        : isDebian()
          ? 'Run: sudo apt-get install chromium'
          : "Install Chromium or Google Chrome with your distribution's package manager.";
  return [
    'No Chrome or Chromium found.',
    perPlatform,
    'If it is installed in an unusual place, name the binary in CHROME_PATH:',
    process.platform === 'win32'
      ? '  set CHROME_PATH=C:\\path\\to\\chrome.exe'
      : '  CHROME_PATH=/path/to/chromium npm test',
  ].join('\n');
}

/**
 * The path of a Chrome or Chromium binary.
 *
 * @param {{install?: boolean}} [options] `install: false` never installs anything
 * @returns {string}
 */
export function findChromium({ install = true } = {}) {
  for (const name of environmentNames) {
    const value = process.env[name];
    if (!value) continue;
    if (!isExecutable(value)) throw new Error(`${name} is set to "${value}", which isn't an executable file.`);
    return value;
  }
  const search = () => wellKnownPlaces().find(isExecutable);
  const found = search();
  if (found) return found;
  if (install && canAptInstall()) {
    process.stderr.write('No Chrome or Chromium found; installing the package "chromium".\n');
    if (aptInstall(['chromium'])) {
      const installed = search();
      if (installed) return installed;
    }
  }
  throw new Error(instructions());
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    process.stdout.write(`${findChromium()}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
