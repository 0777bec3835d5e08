import {
  LecternError,
  toLecternError,
  type IdentityPort,
  type ProjectNotice,
  type ProjectsPort,
  type SaveAnswer,
  type SaveOptions,
  type SaveRequest,
} from '@lectern/ports';
import type { Dice } from './dice.js';
import type { Server } from './server.js';
import type { Host, World } from './world.js';

/** How a network behaves. Probabilities from 0 to 1. */
export interface Weather {
  readonly offline: boolean;
  /** That a request, or its answer, gets lost: silently, or with an error after a while. */
  readonly loss: number;
  /** That the far side is in trouble, before or after it did what it was asked. */
  readonly trouble: number;
  /** That a request arrives a second time, maybe much later. */
  readonly repeats: number;
  /** The longest way there, or back, in milliseconds. */
  readonly slowest: number;
}

export const fairWeather: Weather = { offline: false, loss: 0, trouble: 0, repeats: 0, slowest: 80 };

/** Hears what goes to and fro. */
export interface NetworkObserver {
  readonly onSend: (host: Host, request: SaveRequest, options: SaveOptions | undefined) => void;
  /** `error` null when it was answered. */
  readonly onSettled: (host: Host, saveId: string, error: unknown) => void;
  /** A save was taken by the server, on behalf of the user who is signed in. */
  readonly onServed: (host: Host, userId: string | null, request: SaveRequest, answer: SaveAnswer) => void;
}

interface Flight {
  readonly host: Host;
  readonly outlives: boolean;
  isOff: boolean;
}

/** A request, as it is handed to the network. */
interface Call<T> {
  readonly host: Host;
  readonly signal: AbortSignal | undefined;
  readonly work: (userId: string | null) => T;
  /** Whether it may stay without any answer; others fail after a while. */
  readonly maySilence: boolean;
  readonly outlives: boolean;
}

/** How long a request that got lost takes to fail. */
const lostMs = 20_000;

/** One device's way to the server, and who is signed in there. */
export class Network {
  weather: Weather = fairWeather;
  userId: string | null;
  readonly #world: World;
  readonly #dice: Dice;
  readonly #server: Server;
  readonly #observer: NetworkObserver;
  readonly #flights: Set<Flight> = new Set();
  readonly #listeners: Map<(notice: ProjectNotice) => void, Host> = new Map();
  readonly #identityListeners: Map<(userId: string | null) => void, Host> = new Map();

  constructor(world: World, dice: Dice, server: Server, userId: string, observer: NetworkObserver) {
    this.#world = world;
    this.#dice = dice;
    this.#server = server;
    this.#observer = observer;
    this.userId = userId;
  }

