import { isUnsaved } from '../journal-image.js';
import type { Dice } from './dice.js';
import { textOf } from './invariants.js';
import { fairWeather } from './network.js';
import { projectId, type Tab } from './tab.js';
import { chooseWhereAsked, setOffline, type Surroundings } from './user.js';

/** All faults stop. People answer most of what they are asked, and reload what didn't open. */
export function heal(around: Surroundings, dice: Dice): void {
  const { world, devices } = around;
  for (const device of devices) {
    setOffline(around, device, false);
    device.network.weather = fairWeather;
    device.locks.slowestMessage = 5;
    for (const journal of device.journals.values()) journal.trouble = 'none';
    if (device.network.userId === null || (device.network.userId !== 'ana' && dice.chance(0.3)))
      device.network.signIn('ana');
  }
  for (const tab of [...around.tabs()]) {
    if (tab.frozen) {
      world.tell(tab.name, 'wakes');
      tab.wake();
    } else if (tab.alive && tab.stage === 'failed' && !waitsForPerson(tab)) {
      tab.crash();
      around.openTab(tab.device);
    }
  }
  if (dice.chance(0.5)) chooseWhereAsked(around.tabs(), dice);
}

/** What isn't at rest, in words; null when all is synced or waits for a person. */
export function restless(around: Surroundings): string | null {
  const tabs = around.tabs().filter(({ alive }) => alive);
  for (const tab of tabs) {
    const why = restlessTab(tab);
    if (why !== null) return `${tab.name} ${why}`;
  }
  for (const tab of tabs) {
    if (!isWatching(tab)) continue;
    const leader = tabs.find(
      (other) => other.device === tab.device && other.userId === tab.userId && other.machine.role.status === 'leader',
    );
    if (leader === undefined) return `${tab.name} watches, and nobody edits`;
    if (leader.driver?.store.getState().journal === 'memory' || isNowhere(around, leader)) continue;
    if (textOf(leader.document) !== textOf(tab.document))
      return `${tab.name} shows something else than ${leader.name}, which edits`;
  }
  return null;
}

/** Whether reloading wouldn't help. */
function waitsForPerson({ failure }: Tab): boolean {
  return failure === 'not-found' || failure === 'forbidden' || failure === 'too-new';
}

/**
 * Whether what a tab shows can be read nowhere: the project was removed, and the journal has nothing that the back end
 * lacks. Who watches goes on showing what it read last until something is edited, which puts a snapshot into the journal.
 */
function isNowhere({ server }: Surroundings, { device, userId }: Tab): boolean {
  const isRemoved = (server.rows.get(projectId)?.summary.deletedAt ?? null) !== null;
  const image = device.journals.get(userId)?.images.get(projectId);
  return isRemoved && (image === undefined || !isUnsaved(image.meta));
}

function isWatching(tab: Tab): boolean {
  const { status, stranded } = tab.machine.role;
  return tab.stage === 'open' && status === 'follower' && stranded === 0;
}

function restlessTab(tab: Tab): string | null {
  if (tab.stage === 'failed') return waitsForPerson(tab) ? null : 'could not open';
  if (tab.stage !== 'open') return `is ${tab.stage}`;
  const { role, local, remote } = tab.machine;
  if (role.status === 'follower') return null;
  if (role.status !== 'leader') return `is ${role.status}`;
  if (role.yielding) return 'is giving way';
  switch (remote.status) {
    case 'synced':
      if (remote.ackedSeq < local.seq) return 'is synced without its last changes';
      return local.status === 'clean' ? null : `is synced and ${local.status}`;
    case 'conflict':
    case 'orphaned':
    case 'blocked':
    case 'authLost':
      return local.status === 'durable' || local.status === 'clean' || local.volatile ? null : `is ${local.status}`;
    case 'dirty':
    case 'saving':
    case 'merging':
    case 'backoff':
    case 'offline':
      return `is ${remote.status}`;
  }
}
