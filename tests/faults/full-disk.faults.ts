/** A browser without room for another byte. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, it } from 'node:test';
import type { CDPSession } from 'playwright-core';
import { editDurably, FaultPages, openAsEditor, pause, until } from './fault-pages.js';
import { FaultSite } from './fault-site.js';

/** So much text in each edit, in characters, and so much room, in bytes: it is full after some dozens. */
const characters = 15_000;
const room = 900_000;
const mostEdits = 150;

let site: FaultSite;
before(async () => {
  site = await FaultSite.start();
});
after(() => site.stop());

async function setRoom(connection: CDPSession, bytes: number | null): Promise<void> {
  const quota = bytes === null ? {} : { quotaSize: bytes };
  await connection.send('Storage.overrideQuotaForOrigin', { origin: site.origin, ...quota });
}

for (const remote of [false, true]) {
  // With a server that is away too, that is what the sentence tells first; either way nothing may sound kept.
  const words = remote ? /^Not saved/ : /^Not saved.*full/;
  const where = remote ? 'a server is to be saved to' : 'the browser is to be saved in';
  it(`says that nothing is kept on a full disk when ${where}, and loses nothing once there is room again`, async () => {
    // A browser remembers how much room there was: it has to be said before its first page.
    const pages = await FaultPages.start(site);
    try {
      const blank = await pages.context.newPage();
      const connection = await pages.context.newCDPSession(blank);
      await setRoom(connection, room);
      const projectId = randomUUID();
      const page = await pages.open({ remote, debounce: 100, deadline: 1000 });
      await openAsEditor(page, projectId);
      await editDurably(page, 1);
      await until(page, 'saved', ({ saved }) => saved);
      // Nobody may help: all that is kept is kept here.
      if (remote) site.server.weather = 'down';

      let last = 1;
      let sentence = '';
      while (last < mostEdits && !words.test(sentence)) {
        last += 1;
        const { accepted } = await page.evaluate(([edit, length]) => window.editingPage.edit(edit, length), [
          last,
          characters,
        ] as const);
        assert.ok(accepted, `edit ${last} is accepted`);
        await pause(120);
        ({ sentence } = await page.evaluate(() => window.editingPage.state()));
      }
      const full = await until(page, 'the words', (state) => words.test(state.sentence));
      assert.equal(full.saved, false);
      // Work goes on meanwhile.
      last += 1;
      assert.ok(await page.evaluate((edit) => window.editingPage.edit(edit).accepted, last));

      await setRoom(connection, null);
      site.server.weather = 'up';
      await page.evaluate(() => window.editingPage.save());
      await until(page, 'saved', ({ saved }) => saved, 60_000);
      await page.close();
      const again = await pages.open({ remote });
      const { edits } = await openAsEditor(again, projectId);
      assert.deepEqual(
        edits,
        Array.from({ length: last }, (_, index) => index + 1),
      );
      assert.deepEqual(pages.uncaught, []);
    } finally {
      site.server.weather = 'up';
      await pages.stop();
    }
  });
}
