import { ContextConsumer } from '@lit/context';
import { property } from 'lit/decorators.js';
import { toLecternError, type LecternError } from '@lectern/ports';
import type { LecternSession, ProjectSession } from '@lectern/core';
import { projectContext } from './contexts.js';
import { LecternElement } from './lectern-element.js';

/**
 * An element that works on an open project: the `projectSession` property, the nearest `<video-studio>`'s, or the one
 * named by its own `project` attribute, which it opens and closes itself.
 */
export abstract class ProjectElement extends LecternElement {
  /** Id of the project to open; only needed outside `<video-studio>`. */
  @property() project: string | null = null;

  /** An open project to work on. */
  @property({ attribute: false }) projectSession: ProjectSession | null = null;

  /** Why the project named by `project` did not open. */
  protected openError: LecternError | null = null;
  /** True while the project named by `project` is being opened. */
  protected opening = false;

  readonly #provided: ContextConsumer<typeof projectContext, this> = new ContextConsumer(this, {
    context: projectContext,
    subscribe: true,
    callback: () => {
      this.#resolve();
    },
  });
  #current: ProjectSession | null = null;
  #own: { readonly id: string; readonly session: LecternSession; project: ProjectSession | null } | null = null;

  /** The project in force, or null while there is none. */
  get activeProject(): ProjectSession | null {
    return this.#current;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#provided.value = null;
    this.#closeOwn();
    this.#use(null);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    if (changed.has('project') || changed.has('projectSession')) this.#resolve();
  }

  protected override sessionChanged(_session: LecternSession | null): void {
    this.#resolve();
  }

  /** Called with each new project, and with null when there is none any more. */
  protected projectChanged(_project: ProjectSession | null): void {
    /* for subclasses */
  }

  /** Opens the project named by `project` again, after a failure. */
  protected reopen(): void {
    this.#closeOwn();
    this.#resolve();
  }

  #resolve(): void {
    if (!this.isConnected) return;
    const given = this.projectSession ?? this.#provided.value ?? null;
    if (given) {
      this.#closeOwn();
      this.#use(given);
      return;
    }
    const { session, project: id } = this;
    if (!session || id === null) {
      this.#closeOwn();
      this.#use(null);
      return;
    }
    if (this.#own?.id === id && this.#own.session === session) return;
    this.#closeOwn();
    const own = { id, session, project: null as ProjectSession | null };
    this.#own = own;
    this.opening = true;
    this.openError = null;
    this.#use(null);
    session.openProject(id).then(
      (project) => {
        if (this.#own !== own) {
          void project.close();
          return;
        }
        own.project = project;
        this.opening = false;
        this.#use(project);
      },
      (error: unknown) => {
        if (this.#own !== own) return;
        this.opening = false;
        this.openError = toLecternError(error);
        this.requestUpdate();
      },
    );
  }

  #closeOwn(): void {
    void this.#own?.project?.close();
    this.#own = null;
    this.opening = false;
  }

  #use(project: ProjectSession | null): void {
    if (project !== this.#current) {
      this.#current = project;
      this.projectChanged(project);
    }
    this.requestUpdate();
  }
}
