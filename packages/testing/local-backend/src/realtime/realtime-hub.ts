/** `/realtime/v1`: channels with changes of tables, broadcasts and presence. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type pg from 'pg';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { NotOfferedError } from '../http/api-error.js';
import { callerOf, identify } from '../http/caller.js';
import type { Caller } from '../http/caller.js';
import { readBody } from '../http/exchange.js';
import type { Exchange } from '../http/exchange.js';
import type { Service } from '../http/gateway.js';
import type { ProjectKeys } from '../http/keys.js';
import { ChangeFeed } from './change-feed.js';
import type { Change } from './change-feed.js';
import { matches, parseFilter, see } from './change-filter.js';
import type { Subscription } from './change-filter.js';
import { decodeFrame, decodePush, encodeDelivery, encodeFrame } from './frames.js';
import type { Broadcast, Frame } from './frames.js';

export interface RealtimeOptions {
  readonly keys: ProjectKeys;
  /** Connections of `authenticator`. */
  readonly pool: pg.Pool;
  /** Connections of a superuser. */
  readonly admin: pg.Pool;
  /** A superuser's address of the database, for replication. */
  readonly url: string;
  /** Hears what was asked for and isn't offered, and what broke. */
  readonly complain: (line: string) => void;
}

type Json = Readonly<Record<string, unknown>>;

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

interface Channel {
  readonly socket: WebSocket;
  readonly topic: string;
  readonly joinRef: string | null;
  caller: Caller;
  readonly subscriptions: readonly Subscription[];
  /** Whether one hears one's own broadcasts, and whether they are confirmed. */
  readonly self: boolean;
  readonly ack: boolean;
  readonly presenceKey: string;
  presence: Json | undefined;
  expiry: NodeJS.Timeout | undefined;
}

export class RealtimeHub {
  readonly #options: RealtimeOptions;
  readonly #channels: Set<Channel> = new Set();
  readonly #sockets: WebSocketServer = new WebSocketServer({ noServer: true });
  readonly #feed: ChangeFeed;
  #lastId = 0;

