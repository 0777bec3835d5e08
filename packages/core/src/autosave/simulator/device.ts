import { DeviceJournal } from './device-journal.js';
import { DeviceLocks } from './device-locks.js';
import type { Dice } from './dice.js';
import { Network, type NetworkObserver } from './network.js';
import type { Server } from './server.js';
import type { Host, World } from './world.js';

/** One browser: its users' journals, the locks and channels of its tabs, and its network. */
export class Device {
  readonly name: string;
  readonly locks: DeviceLocks;
  readonly network: Network;
  readonly journals: Map<string, DeviceJournal> = new Map();
  readonly #makeJournal: (userId: string) => DeviceJournal;

  constructor(
    name: string,
    parts: {
      readonly world: World;
      readonly dice: Dice;
      readonly server: Server;
      readonly userId: string;
      readonly observer: NetworkObserver;
      readonly ignoresEpochs: boolean;
      readonly onJournal: (journal: DeviceJournal, name: string) => void;
    },
  ) {
    const { world, dice, server, userId, observer, ignoresEpochs, onJournal } = parts;
    this.name = name;
    this.locks = new DeviceLocks(world, dice.fork());
    this.network = new Network(world, dice.fork(), server, userId, observer);
    this.#makeJournal = (user) => {
      const journal = new DeviceJournal(world, dice.fork(), ignoresEpochs);
      onJournal(journal, `${name}/${user}`);
      return journal;
    };
  }

  journalOf(userId: string): DeviceJournal {
    const journal = this.journals.get(userId) ?? this.#makeJournal(userId);
    this.journals.set(userId, journal);
    return journal;
  }

  crashed(host: Host): void {
    this.locks.crashed(host);
    this.network.crashed(host);
    for (const journal of this.journals.values()) journal.crashed(host);
  }
}
