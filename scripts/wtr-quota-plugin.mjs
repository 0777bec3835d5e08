/**
 * A full disk for browser tests: `executeServerCommand('set-quota', { quotaSize })` gives the page's origin so many
 * bytes; without `quotaSize`, the browser's own quota comes back.
 *
 * @returns {import('@web/test-runner').TestRunnerPlugin}
 */
export function quotaPlugin() {
  /** The browser keeps an override only as long as the connection that asked for it. */
  const connections = new Map();
  return {
    name: 'set-quota-command',
    async executeCommand({ command, payload, session }) {
      if (command !== 'set-quota') return undefined;
      const page = /** @type {any} */ (session.browser).getPage(session.id);
      const connection = connections.get(session.id) ?? (await page.createCDPSession());
      connections.set(session.id, connection);
      const { origin } = new URL(page.url());
      await connection.send('Storage.overrideQuotaForOrigin', { origin, ...payload });
      return true;
    },
  };
}
