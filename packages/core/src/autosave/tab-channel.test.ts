import assert from 'node:assert/strict';
import { it } from 'node:test';
import { broadcastTabChannel, memoryTabChannels, type TabChannel } from './tab-channel.js';

const inMemory = memoryTabChannels();
const kinds: Readonly<Record<string, (name: string) => TabChannel>> = {
  'a broadcast channel': broadcastTabChannel,
  'a channel in memory': inMemory,
};

for (const [kind, open] of Object.entries(kinds)) {
  it(`tells nobody what is posted to ${kind} after it was closed`, async () => {
    const [closed, other, listening] = [open(kind), open(kind), open(kind)];
    const heard: string[] = [];
    // What comes last has been preceded by everything else.
    const last = new Promise<void>((resolve) => {
      listening.subscribe(({ type }) => {
        heard.push(type);
        if (type === 'yield') resolve();
      });
    });
    closed.close();
    closed.post({ type: 'ping' });
    other.post({ type: 'yield' });
    await last;
    assert.deepEqual(heard, ['yield']);
    other.close();
    listening.close();
  });
}
