import type { ConflictChoice } from '../autosave.js';
import type { Device } from './device.js';
import type { StorageTrouble } from './device-journal.js';
import { Dice } from './dice.js';
import { fairWeather } from './network.js';
import type { Server } from './server.js';
import { projectId, type Tab } from './tab.js';
import type { World } from './world.js';

/** What people do, and what happens to them. */
export type ActionName =
  | 'edit'
  | 'burst'
  | 'remove'
  | 'undo'
  | 'drag'
  | 'save'
  | 'publish'
  | 'hide'
  | 'hideAndGo'
  | 'crash'
  | 'close'
  | 'open'
  | 'reload'
  | 'freeze'
  | 'editHere'
  | 'letGo'
  | 'choose'
  | 'restore'
  | 'discard'
  | 'offline'
  | 'weather'
  | 'storage'
  | 'signOut'
  | 'signInOther'
  | 'signIn'
  | 'slowMessages'
  | 'removeProject'
  | 'restoreProject'
  | 'newerSchema'
  | 'thin';

/** One of them. `roll` decides its details, so that leaving others out changes nothing about it. */
export interface Action {
  readonly at: number;
  readonly name: ActionName;
  readonly roll: number;
}

/** How often each happens, among each other. What is left out of a run is left out of all of it. */
const weights: Readonly<Record<ActionName, number>> = {
  edit: 30,
  burst: 5,
  remove: 2,
  undo: 2,
  drag: 2,
  save: 4,
  publish: 1,
  hide: 3,
  hideAndGo: 3,
  crash: 4,
  close: 2,
  open: 7,
  reload: 3,
  freeze: 6,
  editHere: 4,
  letGo: 2,
  choose: 6,
  restore: 1,
  discard: 1,
  offline: 3,
  weather: 4,
  storage: 4,
  signOut: 1,
  signInOther: 3,
  signIn: 3,
  slowMessages: 1,
  removeProject: 0.3,
  restoreProject: 1,
  newerSchema: 0.2,
  thin: 1,
};

/** What every run has. */
const always: ReadonlySet<ActionName> = new Set<ActionName>(['edit', 'open', 'choose', 'restore', 'signIn', 'letGo']);

/** What happens in one run, in order. */
export function planActions(dice: Dice): readonly Action[] {
  const names = (Object.keys(weights) as ActionName[]).filter((name) => always.has(name) || dice.chance(0.55));
  const total = names.reduce((sum, name) => sum + weights[name], 0);
  const count = 20 + dice.int(40);
  // Some people are quick, some aren't.
  const pauseMs = dice.pick([300, 1500, 4000]);
  const actions: Action[] = [];
  let at = 200;
  for (let index = 0; index < count; index += 1) {
    at += dice.chance(0.4) ? dice.ms(0, 60) : dice.ms(0, dice.chance(0.08) ? 30_000 : pauseMs);
    let left = dice.next() * total;
    const name = names.find((candidate) => (left -= weights[candidate]) < 0) ?? 'edit';
    actions.push({ at, name, roll: dice.int(2 ** 31) });
  }
  return actions;
}

/** What people have to do with. */
export interface Surroundings {
  readonly world: World;
  readonly server: Server;
  readonly devices: readonly Device[];
  /** Tabs that aren't gone. */
  readonly tabs: () => readonly Tab[];
  readonly openTab: (device: Device) => void;
  readonly mostTabs: number;
}

const choices: readonly ConflictChoice[] = ['keep-mine', 'take-theirs', 'keep-both'];