  /** Somebody signs in, or out, in any tab of the device. */
  signIn(userId: string | null): void {
    this.userId = userId;
    for (const [listener, host] of this.#identityListeners)
      this.#world.deliver(host, this.#dice.ms(0, 2000), () => {
        listener(userId);
      });
  }

  /** Something about a project changed. */
  notify(notice: ProjectNotice): void {
    for (const [listener, host] of this.#listeners) {
      if (this.weather.offline || this.#dice.chance(this.weather.loss)) continue;
      this.#world.deliver(host, this.#dice.ms(10, 500 + this.weather.slowest), () => {
        if (this.#listeners.has(listener)) listener(notice);
      });
    }
  }

  /** A tab is gone: what it had sent may arrive, and will when it was sent to outlive it. */
  crashed(host: Host): void {
    for (const flight of this.#flights)
      if (flight.host === host) flight.isOff = !flight.outlives && this.#dice.chance(0.5);
    for (const [listener, of] of this.#listeners) if (of === host) this.#listeners.delete(listener);
    for (const [listener, of] of this.#identityListeners) if (of === host) this.#identityListeners.delete(listener);
  }

  identityOf(host: Host): IdentityPort {
    return {
      current: () =>
        new Promise((resolve, reject) => {
          this.#world.deliver(host, this.#dice.ms(0, this.#dice.chance(0.05) ? 3000 : 20), () => {
            const { userId } = this;
            if (userId === null) reject(new LecternError('unauthenticated'));
            else resolve({ userId, displayName: userId, isGuest: false });
          });
        }),
      subscribe: (listener) => {
        const heard = (userId: string | null): void =>
          listener(userId === null ? null : { userId, displayName: userId, isGuest: false });
        this.#identityListeners.set(heard, host);
        return () => this.#identityListeners.delete(heard);
      },
    };
  }

  projectsOf(host: Host): ProjectsPort {
    const server = this.#server;
    const ask = <T>(signal: AbortSignal | undefined, work: () => T): Promise<T> =>
      this.#call({
        host,
        signal,
        maySilence: false,
        outlives: false,
        work: (userId) => {
          if (userId === null) throw new LecternError('unauthenticated');
          return work();
        },
      });
    return {
      save: (request, options) => this.#save(host, request, options),
      open: (id, options) => ask(options?.signal, () => server.open(id)),
      revisions: (id, options) => ask(options?.signal, () => server.revisions(id)),
      openRevision: (id, rev, options) => ask(options?.signal, () => server.openRevision(id, rev)),
      describe: (id, details, options) => ask(options?.signal, () => server.describe(id, details)),
      restore: (id, options) => ask(options?.signal, () => server.setRemoved(id, false)),
      remove: (id, options) => ask(options?.signal, () => void server.setRemoved(id, true)),
      list: () => Promise.reject(new LecternError('server', { message: 'nobody lists projects here' })),
      subscribe: (listener) => {
        const heard = (notice: ProjectNotice): void => listener(notice);
        this.#listeners.set(heard, host);
        return () => this.#listeners.delete(heard);
      },
    };
  }

  #save(host: Host, request: SaveRequest, options: SaveOptions | undefined): Promise<SaveAnswer> {
    const { onSend, onServed, onSettled } = this.#observer;
    onSend(host, request, options);
    const answer = this.#call({
      host,
      signal: options?.signal,
      maySilence: options?.signal !== undefined,
      outlives: options?.keepalive === true,
      work: (userId) => {
        const served = this.#server.save(userId, request, options?.asUserId ?? null);
        this.#world.tell(
          'server',
          () => `${request.saveId} (${request.kind} on ${request.baseRev}): ${JSON.stringify(served)}`,
        );
        onServed(host, userId, request, served);
        return served;
      },
    });
    answer.then(
      () => {
        onSettled(host, request.saveId, null);
      },
      (error: unknown) => {
        onSettled(host, request.saveId, error);
      },
    );
    return answer;
  }

  #call<T>({ host, signal, work, maySilence, outlives }: Call<T>): Promise<T> {
    const world = this.#world;
    const dice = this.#dice;
    const { weather } = this;
    return new Promise((resolve, reject) => {
      let isOver = false;
      const end = (ms: number, settle: () => void): void => {
        world.deliver(host, ms, () => {
          if (isOver) return;
          isOver = true;
          settle();
        });
      };
      const fail = (ms: number, error: Error): void => {
        end(ms, () => {
          reject(error);
        });
      };
      const lose = (): void => {
        if (dice.chance(0.5))
          fail(dice.ms(10, 5000), dice.chance(0.5) ? new TypeError('Failed to fetch') : new LecternError('offline'));
        else if (!maySilence) fail(lostMs, new LecternError('timeout'));
      };
      signal?.addEventListener('abort', () => {
        if (isOver) return;
        isOver = true;
        reject(new LecternError('aborted'));
      });
      if (signal?.aborted === true) fail(0, new LecternError('aborted'));
      else if (weather.offline) fail(1, new LecternError('offline'));
      else if (dice.chance(weather.loss)) lose();
      else {
        // The token goes with the request: whoever was signed in when it left.
        const { userId } = this;
        const flight: Flight = { host, outlives, isOff: false };
        this.#flights.add(flight);
        const arrive = (isFirst: boolean): void => {
          this.#flights.delete(flight);
          if (flight.isOff) return;
          const hasTrouble = isFirst && dice.chance(weather.trouble);
          let settle = (): void => {
            reject(troubleOf(dice));
          };
          if (!hasTrouble || dice.chance(0.5)) {
            try {
              const result = work(userId);
              if (!hasTrouble)
                settle = () => {
                  resolve(result);
                };
            } catch (error) {
              settle = () => {
                reject(toLecternError(error));
              };
            }
          }
          if (!isFirst) return;
          if (dice.chance(weather.loss)) lose();
          else end(dice.ms(5, weather.slowest), settle);
        };
        world.after(dice.ms(5, weather.slowest), () => {
          arrive(true);
        });
        if (dice.chance(weather.repeats))
          world.after(dice.ms(20, 25_000), () => {
            arrive(false);
          });
      }
    });
  }
}

/** What an adapter throws when the far side answered, and not as it should. */
function troubleOf(dice: Dice): Error {
  switch (dice.int(5)) {
    case 0:
      return new LecternError('rate-limited', { details: { retryAfterMs: dice.ms(1000, 20_000) } });
    case 1:
      return new SyntaxError('Unexpected token < in JSON at position 0');
    case 2:
      return new LecternError('unknown');
    case 3:
      return new LecternError('timeout');
    default:
      return new LecternError('server');
  }
}
