import { LecternError } from '@lectern/ports';
import type { ProjectLock, ProjectLocks } from '../project-lock.js';
import type { TabChannel, TabMessage } from '../tab-channel.js';
import type { Dice } from './dice.js';
import type { Host, World } from './world.js';

interface Holder {
  readonly host: Host;
  readonly onLost: () => void;
}

interface Waiter extends Holder {
  readonly turn: () => void;
}

interface Member {
  readonly host: Host;
  readonly listeners: Set<(message: TabMessage) => void>;
}

/** The locks of one browser, and the channels between its tabs. A tab that sleeps keeps its locks, and hears later. */
export class DeviceLocks {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #holders: Map<string, Holder> = new Map();
  readonly #queues: Map<string, Waiter[]> = new Map();
  readonly #members: Map<string, Set<Member>> = new Map();
  /** Messages may take that long, in milliseconds, and overtake each other. */
  slowestMessage = 5;

  constructor(world: World, dice: Dice) {
    this.#world = world;
    this.#dice = dice;
  }

  of(host: Host): ProjectLocks {
    return {
      tryAcquire: (name, onLost) =>
        this.#ask(host, (answer: (lock: ProjectLock | null) => void) => {
          answer(this.#holders.has(name) ? null : this.#grant(name, { host, onLost }));
        }),
      isHeld: (name) =>
        this.#ask(host, (answer: (held: boolean) => void) => {
          answer(this.#holders.has(name));
        }),
      acquire: (name, onLost, signal) =>
        this.#ask(host, (answer: (lock: ProjectLock) => void, fail) => {
          if (signal.aborted) {
            fail(new LecternError('aborted'));
            return;
          }
          if (!this.#holders.has(name)) {
            answer(this.#grant(name, { host, onLost }));
            return;
          }
          const waiter: Waiter = {
            host,
            onLost,
            turn: () => {
              answer(this.#grant(name, { host, onLost }));
            },
          };
          const queue = this.#queues.get(name) ?? [];
          this.#queues.set(name, queue);
          queue.push(waiter);
          signal.addEventListener('abort', () => {
            const place = queue.indexOf(waiter);
            if (place === -1) return;
            queue.splice(place, 1);
            fail(new LecternError('aborted'));
          });
        }),
      steal: (name, onLost) =>
        this.#ask(host, (answer: (lock: ProjectLock) => void) => {
          const former = this.#holders.get(name);
          const lock = this.#grant(name, { host, onLost });
          this.#world.tell(host.name, () => `stole the lock${former === undefined ? '' : ` from ${former.host.name}`}`);
          if (former !== undefined) this.#world.deliver(former.host, this.#dice.ms(0, 10), former.onLost);
          answer(lock);
        }),
      channel: (name) => this.#channel(name, host),
    };
  }

  /** A tab is gone: others can have what it held. */
  crashed(host: Host): void {
    for (const members of this.#members.values())
      for (const member of members) if (member.host === host) members.delete(member);
    for (const [name, queue] of this.#queues)
      this.#queues.set(
        name,
        queue.filter((waiter) => waiter.host !== host),
      );
    for (const [name, holder] of this.#holders) if (holder.host === host) this.#free(name, holder);
  }

  #ask<T>(host: Host, decide: (answer: (value: T) => void, fail: (error: LecternError) => void) => void): Promise<T> {
    const ms = (): number => this.#dice.ms(0, 4);
    return new Promise((resolve, reject) => {
      this.#world.after(ms(), () => {
        if (!host.alive) return;
        decide(
          (value) => {
            this.#world.deliver(host, ms(), () => {
              resolve(value);
            });
          },
          (error) => {
            this.#world.deliver(host, ms(), () => {
              reject(error);
            });
          },
        );
      });
    });
  }

  #grant(name: string, holder: Holder): ProjectLock {
    this.#holders.set(name, holder);
    return {
      release: () =>
        this.#ask(holder.host, (answer: (nothing: undefined) => void) => {
          this.#free(name, holder);
          answer(undefined);
        }),
    };
  }

  #free(name: string, holder: Holder): void {
    if (this.#holders.get(name) !== holder) return;
    this.#holders.delete(name);
    this.#queues.get(name)?.shift()?.turn();
  }

  #channel(name: string, host: Host): TabChannel {
    const members = this.#members.get(name) ?? new Set<Member>();
    this.#members.set(name, members);
    const member: Member = { host, listeners: new Set() };
    members.add(member);
    return {
      post: (message) => {
        for (const other of members) {
          if (other === member) continue;
          this.#world.deliver(other.host, this.#dice.ms(0, this.slowestMessage), () => {
            for (const listener of [...other.listeners]) listener(message);
          });
        }
      },
      subscribe(listener) {
        member.listeners.add(listener);
        return () => member.listeners.delete(listener);
      },
      close() {
        member.listeners.clear();
        members.delete(member);
      },
    };
  }
}