  constructor(options: RealtimeOptions) {
    this.#options = options;
    this.#feed = new ChangeFeed(
      options.url,
      options.admin,
      (change) => this.#deliver(change),
      (error) => options.complain(`realtime: ${String(error)}`),
    );
  }

  /** The service, for the gateway. */
  routes(): Service {
    return {
      name: 'realtime',
      answer: (exchange) => this.#broadcastByHttp(exchange),
      upgrade: (request, socket, head, url) => this.#open(request, socket, head, url),
    };
  }

  /** Closes every connection, as a network does that is gone: clients come back by themselves. */
  dropConnections(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  async stop(): Promise<void> {
    this.dropConnections();
    for (const channel of this.#channels) clearTimeout(channel.expiry);
    this.#channels.clear();
    await this.#feed.stop();
  }

  async #broadcastByHttp({ request, response, path, method }: Exchange): Promise<void> {
    if (path !== 'api/broadcast' || method !== 'POST') throw new NotOfferedError(`${method} /realtime/v1/${path}`);
    await identify(this.#options.keys, request);
    const { messages } = JSON.parse((await readBody(request)).toString('utf8')) as { messages: readonly Json[] };
    for (const { topic, event, payload, private: isPrivate } of messages) {
      if (isPrivate === true) throw new NotOfferedError('private channels');
      const content = Buffer.from(JSON.stringify(payload ?? {}));
      this.#broadcast(`realtime:${String(topic)}`, { event: String(event), isJson: true, content });
    }
    response.writeHead(202);
    response.end();
  }

  #open(request: IncomingMessage, socket: Duplex, head: Buffer, url: URL): void {
    const refuse = (status: string): void => {
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    };
    const key = url.searchParams.get('apikey') ?? '';
    const role = this.#options.keys.roleOf(key);
    if (role === undefined) {
      refuse('401 Unauthorized');
      return;
    }
    const version = url.searchParams.get('vsn');
    if (!url.pathname.endsWith('/websocket') || version !== '2.0.0') {
      this.#options.complain(`501 realtime: ${url.pathname} with version ${version ?? 'none'}`);
      refuse('501 Not Implemented');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (opened) => {
      // One message after the other: a join is answered before what comes after it.
      let work = Promise.resolve();
      opened.on('message', (data: Buffer, isBinary) => {
        work = work
          .then(async () => {
            const frame = isBinary ? decodePush(data) : decodeFrame(data.toString('utf8'));
            await this.#take(opened, frame, role);
          })
          .catch((error: unknown) => {
            this.#options.complain(`realtime: ${String(error)}`);
            opened.close(1011);
          });
      });
      opened.on('close', () => {
        for (const channel of this.#channels) if (channel.socket === opened) this.#leave(channel);
      });
      opened.on('error', () => undefined);
    });
  }

  async #take(socket: WebSocket, frame: Frame, role: Caller['role']): Promise<void> {
    const { topic, event, payload, joinRef, ref } = frame;
    const reply = (status: 'ok' | 'error', response: Json): void => {
      if (ref !== null && ref !== '')
        send(socket, { joinRef, ref, topic, event: 'phx_reply', payload: { status, response } });
    };
    if (topic === 'phoenix' && event === 'heartbeat') {
      reply('ok', {});
      return;
    }
    if (event === 'phx_join') {
      await this.#join(socket, frame, role, reply);
      return;
    }
    const channel = [...this.#channels].find((each) => each.socket === socket && each.topic === topic);
    if (channel === undefined) {
      reply('error', { reason: 'unmatched topic' });
      return;
    }
    if (event === 'phx_leave') {
      this.#leave(channel);
      reply('ok', {});
      send(socket, { joinRef: channel.joinRef, ref: null, topic, event: 'phx_close', payload: {} });
    } else if (event === 'access_token') {
      const token = asObject(payload)['access_token'];
      if (typeof token === 'string') await this.#renew(channel, token);
    } else if (event === 'broadcast' && isBroadcast(payload)) {
      this.#broadcast(topic, payload, channel);
      if (channel.ack) reply('ok', {});
    } else if (event === 'presence') {
      const { event: what, payload: meta } = asObject(payload) as { event?: unknown; payload?: unknown };
      if (what === 'track') this.#track(channel, { phx_ref: randomUUID(), ...asObject(meta) });
      else this.#track(channel, undefined);
      reply('ok', {});
    } else {
      this.#options.complain(`501 realtime: ${event}`);
      reply('error', { reason: `The local backend doesn't offer ${event}` });
    }
  }

  async #join(
    socket: WebSocket,
    { topic, joinRef, payload }: Frame,
    role: Caller['role'],
    reply: (status: 'ok' | 'error', response: Json) => void,
  ): Promise<void> {
    const { config: givenConfig, access_token: token } = asObject(payload);
    const config = asObject(givenConfig);
    const broadcast = asObject(config['broadcast']);
    const presence = asObject(config['presence']);
    const wanted = Array.isArray(config['postgres_changes']) ? (config['postgres_changes'] as readonly Json[]) : [];
    if (config['private'] === true || broadcast['replay'] !== undefined) {
      this.#options.complain('501 realtime: private channels and replays');
      reply('error', { reason: "The local backend doesn't offer private channels" });
      return;
    }
    let caller: Caller;
    let subscriptions: readonly Subscription[];
    try {
      caller = typeof token === 'string' ? await callerOf(this.#options.keys, token) : { role, claims: { role } };
      subscriptions = wanted.map((each) => this.#subscription(each));
    } catch (error) {
      if (error instanceof RangeError) this.#options.complain(`501 realtime: ${error.message}`);
      reply('error', { reason: error instanceof Error ? error.message : String(error) });
      return;
    }
    // Whoever joins again under the same topic leaves first.
    for (const old of this.#channels) if (old.socket === socket && old.topic === topic) this.#leave(old);
    if (subscriptions.length > 0) await this.#feed.start();
    const key = presence['key'];
    const channel: Channel = {
      socket,
      topic,
      joinRef,
      caller,
      subscriptions,
      self: broadcast['self'] === true,
      ack: broadcast['ack'] === true,
      presenceKey: typeof key === 'string' && key !== '' ? key : randomUUID(),
      presence: undefined,
      expiry: undefined,
    };
    this.#channels.add(channel);
    this.#watchExpiry(channel);
    reply('ok', { postgres_changes: subscriptions });
    if (subscriptions.length > 0) {
      const message = 'Subscribed to PostgreSQL';
      const told = { channel: topic.replace(/^realtime:/, ''), extension: 'postgres_changes', message, status: 'ok' };
      this.#push(channel, 'system', told);
    }
    this.#push(channel, 'presence_state', this.#presenceOf(topic));
  }

  #subscription({ event, schema, table, filter }: Json): Subscription {
    if (typeof event !== 'string' || typeof schema !== 'string')
      throw new RangeError('changes without event and schema');
    if (typeof filter === 'string') parseFilter(filter);
    this.#lastId += 1;
    return {
      id: this.#lastId,
      event,
      schema,
      table: typeof table === 'string' ? table : undefined,
      filter: typeof filter === 'string' ? filter : undefined,
    };
  }

  async #renew(channel: Channel, token: string): Promise<void> {
    try {
      channel.caller = await callerOf(this.#options.keys, token);
      this.#watchExpiry(channel);
    } catch (error) {
      this.#close(channel, error instanceof Error ? error.message : String(error));
    }
  }

  /** A channel ends with its token. */
  #watchExpiry(channel: Channel): void {
    clearTimeout(channel.expiry);
    const expires = channel.caller.claims['exp'];
    if (typeof expires !== 'number') return;
    const rest = Math.min(Math.max(0, expires * 1000 - Date.now()), 2 ** 31 - 1);
    channel.expiry = setTimeout(() => this.#close(channel, 'Token has expired'), rest);
    channel.expiry.unref();
  }

  #close(channel: Channel, message: string): void {
    this.#push(channel, 'system', { extension: 'system', message, status: 'error', channel: channel.topic });
    this.#push(channel, 'phx_close', {});
    this.#leave(channel);
  }

  #leave(channel: Channel): void {
    clearTimeout(channel.expiry);
    if (!this.#channels.delete(channel)) return;
    if (channel.presence !== undefined) this.#tellPresence(channel.topic, {}, entry(channel, channel.presence));
  }

  #push({ socket, topic, joinRef }: Channel, event: string, payload: Json): void {
    send(socket, { joinRef, ref: null, topic, event, payload });
  }

  #broadcast(topic: string, said: Broadcast, from?: Channel): void {
    const bytes = encodeDelivery(topic, said);
    for (const channel of this.#channels) {
      if (channel.topic !== topic || (channel === from && !channel.self)) continue;
      if (channel.socket.readyState === channel.socket.OPEN) channel.socket.send(bytes);
    }
  }

  #presenceOf(topic: string): Json {
    const state: Record<string, { metas: Json[] }> = {};
    for (const { topic: of, presence, presenceKey } of this.#channels) {
      if (of === topic && presence !== undefined) (state[presenceKey] ??= { metas: [] }).metas.push(presence);
    }
    return state;
  }

  #track(channel: Channel, meta: Json | undefined): void {
    const before = channel.presence;
    channel.presence = meta;
    const joins = meta === undefined ? {} : entry(channel, meta);
    const leaves = before === undefined ? {} : entry(channel, before);
    this.#tellPresence(channel.topic, joins, leaves);
  }

  #tellPresence(topic: string, joins: Json, leaves: Json): void {
    for (const channel of this.#channels) {
      if (channel.topic === topic) this.#push(channel, 'presence_diff', { joins, leaves });
    }
  }

  async #deliver(change: Change): Promise<void> {
    for (const channel of [...this.#channels]) {
      const ids: number[] = [];
      for (const subscription of channel.subscriptions) {
        if (await matches(this.#options.admin, subscription, change)) ids.push(subscription.id);
      }
      if (ids.length === 0) continue;
      const sight = await see(this.#options.pool, channel.caller, change);
      if (sight === undefined || !this.#channels.has(channel)) continue;
      const { schema, table, type, commitTimestamp } = change;
      // With row security, nobody learns more of an old row than its key.
      const old = Object.entries(change.oldRecord).filter(
        ([name]) =>
          (!change.isSecured || change.primaryKey.includes(name)) &&
          sight.columns.some((column) => column.name === name),
      );
      const data = {
        schema,
        table,
        type,
        commit_timestamp: commitTimestamp,
        columns: sight.columns,
        ...(type === 'DELETE' ? {} : { record: sight.record }),
        ...(type === 'INSERT' ? {} : { old_record: Object.fromEntries(old) }),
        errors: sight.errors,
      };
      this.#push(channel, 'postgres_changes', { ids, data });
    }
  }
}

function entry({ presenceKey }: Channel, meta: Json): Json {
  return { [presenceKey]: { metas: [meta] } };
}

function isBroadcast(payload: unknown): payload is Broadcast {
  return asObject(payload)['content'] instanceof Buffer;
}

function send(socket: WebSocket, frame: Frame): void {
  if (socket.readyState === socket.OPEN) socket.send(encodeFrame(frame));
}
