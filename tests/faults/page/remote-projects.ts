import {
  deserialiseError,
  LecternError,
  type CallOptions,
  type ProjectNotice,
  type ProjectsPort,
  type SerialisedError,
} from '@lectern/ports';

/** Projects behind a network: each call is one request to the project server. */
export function remoteProjects(address: string): ProjectsPort {
  const listeners = new Set<(notice: ProjectNotice) => void>();
  const channel = new BroadcastChannel('remote projects');
  const tell = (notice: ProjectNotice): void => {
    for (const listener of [...listeners]) listener(notice);
  };
  channel.onmessage = (event: MessageEvent<ProjectNotice>): void => {
    tell(event.data);
  };

  const call = async (method: string, args: readonly unknown[], options: CallOptions = {}): Promise<unknown> => {
    let answer: { readonly result?: unknown; readonly error?: SerialisedError };
    try {
      // Text, so that the browser asks no permission first.
      const response = await fetch(address, {
        method: 'POST',
        body: JSON.stringify({ method, args }),
        signal: options.signal ?? null,
      });
      if (response.status >= 500) throw new LecternError('server');
      answer = (await response.json()) as typeof answer;
    } catch (error) {
      if (error instanceof LecternError) throw error;
      throw new LecternError(options.signal?.aborted === true ? 'aborted' : 'offline', { cause: error });
    }
    if (answer.error) throw deserialiseError(answer.error);
    return answer.result;
  };

  // The last argument of every method is its options.
  const methodOf =
    (method: string, length: number) =>
    async (...args: unknown[]): Promise<unknown> => {
      const given = args.slice(0, length);
      const result = await call(method, given, args[length] as CallOptions | undefined);
      if (method === 'save' && (result as { readonly outcome: string }).outcome === 'ok') {
        const notice: ProjectNotice = {
          type: 'project-changed',
          projectId: (given[0] as { readonly projectId: string }).projectId,
          rev: (result as { readonly rev: number }).rev,
        };
        channel.postMessage(notice);
        queueMicrotask(() => {
          tell(notice);
        });
      }
      return result;
    };

  return {
    list: methodOf('list', 1),
    open: methodOf('open', 1),
    save: methodOf('save', 1),
    describe: methodOf('describe', 2),
    remove: methodOf('remove', 1),
    restore: methodOf('restore', 1),
    revisions: methodOf('revisions', 1),
    openRevision: methodOf('openRevision', 2),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as ProjectsPort;
}
