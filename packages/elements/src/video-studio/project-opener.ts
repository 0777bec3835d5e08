import { toLecternError, type LecternError } from '@lectern/ports';
import type { LecternSession, OpenProjectOptions, ProjectSession } from '@lectern/core';

export type OpenerState =
  | { readonly status: 'idle' }
  | { readonly status: 'opening' }
  | { readonly status: 'open'; readonly project: ProjectSession }
  | { readonly status: 'failed'; readonly error: LecternError };

/** Opens one project at a time; the newest wish wins, whatever order the answers come in. */
export class ProjectOpener {
  readonly #onChange: (state: OpenerState) => void;
  #state: OpenerState = { status: 'idle' };
  #turn = 0;

  constructor(onChange: (state: OpenerState) => void) {
    this.#onChange = onChange;
  }

  get state(): OpenerState {
    return this.#state;
  }

  get project(): ProjectSession | null {
    return this.#state.status === 'open' ? this.#state.project : null;
  }

  /** @returns the project, or null when it failed or another wish came in between */
  async open(
    session: LecternSession,
    projectId: string | null,
    options: OpenProjectOptions = {},
  ): Promise<ProjectSession | null> {
    this.#turn += 1;
    const turn = this.#turn;
    this.#letGo();
    this.#set({ status: 'opening' });
    try {
      const project = await session.openProject(projectId, options);
      if (turn !== this.#turn) {
        void project.close();
        return null;
      }
      this.#set({ status: 'open', project });
      return project;
    } catch (error) {
      if (turn === this.#turn) this.#set({ status: 'failed', error: toLecternError(error) });
      return null;
    }
  }

  /** Lets go of what is open, and of what is being opened. */
  close(): void {
    this.#turn += 1;
    this.#letGo();
    this.#set({ status: 'idle' });
  }

  #letGo(): void {
    // Closing saves what is pending; nobody has to wait for it here.
    if (this.#state.status === 'open') void this.#state.project.close();
  }

  #set(state: OpenerState): void {
    this.#state = state;
    this.#onChange(state);
  }
}