/** Does what was planned, if it can be done by now. */
export function act({ name, roll }: Action, around: Surroundings): void {
  const { world, server, devices } = around;
  const dice = new Dice(roll);
  const tabs = around.tabs();
  const device = dice.pick(devices);
  const { network } = device;
  const tab = tabs.length === 0 ? null : dice.pick(tabs);
  const editable = tabs.filter(({ canEdit }) => canEdit);
  const editing = editable.length === 0 ? null : dice.pick(editable);
  const awake = tab !== null && !tab.frozen && tab.stage === 'open' ? tab : null;
  const where = name === 'edit' || name === 'burst' ? null : (tab?.name ?? device.name);
  if (where !== null) world.tell(where, `- ${name}`);

  switch (name) {
    case 'edit':
      editing?.edit(dice);
      return;
    case 'burst': {
      const count = 3 + dice.int(6);
      for (let index = 0; index < count && editing !== null; index += 1)
        world.deliver(editing, index * dice.ms(0, 80), () => {
          if (editing.canEdit) editing.edit(dice);
        });
      return;
    }
    case 'remove':
      editing?.remove(dice);
      return;
    case 'undo':
      editing?.undo();
      return;
    case 'drag':
      if (editing === null) return;
      editing.busy = true;
      world.deliver(editing, dice.ms(50, 3000), () => {
        editing.busy = false;
        if (editing.canEdit) editing.edit(dice);
      });
      return;
    case 'save':
    case 'publish':
      awake?.save(name === 'save' ? 'manual' : 'publish');
      return;
    case 'hide':
      tab?.emit('hide');
      if (tab !== null)
        world.deliver(tab, dice.ms(100, 20_000), () => {
          tab.emit('show');
        });
      return;
    case 'hideAndGo':
      tab?.emit('hide');
      if (tab !== null)
        world.after(dice.ms(0, 10), () => {
          if (tab.alive) tab.crash();
        });
      return;
    case 'crash':
      tab?.crash();
      return;
    case 'reload':
      tab?.crash();
      if (tab !== null) around.openTab(tab.device);
      return;
    case 'close':
      void awake?.close();
      return;
    case 'open':
      // Mostly beside another tab, for then there is something to agree about.
      if (tabs.length < around.mostTabs) around.openTab(tab !== null && dice.chance(0.6) ? tab.device : device);
      return;
    case 'freeze':
      if (awake === null) return;
      awake.frozen = true;
      world.after(dice.pick([300, 2000, 8000, 14_000, 25_000]) + dice.int(1000), () => {
        if (awake.alive && awake.frozen) {
          world.tell(awake.name, 'wakes');
          awake.wake();
        }
      });
      return;
    case 'editHere':
      awake?.driver?.editHere().catch(() => undefined);
      return;
    case 'letGo':
      awake?.driver?.letGo();
      return;
    case 'choose':
      chooseWhereAsked(tabs, dice);
      return;
    case 'restore':
      awake?.driver?.restore();
      return;
    case 'discard':
      awake?.driver?.discardRestore();
      return;
    case 'offline':
      setOffline(around, device, true);
      world.after(dice.ms(200, 40_000), () => {
        setOffline(around, device, false);
      });
      return;
    case 'weather':
      network.weather = dice.chance(0.4)
        ? fairWeather
        : {
            offline: network.weather.offline,
            loss: dice.pick([0, 0.1, 0.4]),
            trouble: dice.pick([0, 0.1, 0.4]),
            repeats: dice.pick([0, 0, 0.3]),
            slowest: dice.pick([60, 400, 3000, 20_000]),
          };
      return;
    case 'storage':
      for (const journal of device.journals.values())
        journal.trouble = dice.pick<StorageTrouble>(['none', 'none', 'full', 'closed', 'aborting', 'slow']);
      return;
    case 'signOut':
      network.signIn(null);
      return;
    case 'signInOther':
      if (network.userId === 'ben') return;
      network.signIn('ben');
      // Who was working goes on for a moment: nobody has told the page.
      for (const other of editable.filter((one) => one.device === device)) {
        other.edit(dice);
        world.deliver(other, dice.ms(0, 400), () => {
          other.emit('hide');
        });
      }
      return;
    case 'signIn':
      if (network.userId !== 'ana') network.signIn('ana');
      return;
    case 'slowMessages':
      device.locks.slowestMessage = dice.pick([5, 300, 3000]);
      return;
    case 'removeProject':
      if (server.rows.has(projectId)) server.setRemoved(projectId, true);
      return;
    case 'restoreProject':
      if (server.rows.has(projectId)) server.setRemoved(projectId, false);
      return;
    case 'newerSchema':
      server.upgrade(projectId, world.newId());
      return;
    case 'thin':
      server.thin(projectId, dice.pick([1, 2, 5]));
      return;
  }
}

/** Answers every conflict that a person is asked about. */
export function chooseWhereAsked(tabs: readonly Tab[], dice: Dice): void {
  for (const tab of tabs) {
    if (tab.frozen || tab.stage !== 'open' || tab.machine.remote.status !== 'conflict') continue;
    tab.driver?.resolve(dice.pick(choices)).catch(() => undefined);
  }
}

export function setOffline({ world, tabs }: Surroundings, device: Device, offline: boolean): void {
  if (device.network.weather.offline === offline) return;
  device.network.weather = { ...device.network.weather, offline };
  world.tell(device.name, offline ? 'goes offline' : 'is online');
  for (const tab of tabs()) if (tab.device === device) tab.emit(offline ? 'offline' : 'online');
}
